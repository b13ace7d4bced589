"""``dialconsole dnc``."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from cli.conftest import Shell
from dialconsole.cli.dnc import _all
from dialconsole.control.port import EngineClient
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.request.optouts import ListOptOuts, OptOutPage


def test_add_check_remove(shell: Shell) -> None:
    """A number goes on the list, is found there however it is typed, and comes off with a reason."""
    shell("dnc", "add", "212-555-0143", "--reason", "asked in writing", "--source", "caller")
    found = shell.json("dnc", "check", "+1 (212) 555-0143")
    assert (found["number"], found["listed"]) == ("+12125550143", True)
    assert found["entries"][0]["source"] == "caller"
    assert "asked in writing" in shell("dnc", "check", "2125550143")
    shell("dnc", "remove", "2125550143", code=2)
    shell("dnc", "remove", "2125550143", "--reason", "a mistake")
    assert shell.json("dnc", "check", "2125550143")["listed"] is False


def test_scope(spring: Shell) -> None:
    """An entry for one campaign binds that one only."""
    spring("dnc", "add", "212-555-0143", "--campaign", "spring")
    spring("campaign", "create", "autumn")
    assert spring.json("dnc", "check", "2125550143", "--campaign", "spring")["listed"]
    assert not spring.json("dnc", "check", "2125550143", "--campaign", "autumn")["listed"]


def test_a_client_and_a_pattern(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """What is exported names the scope in full and can be imported again: everything is known already."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "spring")
    shell("campaign", "set", "spring", "client=Acme")
    shell("dnc", "add", "+1212555*", "--client", "ACME", "--reason", "a building")
    assert shell.json("dnc", "check", "2125550143", "--campaign", "spring")["listed"]
    found = shell.json("dnc", "check", "2125550143")
    assert (found["listed"], found["entries"][0]["number"]) == (False, "+1212555*")
    assert "client acme" in shell("dnc", "list")
    exported = shell("dnc", "export")
    assert "+1212555*,client:acme,operator," in exported
    report = shell.json("dnc", "import", str(write_list(exported)))
    assert (report["added"], report["known"], report["rejected"]) == (0, 1, [])
    shell("dnc", "add", "2125550143", "--client", "acme", "--campaign", "spring", code=2)
    shell("dnc", "add", "+1*", code=1)
    assert "too many calls" in shell.err
    assert "None of its numbers" in shell("dnc", "remove", "+1212555*", "--client", "acme", "--reason", "a slip")


def test_list_and_search(shell: Shell) -> None:
    """The list is searched by digits and by words."""
    shell("dnc", "add", "212-555-0143", "--reason", "asked in writing")
    shell("dnc", "add", "312-555-0107", "--reason", "wrong person")
    assert [e["number"] for e in shell.json("dnc", "list", "--search", "wrong")["entries"]] == ["+13125550107"]
    assert "+12125550143" in shell("dnc", "list", "--search", "0143")
    assert "1 of 2" in shell("dnc", "list", "--limit", "1")
    assert "No entries" in shell("dnc", "list", "--search", "nothing like it")


def test_import_and_export(shell: Shell, write_list: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of numbers goes in, and every entry comes out as CSV and as JSON lines, however many pages it takes."""
    monkeypatch.setattr("dialconsole.cli.dnc.PAGE", 2)
    numbers = [f"21255501{n:02}" for n in range(5)]
    path = write_list("\n".join([*numbers, numbers[0], "hello 1"]))
    report = shell.json("dnc", "import", str(path), "--reason", "=registry")
    assert (report["added"], report["known"], len(report["rejected"])) == (5, 0, 1)
    rows = list(csv.DictReader(io.StringIO(shell("dnc", "export"))))
    assert sorted(row["number"] for row in rows) == [f"+1{number}" for number in numbers]
    assert {row["reason"] for row in rows} == {"'=registry"}
    assert len(shell.lines("dnc", "export", "--json")) == 5


@pytest.mark.parametrize("gone", range(6))
@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_export_misses_no_entry_while_others_are_taken_off(
    monkeypatch: pytest.MonkeyPatch, gone: int, after: int
) -> None:
    """The pages behind one that is taken off move up; whoever is imported elsewhere by the file must be in it."""
    monkeypatch.setattr("dialconsole.cli.dnc.PAGE", 2)
    entries = [OptOut(f"+1212555010{n}", OptOutSource.CALLER, "", "maria", 100.0 - n) for n in range(6)]
    stay = {entry.number for place, entry in enumerate(entries) if place != gone}

    class Engine:
        asked = 0

        async def request(self, request: ListOptOuts) -> OptOutPage:
            self.asked += 1
            if self.asked == after + 1:
                del entries[gone]
                entries.insert(0, OptOut("+12125550199", OptOutSource.CALLER, "", "maria", 200.0))
                del entries[1 : 1 + (gone % 2)]
            page = entries[request.offset : request.offset + request.limit]
            return OptOutPage(tuple(page), len(entries), request.offset + len(page) < len(entries))

    async def export() -> list[str]:
        return [entry.number async for entry in _all(cast(EngineClient, Engine()))]

    exported = asyncio.run(export())
    assert len(exported) == len(set(exported))
    assert set(exported) >= stay & {entry.number for entry in entries}


def test_import_text(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """Lines that are no number are told one by one."""
    out = shell("dnc", "import", str(write_list("2125550143\nhello 1\n")))
    assert "1 added" in out
    assert "Line 2" in out


def test_no_number(shell: Shell) -> None:
    """What is no number is refused with the reason."""
    shell("dnc", "add", "hello", code=1)
    assert "hello" in shell.err


def test_copy(shell: Shell) -> None:
    """The entries of a client, before a campaign gets another; the refusal names the command that helps."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "spring", "--client", "Acme")
    shell("dnc", "add", "212-555-0143", "--client", "acme")
    shell("campaign", "set", "spring", "client=Acme Inc", code=1)
    assert "dialconsole dnc copy --from-client Acme --client 'Acme Inc'" in shell.err
    assert "entries copied: 1, from client acme to client acme inc" in shell(
        "dnc", "copy", "--from-client", "Acme", "--client", "Acme Inc"
    )
    shell("campaign", "set", "spring", "client=Acme Inc")
    assert shell.json("dnc", "check", "2125550143", "--campaign", "spring")["listed"]
    shell("dnc", "copy", "--from-client", "Acme", code=2)
