"""A list on its way into a campaign: whole or not at all, seen by everybody, never in the way of calls."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from dialconsole.engine import list_sources
from dialconsole.engine.list_reader import Job
from dialconsole.engine.list_sources import InProcess, InThread
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import CreateCampaign, DeleteCampaign
from dialconsole.model.request.lists import CancelImport, ImportList, ImportReport
from dialconsole.model.view import ImportView, Kind
from dialconsole.store.sqlite_ledger import SqliteLedger
from kit.engine import MARIA, Room, open_room, virtual

AREAS = ("201", "202", "203", "205", "206", "207", "209", "210", "212", "213")
NUMBERS = [f"+1{area}55501{last:02}" for area in AREAS for last in range(100)]


@pytest.fixture(params=["thread", "process"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who reads the list; its blocks are small, so that there are many."""
    monkeypatch.setattr(list_sources, "IN_PLACE", 0 if request.param == "process" else 1 << 30)
    monkeypatch.setattr("dialconsole.engine.importing.Job", _SmallBlocks, raising=False)
    return str(request.param)


class _SmallBlocks(Job, frozen=True):
    block: int = 50


def write(folder: Path, numbers: list[str] = NUMBERS) -> Path:
    path = folder / "spring.csv"
    path.write_text("phone,name,consent\n" + "".join(f"{n},Ana,written\n" for n in numbers) + "911,Bo,\n", "utf-8")
    return path


async def importing(room: Room, path: Path, id: str = "mine") -> ImportReport:
    return await room.ask(ImportList(campaign="spring", path=str(path), id=id))


def with_room(tmp_path: Path, body: Callable[[Room], Awaitable[None]], *, durable: bool = True) -> None:
    async def main() -> None:
        async with open_room(tmp_path, durable=durable) as room:
            await room.ask(CreateCampaign(campaign=Campaign(name="spring", trunk="main")))
            await body(room)

    virtual(main)


def watched(room: Room) -> list[ImportView | None]:
    """Every state of an import that a console may be told."""
    seen: list[ImportView | None] = []

    def changed(kind: Kind, id: str) -> None:
        if kind is Kind.IMPORT:
            view = room.engine.view(kind, id)
            assert view is None or isinstance(view, ImportView)
            seen.append(view)

    room.engine.watch(changed)
    return seen


async def under_way(room: Room) -> None:
    """Until some rows of an import have been read."""
    told = asyncio.Event()
    room.engine.watch(
        lambda kind, id: told.set() if any(view.rows for view in room.engine.floor.imports.values()) else None
    )
    await told.wait()


async def nothing_is_left(room: Room) -> None:
    assert await room.ledger.lists("spring") == []
    assert list(room.ledger.export_contacts()) == []
    assert len(room.engine.floor.queue) == 0
    assert room.engine.floor.imports == {}
    with sqlite3.connect(f"file:{room.path}/workspace/ledger.db?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM contacts").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM rejected").fetchone() == (0,)
    connection.close()
    assert not (room.path / "workspace" / "ledger.db.arriving").exists()


@pytest.mark.parametrize("durable", [True, False])
def test_a_list_comes_in_whole(tmp_path: Path, reader: str, durable: bool) -> None:
    """Read by a thread or a process, into a real ledger or a simulation's: the same contacts; no time passes."""

    async def body(room: Room) -> None:
        began, seen = room.clock.time(), watched(room)
        report = await importing(room, write(tmp_path))
        assert (report.list.rows, report.list.contacts, report.list.rejected) == (1001, 1000, 1)
        assert report.by_fault == {"invalid_number": 1}
        assert [contact.number for contact in room.ledger.export_contacts()] == NUMBERS
        assert len(room.engine.floor.queue) == 1000
        assert room.clock.time() - began < 0.001
        assert seen[-1] is None
        if durable:  # a simulation does not let anybody look in between
            told = [view for view in seen if view is not None]
            assert [view.rows for view in told] == sorted(view.rows for view in told)
            assert (told[0].rows, told[-1].rows, told[-1].rejected, told[-1].list) == (0, 1001, 1, "spring.csv")
        again = await importing(room, write(tmp_path))
        assert (again.list.contacts, again.already_in_campaign) == (0, 1000)

    with_room(tmp_path, body, durable=durable)


def test_a_cancelled_list_leaves_nothing(tmp_path: Path, reader: str) -> None:
    """Whoever cancels is named to whoever asked; the list can come in again."""

    async def body(room: Room) -> None:
        task = asyncio.create_task(importing(room, write(tmp_path, NUMBERS * 40)))
        await under_way(room)
        done = await room.ask(CancelImport(id="mine"), msgspec.structs.replace(MARIA, user="tom"))
        assert done.sentence == "The import of spring.csv is cancelled; nothing of it was imported."
        with pytest.raises(Problem, match=r"^The import of spring\.csv was cancelled by tom\. Nothing was imported\.$"):
            await task
        await nothing_is_left(room)
        assert not (await room.ask(CancelImport(id="mine"))).changed
        assert (await importing(room, write(tmp_path))).list.contacts == 1000

    with_room(tmp_path, body)


def test_a_campaign_that_a_list_comes_into_is_not_deleted(tmp_path: Path, reader: str) -> None:
    """Its contacts would have no campaign; when the list is there or cancelled, they go together."""

    async def body(room: Room) -> None:
        task = asyncio.create_task(importing(room, write(tmp_path, NUMBERS * 40)))
        await under_way(room)
        with pytest.raises(Problem, match=r"^spring\.csv is coming into spring; wait for it, or stop it: "):
            await room.ask(DeleteCampaign(name="spring"))
        assert (await task).list.contacts == 1000
        assert len(room.engine.floor.queue) == 1000
        await room.ask(DeleteCampaign(name="spring"))
        await nothing_is_left(room)

    with_room(tmp_path, body)


def test_no_list_comes_into_a_campaign_that_is_being_deleted(tmp_path: Path) -> None:
    """Whoever asks while the old contacts are removed is told that there is no such campaign."""

    async def body(room: Room) -> None:
        await importing(room, write(tmp_path))
        deleting = asyncio.create_task(room.ask(DeleteCampaign(name="spring")))
        await asyncio.sleep(0)  # it has begun
        with pytest.raises(Problem, match="There is no campaign 'spring'"):
            await importing(room, write(tmp_path, NUMBERS[:10]), id="late")
        await deleting
        await nothing_is_left(room)

    with_room(tmp_path, body)


def test_whoever_asked_may_go(tmp_path: Path, reader: str) -> None:
    """A request that is given up in the middle leaves nothing either, and no process."""

    async def body(room: Room) -> None:
        task = asyncio.create_task(importing(room, write(tmp_path, NUMBERS * 40)))
        await under_way(room)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await nothing_is_left(room)

    with_room(tmp_path, body)


def test_a_reader_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system does when memory is short: a sentence, and nothing half."""
    readers: list[InProcess] = []

    def source_of(job: Job, folder: Path) -> InProcess:
        readers.append(InProcess(msgspec.structs.replace(job, block=50), folder))
        return readers[-1]

    monkeypatch.setattr(list_sources, "source_of", source_of)

    async def body(room: Room) -> None:
        task = asyncio.create_task(importing(room, write(tmp_path, NUMBERS * 40)))
        await under_way(room)
        os.kill(readers[0].pid, signal.SIGKILL)
        with pytest.raises(Problem, match=r"spring\.csv was ended from outside .* Nothing was imported"):
            await task
        await nothing_is_left(room)

    with_room(tmp_path, body)


def test_a_disk_that_is_full(tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's disk has no room for the rows: a sentence; the list comes in when there is."""

    async def body(room: Room) -> None:
        ledger = room.ledger
        assert isinstance(ledger, SqliteLedger)
        changes = ledger._access._changes  # type: ignore[attr-defined]
        (pages,) = changes.connection.execute("PRAGMA page_count").fetchone()
        changes.connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(Problem, match=r"^spring\.csv could not be recorded: The disk .* Nothing was imported\.$"):
            await importing(room, write(tmp_path))
        changes.connection.execute("PRAGMA max_page_count = 1000000")
        await nothing_is_left(room)
        assert (await importing(room, write(tmp_path))).list.contacts == 1000

    with_room(tmp_path, body)


def test_a_list_that_cannot_be_read(tmp_path: Path, reader: str) -> None:
    """What the reader says of it is the answer, whoever read it."""

    async def body(room: Room) -> None:
        path = tmp_path / "empty.csv"
        path.write_text("")
        with pytest.raises(Problem, match=r"^empty\.csv is empty\. Export the call list again\.$") as caught:
            await importing(room, path)
        assert caught.value.code == "list_empty"
        with pytest.raises(Problem, match="There is no file"):
            await importing(room, tmp_path / "gone.csv")
        await nothing_is_left(room)

    with_room(tmp_path, body)


def test_two_lists_at_once_come_in_one_after_the_other(tmp_path: Path, reader: str) -> None:
    """Each whole, with ids of its own; one id cannot be used for both."""

    async def body(room: Room) -> None:
        path = write(tmp_path)
        first = asyncio.create_task(importing(room, path, "a"))
        second = asyncio.create_task(importing(room, path, "b"))
        await asyncio.sleep(0)
        with pytest.raises(Problem, match="running already"):
            await importing(room, path, "a")
        reports = await asyncio.gather(first, second)
        assert sorted(report.list.contacts for report in reports) == [0, 1000]

    with_room(tmp_path, body)


def test_an_engine_that_ends_ends_its_imports(tmp_path: Path, reader: str) -> None:
    """Closing does not wait for a list, and leaves none half."""

    async def main() -> None:
        async with open_room(tmp_path, durable=True) as room:
            await room.ask(CreateCampaign(campaign=Campaign(name="spring", trunk="main")))
            task = asyncio.create_task(importing(room, write(tmp_path, NUMBERS * 40)))
            await under_way(room)
        with pytest.raises(Problem, match="cancelled by the end of the engine"):
            await task
        async with open_room(tmp_path, durable=True) as room:
            assert room.engine.floor.standings["spring"].total == 0

    virtual(main)


def test_short_lists_need_no_process(tmp_path: Path) -> None:
    """Starting one takes longer than reading some thousand rows."""
    job = Job(str(write(tmp_path)), "US", {}, None, False, None, 0.0)
    assert isinstance(list_sources.source_of(job, tmp_path), InThread)
