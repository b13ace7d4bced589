"""Do-not-call entries in files."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.cli.dnc import csv_row
from dialconsole.engine.optout_file import HEADER, ListedRow, guarded, read_opt_outs, unguarded
from dialconsole.model.errors import Problem
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource, campaign_scope, client_scope
from dialconsole.model.text import safe_text


def write(folder: Path, text: str) -> Path:
    path = folder / "dnc.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_plain_list_needs_no_header(tmp_path: Path) -> None:
    """One number or pattern a line, each once; other cells are passed over."""
    file = read_opt_outs(write(tmp_path, "212-555-0143\n\nAnn,+1201555*\n(212) 555-0143\n"))
    assert file.rows == (ListedRow("+12125550143"), ListedRow("+1201555*"))
    assert (file.rejected, file.notes) == ((), ())


def numbers(folder: Path, text: str) -> list[str]:
    return [row.number for row in read_opt_outs(write(folder, text)).rows]


ONE, TWO, THREE = "+12125550100", "+12125550101", "+12125550102"


@pytest.mark.parametrize("cell", ["", "everywhere", "All", "global", "*", "n/a", "-"])
def test_a_scope_that_names_nothing_is_everywhere(tmp_path: Path, cell: str) -> None:
    """A campaign of such a name is nobody's, so the entry would hold no call back."""
    [row] = read_opt_outs(write(tmp_path, f"number,scope\n2125550100,{cell}\n")).rows
    assert row.scope == (EVERYWHERE if cell else None)


@pytest.mark.parametrize(
    "text",
    [
        'number,reason\n2125550100,"asked us\n2125550101,x\n2125550102,y\n',
        '2125550100,"Bob\n2125550101\n2125550102\n',
        '2125550100,5"" screen"\n2125550101,"two\nlines"\n2125550102\n',
    ],
)
def test_a_quotation_mark_that_is_never_closed_takes_no_number_along(tmp_path: Path, text: str) -> None:
    """Nobody would notice whose wish was lost behind it."""
    assert numbers(tmp_path, text) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "text",
    [
        "2125550100, 2125550101\n",
        "2125550100 2125550101\n",
        "212-555-0100 / 212-555-0101\n",
        "Ann,2125550100,2026-03-03,(212) 555-0101\n",
        '"2125550100; 2125550101",Ann\n',
        "Name;Private;Office\nAnn;2125550100;2125550101\n",
        "phone,mobile\n2125550100,2125550101\n",
        "phone\n2125550100 or 2125550101\n",
        "mobile,2125550100\nhome,2125550101\n",
    ],
)
def test_every_number_of_a_line_goes_on_the_list(tmp_path: Path, text: str) -> None:
    """In cells or in one cell, with or without a header: whoever wrote it there did not want it called."""
    assert numbers(tmp_path, text) == [ONE, TWO]


@pytest.mark.parametrize(
    "header",
    ["account,Telephone Number", "Account,Phone_Number", "number,Phone", "Konto,Telefonnummer", "id,Home phone (eve)"],
)
def test_the_column_of_a_header_is_known_by_the_names_of_call_lists(tmp_path: Path, header: str) -> None:
    """An account number that reads like a telephone stays off the list."""
    text = f"{header}\n2125550102,2125550100\n2125550102,2125550101\n"
    assert numbers(tmp_path, text) == [ONE, TWO]


def test_titles_above_the_header_do_not_hide_it(tmp_path: Path) -> None:
    """Also those that have digits, or speak of phones."""
    title = "Do not call 2026\nPhone campaign, October\n"
    assert numbers(tmp_path, f"{title}account,Telephone Number\n2125550102,2125550100\n") == [ONE]


def test_the_only_number_column_may_have_a_vague_name(tmp_path: Path) -> None:
    """As in our own export, or with patterns."""
    assert numbers(tmp_path, f"number,by\n{ONE},2125550102\n") == [ONE]
    assert numbers(tmp_path, f"pattern,phone\n+1201555*,{ONE}\n") == ["+1201555*", ONE]


def test_what_looks_like_a_number_and_is_none_is_told(tmp_path: Path) -> None:
    """Beside others that are added; dates and names are not."""
    file = read_opt_outs(write(tmp_path, "Ann,2125550100,212555010,2026-03-03\nBo,2125550101,21255501022\n"))
    assert [row.number for row in file.rows] == [ONE, TWO]
    told = ["Line 1: '212555010' is no phone number", "Line 2: '21255501022' is no phone number"]
    assert [note.split(";")[0] for note in file.notes] == told
    assert file.rejected == ()


def test_columns_are_read_by_name(tmp_path: Path) -> None:
    """In any order, with semicolons or commas; what a row leaves empty, the import decides."""
    file = read_opt_outs(
        write(
            tmp_path,
            "Date;Reason;Number;Scope;Source\n"
            "2026-03-03;please stop;+12125550143;client:Acme;caller\n"
            "2026-03-03T10:00:00-05:00;;+12125550144;everywhere;\n"
            ";;+12125550145;spring;\n"
            ";;+12125550146\n",
        )
    )
    assert file.rows == (
        ListedRow("+12125550143", "client:acme", OptOutSource.CALLER, 1772496000.0, "please stop"),
        ListedRow("+12125550144", EVERYWHERE, None, 1772550000.0),
        ListedRow("+12125550145", "campaign:spring"),
        ListedRow("+12125550146"),
    )


def test_a_bad_cell_does_not_keep_a_number_off_the_list(tmp_path: Path) -> None:
    """Sources and dates that nobody can read are told; only a line without a number is rejected."""
    file = read_opt_outs(
        write(
            tmp_path,
            "number,source,date\n+12125550143,gossip,31/31/2026\nhello,caller,2026-03-03\n+1*,caller,2026-03-03\n",
        )
    )
    assert file.rows == (ListedRow("+12125550143"),)
    assert [note.split(":")[0] for note in file.notes] == ["Line 2", "Line 2"]
    assert "'gossip' is no source" in file.notes[0] and "'31/31/2026' is no date" in file.notes[1]
    assert file.rejected[0] == "Line 3: 'hello caller 2026-03-03' is no phone number."
    assert "Line 4" in file.rejected[1] and "too many calls" in file.rejected[1]


@pytest.mark.parametrize("content", [b"", b"number,reason\n", b"\0\1\2"])
def test_a_file_without_numbers_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing is imported, and that is said."""
    path = tmp_path / "dnc.csv"
    path.write_bytes(content)
    with pytest.raises(Problem, match="Nothing was imported"):
        read_opt_outs(path)
    with pytest.raises(Problem, match="cannot be read"):
        read_opt_outs(tmp_path / "missing.csv")


@given(st.text(st.sampled_from("'=+-@ aé\u00a0＝"), max_size=6) | st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_guarded_cell_comes_back_exactly(value: str) -> None:
    """And what a spreadsheet sees is no formula."""
    assert unguarded(guarded(value)) == value
    assert not guarded(value).lstrip(" \u00a0").startswith(tuple("=+-@＝＋－＠"))


_WORDS = st.text(max_size=30).map(safe_text) | st.sampled_from(("=1+1", "'=1", "''", 'a,b;"c"', "everywhere"))
_ENTRIES = st.builds(
    OptOut,
    number=st.integers(0, 99).map("+121255501{:02d}".format) | st.sampled_from(("+1201555*", "+1201*", "+44207*")),
    source=st.sampled_from(OptOutSource),
    reason=_WORDS,
    by=_WORDS,
    at=st.integers(0, 2_000_000_000_000_000).map(lambda micros: micros / 1e6),
    scope=st.just(EVERYWHERE)
    | st.sampled_from(("spring", "everywhere")).map(campaign_scope)
    | _WORDS.filter(bool).map(client_scope),
)


@given(st.lists(_ENTRIES, max_size=20, min_size=1, unique_by=lambda e: (e.number, e.scope)))
@settings(max_examples=200, deadline=None)
def test_an_export_can_be_imported_again(entries: list[OptOut]) -> None:
    """Number, scope, source, date and reason come back as they were, whatever is in them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(csv_row(entry) for entry in entries)
    handle, name = tempfile.mkstemp(suffix=".csv")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(out.getvalue())
    try:
        read = read_opt_outs(Path(name))
    finally:
        os.unlink(name)
    assert (read.rejected, read.notes) == ((), ())
    assert [(r.number, r.scope, r.source, r.reason or "") for r in read.rows] == [
        (e.number, e.scope, e.source, e.reason) for e in entries
    ]
    assert [r.at for r in read.rows] == pytest.approx([e.at for e in entries], abs=1e-6)


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    """A pipe that nobody writes into would be waited for without end, and a device has no end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    said: list[str] = []

    def read(path: Path) -> None:
        try:
            read_opt_outs(path)
        except Problem as problem:
            said.append(problem.sentence)

    for path in (pipe, tmp_path, Path(os.devnull)):
        reading = threading.Thread(target=read, args=(path,), daemon=True)
        reading.start()
        reading.join(5)
        assert not reading.is_alive()
        assert said[-1] == f"{path.name} is no ordinary file. Nothing was imported."
