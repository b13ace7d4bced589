"""``dialconsole list``: preflight, import, rejected rows."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from cli.conftest import Shell
from cli.processes import running_engine
from dialconsole.cli.importing import progress_line
from dialconsole.model.view import ImportView
from kit.terminal import processes_with
from kit.xlsx import write_xlsx

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


def test_check_says_why_zones_stand_twice(
    shell: Shell, write_list: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state with hours of its own shares its zone with others: two rows, and a sentence that tells why."""
    hours = {True: (True, 1_000.0), False: (True, 2_000.0)}
    monkeypatch.setattr(
        "dialconsole.cli.lists._window_now", lambda *_: lambda place: hours["US-ME" in place.jurisdictions]
    )
    path = str(write_list("phone,state\n212-555-0143,NY\n207-555-0107,ME\n"))
    sentence = "Zones that stand here twice: some of their contacts are in a state with calling hours of its own."
    assert shell("list", "check", path).splitlines()[-1] == sentence
    path = str(write_list("phone,state\n212-555-0143,NY\n312-555-0107,IL\n"))
    assert sentence not in shell("list", "check", path)


def test_check_of_a_list_from_everywhere_stays_readable(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """The largest sets of zones, the first zones of each, and how much is left out; programs get them all."""
    zones = [f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage")]
    zones += ["Pacific/Honolulu", "America/Boise", "America/Detroit", "America/Juneau"]
    areas = (212, 312, 907)
    path = str(
        write_list(
            "phone,timezone\n"
            + "".join(f"{area}55501{line:02},{zone}\n" for area in areas for line, zone in enumerate(zones))
        )
    )
    sets = shell.json("list", "check", path)["zones"]
    assert sum(each["contacts"] for each in sets) == 30
    assert len(sets) > 20
    text = shell("list", "check", path)
    *_, table = text.split("\n\n")
    assert len(table.splitlines()) == 1 + 20 + 1
    left = sum(each["contacts"] for each in sets[20:])
    assert (
        table.splitlines()[-1] == f"and {left} contacts in {len(sets) - 20} more sets of zones; --json lists them all."
    )
    assert "and 1 more " in table or "and 2 more " in table or "and 3 more " in table, "a long set is cut"


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


def test_import_of_a_workbook(spring: Shell, tmp_path: Path) -> None:
    """Check and import read the sheet that is named."""
    path = write_xlsx(tmp_path / "more.xlsx", {"Old": [("phone",)], "New": [("phone",), (4045550188.0,)]})
    assert spring.json("list", "check", str(path), "--sheet", "new")["contacts"] == 1
    report = spring.json("list", "import", str(path), "--campaign", "spring", "--sheet", "New")
    assert report["list"]["contacts"] == 1
    spring("list", "check", str(path), "--sheet", "Nwe", code=1)
    assert "Did you mean “New”?" in spring.err


def test_progress_is_for_terminals(spring: Shell, write_list: Callable[..., Path]) -> None:
    """Where nobody looks there is none of it, on neither stream."""
    text = spring("list", "import", str(write_list("phone\n404-555-0188\n", "a.csv")), "--campaign", "spring")
    assert "\r" not in text
    assert spring.err == ""


def test_the_line_of_progress() -> None:
    """How far, how many, how fast, how many rejected."""
    view = ImportView(id="1", campaign="spring", list="more.csv", since=0.0)
    assert progress_line(view) == "more.csv: 0%, 0 rows, 0 rejected"
    halfway = msgspec.structs.replace(view, rows=400_000, rate=210_000.4, rejected=12, share=0.41)
    assert progress_line(halfway) == "more.csv: 41%, 400,000 rows, 210,000 a second, 12 rejected"


def test_there_is_nothing_to_cancel(spring: Shell) -> None:
    """It says so, and nothing is wrong."""
    assert spring("list", "cancel", "--campaign", "spring") == "No list is coming into spring.\n"


@pytest.mark.parametrize("with_engine", [False, True])
def test_ctrl_c_stops_an_import(spring: Shell, workspace: Path, tmp_path: Path, with_engine: bool) -> None:
    """Read here or by a running engine: nothing of the list is there, and the shell is told of the interruption."""
    long = tmp_path / "long.csv"
    with long.open("w") as file:
        file.write("phone,note\n")
        file.writelines(f"404-555-01{i % 100:02},{'x' * 60}\n" for i in range(1_000_000))
    with running_engine(workspace) if with_engine else nullcontext():
        terminal, end = os.openpty()
        command = [sys.executable, "-m", "dialconsole.cli", "list", "import", str(long), "--campaign", "spring"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=end, start_new_session=True)
        os.close(end)
        said = b""
        while b"long.csv: " not in said:
            said += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        while b"nothing of it was imported" not in said:
            said += os.read(terminal, 4096)
        os.close(terminal)
        assert "long.csv" not in spring("campaign", "show", "spring")
    assert not (workspace / "ledger.db.arriving").exists()


def test_an_engine_that_is_killed_leaves_nothing_of_a_list(spring: Shell, workspace: Path, tmp_path: Path) -> None:
    """In the middle of an import, with its reader: the next start finds the old state, and the reader is gone."""
    long = tmp_path / "long.csv"
    with long.open("w") as file:
        file.write("phone,note\n")
        file.writelines(f"404-555-01{i % 100:02},{'x' * 60}\n" for i in range(400_000))
    with running_engine(workspace) as engine:
        command = [sys.executable, "-m", "dialconsole.cli", "list", "import", str(long), "--campaign", "spring"]
        asking = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        blocks = workspace / "ledger.db.arriving"
        while not processes_with(str(blocks)):  # a block is there for moments only
            assert asking.poll() is None
            time.sleep(0.01)
        engine.kill()
        _, said = asking.communicate()
        assert b"was lost before it answered" in said
        while processes_with(str(blocks)):
            time.sleep(0.01)
    assert [item["name"] for item in spring.json("campaign", "show", "spring")["lists"]] == ["list.csv"]
    assert not blocks.exists()
    contacts = spring.lines("export", "contacts")
    assert len(contacts) == 2
