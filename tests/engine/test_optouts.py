"""The do-not-call list as people change it: scopes, patterns, files."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dialconsole.engine.desk import optouts
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import Outcome
from dialconsole.model.request.campaigns import CreateCampaign, SetCampaign
from dialconsole.model.request.looking import Explain, ListAudit
from dialconsole.model.request.optouts import AddOptOut, CopyOptOuts, ImportOptOuts, ListOptOuts, RemoveOptOut
from dialconsole.model.request.request import Request
from dialconsole.model.verdict import CheckName, VerdictKind
from kit.disk import fill
from kit.engine import Callee, Room, number, open_room, virtual


async def create(room: Room, name: str, client: str = "") -> None:
    await room.ask(CreateCampaign(campaign=Campaign(name=name, trunk="main", client=client)))


async def refused(room: Room, callee: str, campaign: str | None = None) -> bool:
    """Whether the gate's check of this list says no, as far as one campaign or nobody's goes."""
    verdict = (await room.ask(Explain(number=callee, campaign=campaign))).verdict
    return any(c.check is CheckName.OPTOUT and c.verdict is VerdictKind.REFUSED for c in verdict.checks)


async def in_force(room: Room) -> set[tuple[str, str]]:
    return {(entry.number, entry.scope) for entry in (await room.ask(ListOptOuts())).entries}


def test_taking_a_pattern_off_tells_what_stays(tmp_path: Path) -> None:
    """Numbers listed themselves are not freed, and the answer counts them; every word stays in the history."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddOptOut(number="+1212555*"))
            await room.ask(AddOptOut(number=number(1)))
            await room.ask(AddOptOut(number="+121255501*"))
            done = await room.ask(RemoveOptOut(number="+1212555*", reason="a slip"))
            assert done.sentence == (
                "The entry +1212555* binds no longer everywhere. Entries of their own for its numbers stay in force: 2."
            )
            assert await in_force(room) == {(number(1), ""), ("+121255501*", "")}
            assert await refused(room, number(1)) and not await refused(room, "+12125550200")
            done = await room.ask(RemoveOptOut(number="+121255501*", reason="a slip"))
            assert done.sentence.endswith("stay in force: 1.")
            assert [e.removed for e in await room.ledger.opt_out_history("+1212555*")] == [False, True]

    virtual(main)


def test_taking_a_number_off_names_the_pattern_that_still_covers_it(tmp_path: Path) -> None:
    """Also when the number was never listed itself: then nothing changes."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddOptOut(number="+1212555*"))
            done = await room.ask(RemoveOptOut(number=number(1), reason="asked to be called"))
            assert not done.changed and "It stays on the list by +1212555* (everywhere)." in done.sentence
            assert (await room.ask(AddOptOut(number=number(1)))).changed
            done = await room.ask(RemoveOptOut(number=number(1), reason="asked to be called"))
            assert done.changed
            assert done.sentence == (
                f"{number(1)} is off the list everywhere. It stays on the list by +1212555* (everywhere)."
            )
            assert await refused(room, number(1))
            await room.ask(RemoveOptOut(number="+1212555*", reason="a slip"))
            assert not await refused(room, number(1))

    virtual(main)


def test_a_client_is_known_by_its_campaigns(tmp_path: Path) -> None:
    """A label that no campaign has would bind nobody and is refused; one that does binds all its campaigns."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", "Acme")
            await create(room, "autumn", "acme ")
            await create(room, "other")
            for scope in ("client:acne", "client:", "campaign:sprig"):
                with pytest.raises(Problem, match=r"bind nobody|no campaign"):
                    await room.ask(AddOptOut(number=number(1), scope=scope))
            done = await room.ask(AddOptOut(number=number(1), scope="client:ACME"))
            assert "of the client acme, from now on" in done.sentence
            sees = [await refused(room, number(1), name) for name in ("spring", "autumn", "other", None)]
            assert sees == [True, True, False, False]

    virtual(main)


def test_an_old_entry_with_a_bare_name_is_the_campaigns_and_can_be_reversed(tmp_path: Path) -> None:
    """In either spelling, and it stays off after a restart."""

    async def main() -> None:
        old = OptOut(number(1), OptOutSource.OPERATOR, "old", "maria", 1.0, scope="spring")
        async with open_room(tmp_path) as room:
            await create(room, "spring")
            await room.ledger.add_opt_outs([old])
        async with open_room(tmp_path) as room:
            assert not (await room.ask(AddOptOut(number=number(1), scope="campaign:spring"))).changed
            done = await room.ask(RemoveOptOut(number=number(1), scope="campaign:spring", reason="may be called"))
            assert done.changed
        async with open_room(tmp_path) as room:
            assert await in_force(room) == set()
            assert not (await room.ask(RemoveOptOut(number=number(1), scope="spring", reason="again"))).changed

    virtual(main)


def test_a_file_brings_scopes_sources_and_dates(tmp_path: Path) -> None:
    """What it does not say, the import decides; scopes of nobody here are kept and told; nothing is dated ahead."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", "Acme")
            path = tmp_path / "dnc.csv"
            path.write_text(
                "number,scope,source,date,reason\n"
                f"{number(1)},client:acme,caller,2026-01-05,stop it\n"
                f"{number(2)},client:elsewhere,,2099-01-01,\n"
                f"{number(3)},everywhere,,,\n"
                f"{number(3)},,,,\n"
                "+1312555*,,agent,,\n"
                "nobody,,,,\n",
                "utf-8",
            )
            report = await room.ask(ImportOptOuts(path=str(path), scope="campaign:spring", reason="the old system"))
            assert (report.added, report.known, len(report.rejected)) == (5, 0, 1)
            assert "client elsewhere yet" in report.notes[0] and "in the future" in report.notes[1]
            found = {(e.number, e.scope): e for e in (await room.ask(ListOptOuts())).entries}
            first = found[number(1), "client:acme"]
            assert (first.source, first.reason, first.at, first.by) == ("caller", "stop it", 1767571200.0, "maria")
            ahead = found[number(2), "client:elsewhere"]
            assert (ahead.source, ahead.reason) == ("import", "the old system")
            assert ahead.at <= room.clock.time()
            assert found["+1312555*", "campaign:spring"].source is OptOutSource.AGENT
            assert {scope for listed, scope in found if listed == number(3)} == {"", "campaign:spring"}
            again = await room.ask(ImportOptOuts(path=str(path), scope="campaign:spring"))
            assert (again.added, again.known) == (0, 5)

    virtual(main)


def test_a_search_for_a_number_finds_the_patterns_that_cover_it(tmp_path: Path) -> None:
    """And words find scopes."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", "Acme")
            await room.ask(AddOptOut(number="+1212555*", scope="client:acme"))
            await room.ask(AddOptOut(number="+1312555*"))
            for search in (number(1), "+1 212-555-0101", "client acme"):
                page = await room.ask(ListOptOuts(search=search))
                assert [entry.number for entry in page.entries] == ["+1212555*"]

    virtual(main)


def test_what_is_wrong_with_every_line_is_told_a_hundred_times(tmp_path: Path) -> None:
    """And then counted."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            path = tmp_path / "dnc.txt"
            path.write_text(number(1) + "\n" + "nobody 1\n" * 150, "utf-8")
            report = await room.ask(ImportOptOuts(path=str(path)))
            assert len(report.rejected) == 101
            assert report.rejected[-1] == "And 50 lines more like these."
            assert msgspec.json.encode(report)

    virtual(main)


async def on_disk(room: Room) -> list[str]:
    return sorted(entry.number for entry in await room.ledger.opt_outs())


def test_an_entry_that_the_disk_refused_is_written_when_it_is_asked_for_again(tmp_path: Path) -> None:
    """Whoever is told that a number is on the list may rely on it after a restart too."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            disk = fill(room)
            disk.full = True
            for _ in range(2):
                with pytest.raises(Problem, match="hold only while this engine runs"):
                    await room.ask(AddOptOut(number=number(1), reason="asked"))
            assert await refused(room, number(1)), "in force all the same"
            disk.full = False
            done = await room.ask(AddOptOut(number=number(1), reason="asked"))
            assert done.sentence.endswith("already.")
            assert await on_disk(room) == [number(1)]
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(600)
            assert room.backend.prepared == []

    virtual(main)


def test_entries_that_the_disk_refused_are_written_by_themselves_and_with_the_next_one(tmp_path: Path) -> None:
    """Of people, of files and of calls."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            disk = fill(room)
            file = tmp_path / "list.txt"
            file.write_text(f"{number(1)}\n{number(2)}\n")
            disk.full = True
            with pytest.raises(Problem):
                await room.ask(ImportOptOuts(path=str(file)))
            disk.full = False
            await room.ask(AddOptOut(number=number(3)))
            assert await on_disk(room) == [number(1), number(2), number(3)]
            disk.full = True
            with pytest.raises(Problem):
                await room.ask(AddOptOut(number=number(4)))
            disk.full = False
            await asyncio.sleep(60)
            assert await on_disk(room) == [number(1), number(2), number(3), number(4)]
            assert len(await room.ledger.opt_out_history(number(1))) == 1

    virtual(main)


def test_a_file_that_the_disk_refused_is_not_known_already(tmp_path: Path) -> None:
    """Importing it again succeeds only when the disk has it."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            disk = fill(room)
            file = tmp_path / "list.txt"
            file.write_text(f"{number(1)}\n")
            disk.full = True
            for _ in range(2):
                with pytest.raises(Problem):
                    await room.ask(ImportOptOuts(path=str(file)))
            disk.full = False
            assert (await room.ask(ImportOptOuts(path=str(file)))).known == 1
            assert await on_disk(room) == [number(1)]

    virtual(main)


def test_an_entry_that_waits_for_its_calls_outcome_is_written_when_somebody_asks_for_it(tmp_path: Path) -> None:
    """The callee declined and the outcome cannot be written; a person who enters the number is not told "already"."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(outcome=Outcome.REJECTED, sip_code=603)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(2)
            disk = fill(room)
            disk.full = True
            await asyncio.sleep(60)
            with pytest.raises(Problem, match="hold only while"):
                await room.ask(AddOptOut(number=number(1)))
            disk.full = False
            await asyncio.sleep(60)
            assert await on_disk(room) == [number(1)]
            assert (await room.ask(AddOptOut(number=number(1)))).changed is False

    virtual(main)


def test_an_entry_that_the_disk_refused_stays_off_once_it_is_taken_off(tmp_path: Path) -> None:
    """It does not come to the disk after its reversal."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            disk = fill(room)
            disk.full = True
            with pytest.raises(Problem):
                await room.ask(AddOptOut(number=number(1)))
            with pytest.raises(Problem):
                await room.ask(RemoveOptOut(number=number(1), reason="a slip"))
            assert await refused(room, number(1))
            disk.full = False
            await room.ask(RemoveOptOut(number=number(1), reason="a slip"))
            await asyncio.sleep(60)
            assert await on_disk(room) == []
            assert [entry.removed for entry in await room.ledger.opt_out_history(number(1))] == [False, True]

    virtual(main)


@pytest.mark.parametrize("moment", ["opt_out_history", "add_opt_outs"])
def test_a_wish_that_comes_while_its_number_is_taken_off_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """In memory and on disk, and the person is told; so does one of somebody else at the list."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            floor = room.engine.floor
            await room.ask(AddOptOut(number=number(1)))
            before, tellers = getattr(floor.ledger, moment), [True]

            async def meanwhile(*args: object) -> object:
                found = await before(*args)
                if tellers and tellers.pop():
                    await asyncio.sleep(1)
                    floor.opted_out(OptOut(number(1), OptOutSource.CALLER, "stop", "agent", room.clock.time()))
                    await asyncio.sleep(1)
                return found

            monkeypatch.setattr(floor.ledger, moment, meanwhile)
            done = await room.ask(RemoveOptOut(number=number(1), reason="a slip"))
            assert (done.changed, "anew meanwhile" in done.sentence) == (False, True)
            assert await refused(room, number(1))
            assert await on_disk(room) == [number(1)]
            assert (await room.ask(RemoveOptOut(number=number(1), reason="a slip"))).changed
            assert await on_disk(room) == []
            assert [(await room.ask(AddOptOut(number=number(1)))).changed for _ in range(2)] == [True, False]

    virtual(main)


@pytest.mark.parametrize("way", ["file", "copy"])
def test_a_number_that_comes_with_a_file_or_a_copy_while_it_is_taken_off_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """It counts as new, in memory and on disk, also if its entry says the very same as the one that is taken off."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", client="Acme")
            await room.ask(AddOptOut(number=number(1), scope="client:acme"))
            again: Request[Any] = CopyOptOuts(source="client:acme", scope="")
            if way == "file":
                again = ImportOptOuts(path=str(tmp_path / "dnc.txt"))
                (tmp_path / "dnc.txt").write_text(f"{number(1)}\n", "utf-8")
            await room.ask(again)
            before, tellers = room.ledger.add_opt_outs, [True]

            async def meanwhile(entries: list[OptOut]) -> None:
                if entries[0].removed and tellers and tellers.pop():
                    await room.ask(again)
                await before(entries)

            monkeypatch.setattr(room.engine.floor.ledger, "add_opt_outs", meanwhile)
            done = await room.ask(RemoveOptOut(number=number(1), reason="a slip"))
            assert (done.changed, "anew meanwhile" in done.sentence) == (False, True)
            assert await refused(room, number(1))
            assert (number(1), "") in await in_force(room)

    virtual(main)


def test_the_engine_goes_on_while_a_long_list_is_imported_copied_or_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of a million is normal: it comes into force in portions, and is searched beside the loop."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            index, most, searched = room.engine.floor.safeguards.opt_outs, [0], set[int]()

            async def watch() -> None:
                before = len(index)
                while True:
                    await asyncio.sleep(0)
                    most[0], before = max(most[0], len(index) - before), len(index)

            def search(entries: list[OptOut], words: str) -> list[OptOut]:
                searched.add(threading.get_ident())
                return matching(entries, words)

            matching = optouts._matching
            monkeypatch.setattr(optouts, "_matching", search)
            await create(room, "spring", client="Acme")
            (tmp_path / "dnc.txt").write_text("".join(f"+1212555{i:04d}\n" for i in range(5000)), "utf-8")
            watching = asyncio.create_task(watch())
            assert (await room.ask(ImportOptOuts(path=str(tmp_path / "dnc.txt")))).added == 5000
            assert (await room.ask(CopyOptOuts(source="", scope="client:acme"))).changed
            assert len(index) == 10_000 and most[0] <= optouts.ENTRIES_PER_TURN < 5000
            watching.cancel()
            assert (await room.ask(ListOptOuts(search="0042"))).total == 2
            assert searched and threading.get_ident() not in searched

    virtual(main)


async def rename(room: Room, label: str) -> None:
    await room.ask(SetCampaign(name="spring", fields={"client": label}))


def test_a_campaign_keeps_the_entries_of_its_client(tmp_path: Path) -> None:
    """Another label would unbind them silently: refused with their number until they bind it under the new one too."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", "Acme")
            await room.ask(AddOptOut(number=number(1), scope="client:acme", source=OptOutSource.CALLER, reason="stop"))
            await room.ask(AddOptOut(number="+1212555020*", scope="client:acme"))
            await rename(room, " ACME ")
            for label in ("Acme Inc", ""):
                with pytest.raises(Problem, match="2 do-not-call entries bind spring") as caught:
                    await rename(room, label)
                assert caught.value.code == "opt_outs"
            assert "dialconsole dnc copy --from-client ACME --campaign spring" in caught.value.sentence
            assert room.engine.floor.campaigns["spring"].client == "ACME"
            await room.ask(AddOptOut(number="+121255502*"))
            with pytest.raises(Problem, match=r"1 do-not-call entry binds.*--from-client ACME --client 'Acme Inc'"):
                await rename(room, "Acme Inc")
            done = await room.ask(CopyOptOuts(source="client:Acme", scope="client:Acme  inc", reason="renamed"))
            assert done.sentence == (
                "Do-not-call entries copied: 2, from client acme to client acme inc. "
                "No campaign here is bound by the entries for the client acme inc yet; they are kept."
            )
            assert not (await room.ask(CopyOptOuts(source="client:Acme", scope="client:acme inc"))).changed
            await rename(room, "Acme Inc")
            assert await refused(room, number(1), "spring")
            copied = next(e for e in (await room.ask(ListOptOuts())).entries if e.scope == "client:acme inc")
            assert (copied.by, copied.source) == ("maria", OptOutSource.CALLER) or copied.number.endswith("*")
            assert await in_force(room) >= {(number(1), "client:acme"), (number(1), "client:acme inc")}
            assert "do-not-call copied" in [entry.action for entry in await room.ask(ListAudit())]

    virtual(main)


def test_a_client_that_is_taken_away_leaves_its_entries_to_the_campaign(tmp_path: Path) -> None:
    """Copied to the campaign itself; a client without entries may go as it likes."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await create(room, "spring", "Acme")
            await rename(room, "other")
            await rename(room, "Acme")
            await room.ask(AddOptOut(number=number(1), scope="client:acme"))
            with pytest.raises(Problem, match="There is no campaign 'summer'"):
                await room.ask(CopyOptOuts(source="client:acme", scope="campaign:summer"))
            with pytest.raises(Problem, match="label has letters"):
                await room.ask(CopyOptOuts(source="client:acme", scope="client: "))
            with pytest.raises(Problem, match="bind it already"):
                await room.ask(CopyOptOuts(source="client:acme", scope="client:Acme"))
            await room.ask(CopyOptOuts(source="client:acme", scope="campaign:spring"))
            await rename(room, "")
            assert await refused(room, number(1), "spring")

    virtual(main)
