"""``dialconsole list``: preflight, import, rejected rows."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.conftest import Shell

ROWS = "name,phone\nAna,212-555-0143\nAna again,(212) 555-0143\n=cmd(),call me\n"


def test_check(shell: Shell, write_list: Callable[[str], Path], workspace: Path) -> None:
    """The preflight counts contacts, duplicates and rejected rows, and makes no workspace."""
    report = shell.json("list", "check", str(write_list(ROWS)))
    assert (report["rows"], report["contacts"], report["duplicates"], report["rejected"]) == (3, 1, 1, 1)
    assert report["faults"][0]["examples"][0]["line"] == 4
    assert report["open_now"] + report["opens_later"] == 1
    text = shell("list", "check", str(write_list(ROWS)))
    assert "America/New_York" in text
    assert not workspace.exists()


def test_check_counts_consent_places_and_contradictions(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """The preflight says what the rows give: consent, whose rules bind, and addresses that contradict themselves."""
    path = str(
        write_list(
            "phone,consent,state,zip\n212-555-0143,written,NY,10001\n305-555-0107,,FL,98101\n312-555-0107,oral,,\n"
        )
    )
    report = shell.json("list", "check", path)
    assert {basis: n for basis, n in report["consent"].items() if n} == {"written": 1, "oral": 1, "unknown": 1}
    assert (report["jurisdictions"]["US-FL"], report["jurisdictions"]["US-WA"]) == (1, 1)
    assert report["contradicting"] == 1
    assert report["contradictions"][0]["line"] == 3
    text = shell("list", "check", path)
    assert "written 1, oral 1, unknown 1" in text
    assert "US-WA 1" in text
    assert "98101" in text
    shell("list", "check", path, "--purpose", "fun", code=2)


def test_check_goes_by_purpose(
    shell: Shell, write_list: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is open now follows from what the calls are for: on a Sunday Alabama is closed to marketing alone."""
    monkeypatch.setattr("dialconsole.cli.lists.time.time", lambda: datetime(2026, 3, 8, 18, tzinfo=UTC).timestamp())
    path = str(write_list("phone,state\n205-555-0143,AL\n"))
    assert shell.json("list", "check", path)["open_now"] == 0
    assert shell.json("list", "check", path, "--purpose", "informational", "--voice", "human")["open_now"] == 1


def test_rejected_rows(shell: Shell, write_list: Callable[[str], Path], tmp_path: Path) -> None:
    """Rejected rows are written as CSV with line and reason, and no cell of them is a formula."""
    target = tmp_path / "rejects.csv"
    shell("list", "check", str(write_list(ROWS)), "--rejects", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["line"] == "4"
    assert row["name"] == "'=cmd()"


def test_rejected_rows_that_cannot_be_written(shell: Shell, write_list: Callable[[str], Path], tmp_path: Path) -> None:
    """A file that cannot be written is named."""
    target = tmp_path / "no" / "rejects.csv"
    shell("list", "check", str(write_list(ROWS)), "--rejects", str(target), code=1)
    assert str(target) in shell.err


def test_import(spring: Shell, write_list: Callable[..., Path], tmp_path: Path) -> None:
    """An import says what became of every row, counts numbers the campaign had, and writes rejected rows."""
    path = write_list("Tel. privat;Wer\n404-555-0188;Dee\n312-555-0107;Bo\nnone;Eli\n", "more.csv")
    target = tmp_path / "rejects.csv"
    report = spring.json(
        "list", "import", str(path), "--campaign", "spring", "--map", "phone=Tel. privat", "--rejects", str(target)
    )
    assert report["list"]["contacts"] == 1
    assert report["already_in_campaign"] == 1
    assert sum(report["by_fault"].values()) == 1
    assert "Eli" in target.read_text("utf-8-sig")
    text = spring("campaign", "show", "spring")
    assert "more.csv" in text


def test_import_text(spring: Shell, write_list: Callable[..., Path]) -> None:
    """For people the report is a short list of counts."""
    path = write_list("phone\n404-555-0188\n", "more.csv")
    assert "contacts    1" in spring("list", "import", str(path), "--campaign", "spring")


def test_import_with_consent_attested(spring: Shell, write_list: Callable[..., Path]) -> None:
    """Attested consent counts where a row says nothing, never where it says something, and stands in the audit."""
    path = write_list("phone,consent\n404-555-0188,\n404-555-0189,none\n", "more.csv")
    spring("list", "import", str(path), "--campaign", "spring", "--attest", "oral")
    entry = next(entry for entry in spring.json("audit") if "more.csv" in entry["new"])
    assert "oral consent attested" in entry["new"]
    words = ("--campaign", "spring", "--at", "2026-03-03T17:00:00Z")
    said = {}
    for number in ("404-555-0188", "404-555-0189"):
        checks = spring.json("explain", number, *words)["checks"]
        said[number] = next(check["sentence"] for check in checks if check["check"] == "consent")
    assert "oral consent is recorded" in said["404-555-0188"]
    assert "there is none" in said["404-555-0189"]
    spring("list", "import", str(path), "--campaign", "spring", "--attest", "none", code=2)


def test_missing_file(spring: Shell) -> None:
    """A file that is not there is a sentence, whether it is checked or imported."""
    for words in (["check", "no.csv"], ["import", "no.csv", "--campaign", "spring"]):
        spring("list", *words, code=1)
        assert "no.csv" in spring.err
