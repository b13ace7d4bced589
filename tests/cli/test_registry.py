"""``dialconsole registry``: imported by the command, in force in the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

import pytest
from msgspec import structs

from cli.conftest import Shell
from cli.processes import running_engine
from dialconsole.cli.session import ask
from dialconsole.model.request.looking import StatusReport
from dialconsole.model.request.request import Request
from dialconsole.store.workspace import Workspace

R = TypeVar("R")

NUMBERS = "212,5550143\n312,5550107\n312,5550107\n"


@pytest.fixture
def full_list(write_list: Callable[..., Path]) -> str:
    """A full list of two area codes, one number in each."""
    return str(write_list(NUMBERS, "full.txt"))


def national(shell: Shell) -> dict[str, object]:
    [entry] = shell.json("registry", "list")["lists"]
    assert isinstance(entry, dict)
    return entry


def test_import_and_list(shell: Shell, full_list: str) -> None:
    """A full list is imported under its date and account, and listed with what it covers."""
    [header] = shell.json("registry", "import", full_list, "--san", "123-45", "--date", "2026-10-20", "--covers", "305")
    assert (header["list"], header["version"], header["obtained"]) == ("national", 1, "2026-10-20")
    assert (header["area_codes"], header["numbers"], header["rows"]) == ([212, 305, 312], 2, 3)
    assert header["sources"][0]["name"] == "full.txt"
    entry = national(shell)
    assert (entry["name"], entry["san"], entry["area_codes"], entry["numbers"]) == ("national", "123-45", 3, 2)
    text = shell("registry", "list")
    assert "2026-10-20" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_list_that_is_too_old_is_told(shell: Shell, full_list: str) -> None:
    """A list of more than 31 days warns under the table that it holds calls."""
    day = date.today() - timedelta(days=40)  # noqa: DTZ011 - forty days are far from any border
    shell("registry", "import", full_list, "--date", day.isoformat())
    assert "31 days" in shell("registry", "list")
    assert shell.json("registry", "list")["warnings"]


def test_empty(shell: Shell) -> None:
    """Without a registry the list says what that means, and how to import one."""
    shell("trunk", "add", "main")
    text = shell("registry", "list")
    assert "nobody" in text
    assert "registry import" in text


def test_a_demo_registry_for_practice(shell: Shell, full_list: str, workspace: Path) -> None:
    """It covers everybody, says what it is, gives way to a real one and never takes its place."""
    shell("registry", "demo")
    entry = national(shell)
    assert entry["demo"]
    assert "demo" in shell("registry", "list").lower()
    shell("registry", "import", full_list)
    assert not national(shell)["demo"]
    shell("registry", "demo", code=1)
    assert "real registry" in shell.err
    assert not national(shell)["demo"]


def test_import_without_a_date_is_of_today(shell: Shell, full_list: str) -> None:
    """Without --date a list counts as obtained today, and the report says so."""
    before = date.today()  # noqa: DTZ011 - the command goes by this machine's day too
    text = shell("registry", "import", full_list)
    assert f"of {before}" in text or f"of {date.today()}" in text  # noqa: DTZ011


def test_the_same_file_makes_no_list_fresh(shell: Shell, full_list: str, write_list: Callable[..., Path]) -> None:
    """Without --date it would be dated today, however old it is; with a date, or another file, it is taken."""
    shell("registry", "import", full_list, "--date", "2026-09-01")
    shell("registry", "import", full_list, code=1)
    assert "--date 2026-09-01 if this is the file of then" in shell.err
    assert (national(shell)["version"], national(shell)["obtained"]) == (1, "2026-09-01")
    shell("registry", "import", full_list, str(write_list("305,5550107\n", "more.txt")), code=1)
    assert national(shell)["version"] == 1
    shell("registry", "import", full_list, "--date", "2026-10-20")
    assert national(shell)["obtained"] == "2026-10-20"
    shell("registry", "import", str(write_list(NUMBERS + "312,5550108\n", "new.txt")))
    assert national(shell)["version"] == 3


def test_the_same_changes_make_no_list_fresh(shell: Shell, full_list: str, write_list: Callable[..., Path]) -> None:
    """They were applied already, and say nothing of what changed since."""
    day = date.today() - timedelta(days=20)  # noqa: DTZ011 - far from any border
    changes = str(write_list("212,5550144,A\n", "changes.txt"))
    shell("registry", "import", full_list, "--date", day.isoformat())
    shell("registry", "import", changes, "--kind", "changes", "--date", (day + timedelta(days=1)).isoformat())
    shell("registry", "import", changes, "--kind", "changes", code=1)
    assert "changes.txt is the very file" in shell.err


def test_the_default_date_in_a_demonstration_is_its_engines(
    shell: Shell, full_list: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock stands elsewhere: this machine's day would lie in its future, and hold every call."""
    Workspace.create(workspace, name="clinic", demo=True, at=0.0)

    def half_a_year_ago(path: Path | None, request: Request[R], **how: bool) -> R:
        found = ask(path, request, **how)
        if isinstance(found, StatusReport):
            engine = structs.replace(found.engine, now=datetime(2026, 3, 3, 15, tzinfo=UTC).timestamp())
            return cast("R", structs.replace(found, engine=engine))
        return found

    monkeypatch.setattr("dialconsole.cli.registry.ask", half_a_year_ago)
    assert "version 1 of 2026-03-03" in shell("registry", "import", full_list)
    shell("registry", "import", full_list, "--date", "2026-03-05", code=1)
    assert "is in the future (today is 2026-03-03)" in shell.err


def test_import_is_told_on_stderr(shell: Shell, full_list: str) -> None:
    """Progress goes to standard error, so that the report is all of standard output."""
    out = shell("registry", "import", full_list, "--date", "2026-10-20")
    assert out == "The national do-not-call registry is imported: version 1 of 2026-10-20. Numbers: 2. Area codes: 2.\n"
    assert "Importing" in shell.err


def test_changes(shell: Shell, full_list: str, write_list: Callable[..., Path]) -> None:
    """A change list is applied by the columns that --map describes."""
    changes = str(write_list("D,2125550143\nA,2125550144\nA,2125550145\n", "changes.txt"))
    shell("registry", "import", full_list, "--date", "2026-10-20")
    words = ("registry", "import", changes, "--kind", "changes", "--date", "2026-10-25")
    shell(*words, code=1)
    assert "--map" in shell.err
    [header] = shell.json(*words, "--map", "number=2 action=1")
    assert (header["version"], header["numbers"], header["deletions"]) == (2, 3, 1)


def test_lines_of_a_states_list_without_a_number_are_told(shell: Shell, write_list: Callable[..., Path]) -> None:
    """A title, or a number that nobody can read: whoever is on such a line is not held, so somebody must look."""
    lines = ["Florida, 2026", *(f"305555{n:04}" for n in range(100, 130)), "305..555..01..99"]
    path = str(write_list("\n".join(lines), "florida.csv"))
    said = shell("registry", "import", path, "--list", "us-fl", "--kind", "state", "--date", "2026-10-20")
    assert "Numbers: 30." in said
    assert "florida.csv: 2 lines have no ten-digit number and were passed over; line 1 first, line 32 last." in said
    path = str(write_list("\n".join(lines[1:-1]), "florida.csv"))
    said = shell("registry", "import", path, "--list", "us-fl", "--kind", "state", "--date", "2026-10-21")
    assert "passed over" not in said


def test_state_list(shell: Shell, write_list: Callable[..., Path]) -> None:
    """A state's list is any text with numbers in it, under the state's name however that is written."""
    path = str(write_list("Phone\n(305) 555-0143\n", "florida.csv"))
    [header] = shell.json("registry", "import", path, "--list", "FL", "--kind", "state", "--date", "2026-10-20")
    assert (header["list"], header["everywhere"], header["numbers"]) == ("us-fl", True, 1)


def test_a_call_list_replaces_nothing(shell: Shell, full_list: str, write_list: Callable[..., Path]) -> None:
    """A file of the wrong kind is a sentence, and the registry is the one that was there."""
    shell("registry", "import", full_list, "--date", "2026-10-20")
    shell("registry", "import", str(write_list("name,phone\nAna,2125550143\n")), code=1)
    assert "Nothing was replaced" in shell.err
    assert national(shell)["version"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ["import"],
        ["import", "x.txt", "--date", "2026-13-01"],
        ["import", "x.txt", "--kind", "whole"],
        ["import", "x.txt", "--map", "number=1"],
        ["import", "x.txt", "--covers", "21"],
    ],
)
def test_usage(shell: Shell, words: list[str], workspace: Path) -> None:
    """What cannot be meant is a usage error, before anything is opened or made."""
    shell("registry", *words, code=2)
    assert not workspace.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import", "no.txt"], "does not exist"),
        (["import", "no.txt", "--list", "france"], "no registry called 'france'"),
        (["import", "no.txt", "--date", "2999-01-01"], "in the future"),
    ],
)
def test_problems(shell: Shell, words: list[str], sentence: str) -> None:
    """What goes wrong is a sentence."""
    shell("registry", *words, code=1)
    assert sentence in shell.err


def test_verify(shell: Shell, full_list: str, workspace: Path) -> None:
    """A registry that was copied is unreadable until it is verified; one with another content stays so."""
    shell("registry", "import", full_list, "--date", "2026-10-20")
    [bits] = (workspace / "registry").glob("*.bits")
    bits.touch()
    assert "verify" in str(national(shell)["fault"])
    assert "verify" in shell("registry", "list")
    [header] = shell.json("registry", "verify")
    assert header["numbers"] == 2
    assert national(shell)["fault"] == ""
    with bits.open("r+b") as file:
        file.seek(1_250_000 * 12)  # area code 212
        file.write(b"\xff")
    shell("registry", "verify", "national", code=1)
    assert "damaged" in shell.err


def test_remove(shell: Shell, full_list: str) -> None:
    """A removed registry is gone, and removing one that is not there says so."""
    shell("registry", "import", full_list, "--date", "2026-10-20")
    assert shell.json("registry", "remove", "national") == {"removed": "national"}
    assert shell.json("registry", "list")["lists"] == []
    shell("registry", "remove", "national", code=1)
    assert "no national do-not-call registry" in shell.err


def test_without_a_workspace(shell: Shell, workspace: Path) -> None:
    """Looking at the registry of a workspace that is not there makes none."""
    for words in (["list"], ["verify"], ["remove", "national"]):
        shell("registry", *words, code=1)
        assert "no workspace" in shell.err
    assert not workspace.exists()


def test_audit(shell: Shell, full_list: str) -> None:
    """Who imported, verified and removed a list stands in the audit, with the files."""
    shell("registry", "import", full_list, "--date", "2026-10-20")
    shell("registry", "verify")
    shell("registry", "remove", "national")
    said = [entry["new"] for entry in shell.json("audit", "--subject", "registry")]
    assert said == [
        "national removed",
        "national version 1 of 2026-10-20 verified",
        "national version 1 of 2026-10-20 imported from full.txt",
    ]


def test_running_engine_asks_the_new_list_at_once(shell: Shell, full_list: str, workspace: Path) -> None:
    """An import beside a running engine is in force when the command returns."""
    shell("trunk", "add", "main")
    words = ("explain", "212-555-0143", "--at", "2026-11-02T17:00:00Z")
    with running_engine(workspace):
        assert "registry_none" in {check["code"] for check in shell.json(*words)["checks"]}
        shell("registry", "import", full_list, "--date", "2026-10-20")
        assert "registry_listed" in {check["code"] for check in shell.json(*words)["checks"]}
        shell("registry", "remove", "national")
        assert "registry_none" in {check["code"] for check in shell.json(*words)["checks"]}


def test_engine_that_cannot_be_told(shell: Shell, full_list: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If only the telling fails, the sentence says that the import itself holds."""
    from dialconsole.model.errors import Problem

    def refuse(*_: object) -> None:
        raise Problem("You may only look.")

    monkeypatch.setattr("dialconsole.cli.registry.ask", refuse)
    shell("registry", "import", full_list, "--date", "2026-10-20", code=1)
    assert "Done" in shell.err
    assert "You may only look." in shell.err
    monkeypatch.undo()


def test_a_states_own_list_that_is_missing_is_told(
    shell: Shell, write_list: Callable[..., Path], full_list: str
) -> None:
    """Nobody is held for want of it, so it must be said: where contacts may be in that state, and only there."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "spring")
    shell("list", "import", str(write_list("phone\n305-555-0143\n212-555-0143\n")), "--campaign", "spring")
    shell("registry", "import", full_list)
    [sentence] = shell.json("registry", "list")["missing"]
    assert "US-FL" in sentence
    assert sentence in shell("registry", "list")
    state = str(write_list("3055550107\n", "florida.txt"))
    shell("registry", "import", state, "--list", "us-fl", "--kind", "state")
    assert shell.json("registry", "list")["missing"] == []
