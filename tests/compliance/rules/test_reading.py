"""Rule files with mistakes: each is answered with file, table, key and the nearest key there is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from dialconsole.compliance.rules.book import FOLDER
from dialconsole.compliance.rules.reading import read_rows
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

ROW = """
[US]
place = "US federal law"
jurisdictions = ["US"]
source = "47 CFR 64.1200(c)(1)"
read = 2026-11-22
certainty = "confirmed"
hours = { weekdays = "08:00-21:00", saturday = "08:00-21:00", sunday = "08:00-21:00" }
caps = [{ calls = 3, within = "24 h" }]
consent = [{ basis = "written", law = "47 CFR", purposes = ["marketing"] }]
subdivisions = { US-FL = "Florida" }
"""


def problem_of(folder: Path, text: str) -> str:
    (folder / "us.toml").write_text(text, "utf-8")
    with pytest.raises(Problem) as caught:
        read_rows(folder)
    return caught.value.sentence


def test_the_rows_that_come_with_the_program_are_read() -> None:
    """Federal law first, then the states in their order, other countries by file."""
    ids = [row.id for row in read_rows(FOLDER)]
    assert ids[:3] == ["AU", "CA", "GB"]
    assert ids[3:6] == ["US", "US-debt", "US-home"]
    assert len(ids) == len(set(ids))


def test_no_row_hides_what_would_steer_a_terminal() -> None:
    """Sources and notes go to screens as they are."""
    for row in read_rows(FOLDER):
        for text in (row.place, row.source, row.note.strip(), *row.subdivisions.values()):
            assert safe_text(text, 1000) == text


def test_a_good_row_is_read(tmp_path: Path) -> None:
    """The row that the mistakes below are made in."""
    (tmp_path / "us.toml").write_text(ROW, "utf-8")
    assert [row.tag for row in read_rows(tmp_path)] == ["US v1"]


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("place =", "palce =", "table [US]: there is no key 'palce'; did you mean 'place'?"),
        ("sunday =", "sundya =", "there is no key 'sundya' in its 'hours'; did you mean 'sunday'?"),
        ("within =", "withn =", "there is no key 'withn' in its 'caps'; did you mean 'within'?"),
        ('"marketing"', '"marketting"', "'marketting' is no word that it knows; did you mean 'marketing'?"),
        ('"confirmed"', '"confrmed"', "'confrmed' is no word that it knows; did you mean 'confirmed'?"),
        ('"08:00-21:00" }', '"8-21" }', "key 'hours.sunday': '8-21' are no hours; write them as '08:00-20:00'"),
        ('"08:00-21:00" }', '"21:00-08:00" }', "'21:00-08:00' closes before it opens"),
        ('"24 h"', '"1 day"', "key 'caps[0].within': '1 day' is no length of time; write it as '24 h' or '7 d'"),
        ("calls = 3", "calls = 300", "key 'caps[0].calls'"),
        ('"written"', '"none"', "'none' is no consent; it is 'written' or 'oral'"),
        ('"47 CFR 64.1200(c)(1)"', "47", "key 'source'"),
        ("read = 2026-11-22", "", "missing required field `read`"),
        ("read = 2026-11-22", 'read = "autumn"', "key 'read'"),
        ('["US"]', '["US-FR"]', "no row lists the place 'US-FR'; did you mean 'US-FL'?"),
        ('["US"]', '["Florida"]', "'Florida' is no jurisdiction; write 'US' or 'US-LA'"),
        ("[US]", "[Florida]", "table [Florida]: a row is named like [US-LA]"),
        ("[US]", "version = 1\n[US]", "'version' stands outside of any table"),
        ("place =", 'id = "US"\nplace =', "there is no key 'id'"),
        ("[US]", "[US", "is not TOML"),
        ("caps =", 'holiday_sets = ["US-ZZ"]\ncaps =', "knows no place 'US-ZZ'"),
        ("caps =", 'more_holidays = { "Flag Day" = "14 June" }\ncaps =', "'14 June' is no holiday; write 'June 14'"),
        ('sunday = "08:00-21:00"', 'sunday = "none", holidays = "none"', "no holidays"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, good: str, bad: str, words: str) -> None:
    """With its place, and what may have been meant; nothing is dialed until it is mended."""
    assert good in ROW
    sentence = problem_of(tmp_path, ROW.replace(good, bad, 1))
    assert words in sentence
    assert "No call is placed without them." in sentence


def test_a_zone_without_hours_is_refused(tmp_path: Path) -> None:
    """Nothing would hold there."""
    row = re.sub("hours = .*\n", "", ROW).replace("caps =", 'also_in = "America/Chicago"\ncaps =')
    assert "also_in names a zone, but there are no hours" in problem_of(tmp_path, row)


def test_a_row_that_two_files_have_is_refused(tmp_path: Path) -> None:
    """Which of them holds would be a guess."""
    (tmp_path / "more.toml").write_text(ROW, "utf-8")
    assert "more.toml has a table of that name too" in problem_of(tmp_path, ROW)


def test_no_folder_no_files_no_text(tmp_path: Path) -> None:
    """Each has a sentence with its path."""
    with pytest.raises(Problem, match="No such file"):
        read_rows(tmp_path / "gone")
    with pytest.raises(Problem, match="holds no rule file"):
        read_rows(tmp_path)
    (tmp_path / "us.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Problem, match="not UTF-8"):
        read_rows(tmp_path)
    (tmp_path / "us.toml").unlink()
    (tmp_path / "us.toml").mkdir()
    with pytest.raises(Problem, match="cannot be read"):
        read_rows(tmp_path)


def test_without_the_holidays_library_the_rules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A holiday that nobody can tell is no working day."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(Problem, match="needs the Python package 'holidays'"):
        read_rows(FOLDER)
