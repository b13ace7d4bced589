"""Durable access: what waits is one transaction, a refusing disk loses nothing, nobody is left waiting."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.ledger import NOW, add, claim, contact, opt_out, settlement
from dialconsole.clock import run_virtual
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.store.group_commit import GroupCommit
from dialconsole.store.ledger import LedgerFull
from dialconsole.store.opening import open_for_writing
from dialconsole.store.sqlite_ledger import SqliteLedger

Body = Callable[[SqliteLedger, sqlite3.Connection], Awaitable[None]]


def _with_connection(path: Path, body: Body) -> None:
    """Run ``body`` with a durable ledger and its writing connection, to watch it or to make it fail."""

    async def main() -> None:
        connection = open_for_writing(path / "ledger.db", durable=True)
        ledger = SqliteLedger(path / "ledger.db", GroupCommit(path / "ledger.db", connection))
        await body(ledger, connection)
        await ledger.close()

    run_virtual(main)


def _fill_disk(connection: sqlite3.Connection) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


def _make_room(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1000000")


async def _claim_until_full(ledger: SqliteLedger) -> int:
    """Claim contacts 1, 2, 3 ... until the disk refuses; the number of the refused one."""
    for seq in range(1, 1000):
        try:
            await ledger.claim(claim(seq, seq))
        except LedgerFull:
            return seq
    raise AssertionError("the disk took a thousand claims")


def test_burst_is_few_transactions(tmp_path: Path) -> None:
    """Two hundred claims at once are committed together, not one by one."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 200)
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        await asyncio.gather(*(ledger.claim(claim(seq, seq)) for seq in range(1, 201)))
        connection.set_trace_callback(None)
        assert statements.count("COMMIT") == 1
        assert len(await ledger.unfinished()) == 200

    _with_connection(tmp_path, body)


def test_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """On a full disk every change that waits is refused with a sentence and nothing of it is there; then it works."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 1000)
        _fill_disk(connection)
        refused = await _claim_until_full(ledger)
        answers = await asyncio.gather(
            *(ledger.claim(claim(seq, seq)) for seq in range(refused, refused + 40)), return_exceptions=True
        )
        assert {type(answer) for answer in answers} == {LedgerFull}
        assert "is full: nothing could be recorded, so nothing is dialed" in str(answers[0])
        assert await ledger.next_seq() == refused
        assert len(await ledger.unfinished()) == refused - 1
        _make_room(connection)
        await ledger.claim(claim(refused, refused))
        assert len(await ledger.unfinished()) == refused
        assert await ledger.evidence(f"0a1b2c3d-{refused:06}") == claim(refused, refused).evidence

    _with_connection(tmp_path, body)


def test_full_disk_keeps_steps_for_later(tmp_path: Path) -> None:
    """Steps of calls that nobody waits for are not lost by a full disk, and the event log stays whole."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 1000)
        _fill_disk(connection)
        refused = await _claim_until_full(ledger)
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW, "x" * 8000))
        with pytest.raises(LedgerFull):
            await ledger.settle(settlement(1, 1, opt_out=opt_out(1)))
        assert await ledger.opt_outs() == []
        _make_room(connection)
        await ledger.settle(settlement(1, 1, opt_out=opt_out(1)))
        assert [event.kind for event in await ledger.events("0a1b2c3d-000001")] == [EventKind.RINGING]
        assert len(await ledger.unfinished()) == refused - 2
        assert ledger.verify_chain() is None

    _with_connection(tmp_path, body)


def test_steps_alone_are_tried_again(tmp_path: Path) -> None:
    """Steps that a full disk refused are committed once there is room, without any other change."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 1000)
        _fill_disk(connection)
        await _claim_until_full(ledger)
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW, "x" * 8000))
        await asyncio.sleep(1.0)
        assert await ledger.events("0a1b2c3d-000001") == []
        _make_room(connection)
        await asyncio.sleep(5.0)
        assert len(await ledger.events("0a1b2c3d-000001")) == 1

    _with_connection(tmp_path, body)


def test_full_disk_takes_no_part_of_a_list(tmp_path: Path) -> None:
    """A list that does not fit leaves nothing, and comes in whole once there is room."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 10)
        connection.execute("PRAGMA max_page_count = 400")
        with pytest.raises(LedgerFull):
            await add(ledger, 30_000, first=100)
        assert len(await ledger.lists("spring")) == 1
        assert len(list(ledger.export_contacts())) == 10
        _make_room(connection)
        assert (await add(ledger, 30_000, first=100)).first_contact == 11

    _with_connection(tmp_path, body)


def test_step_alone_is_committed_soon(tmp_path: Path) -> None:
    """A step that rides alone does not wait for ever: it is durable a moment later."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 1)
        await ledger.claim(claim(1, 1))
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW))
        await asyncio.sleep(1.0)
        assert len(await ledger.events("0a1b2c3d-000001")) == 1

    _with_connection(tmp_path, body)


def test_refused_step_is_told(tmp_path: Path) -> None:
    """A step that cannot be stored is reported to the loop, and harms nothing beside it."""
    told: list[dict[str, Any]] = []

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        await add(ledger, 1)
        await ledger.claim(claim(1, 1))
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW, "\ud800"))
        ledger.progress(1, CallEvent(EventKind.ANSWERED, NOW))
        await ledger.settle(settlement(1, 1))
        assert [event.kind for event in await ledger.events("0a1b2c3d-000001")] == [EventKind.ANSWERED]

    _with_connection(tmp_path, body)
    assert [type(context["exception"]) for context in told] == [UnicodeEncodeError]


def test_cancelled_caller_does_not_stop_the_change(tmp_path: Path) -> None:
    """What was handed over is recorded, whether or not somebody still waits for it."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 2)
        waiting = asyncio.create_task(ledger.claim(claim(1, 1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await ledger.claim(claim(2, 2))
        assert waiting.cancelled()
        assert [c.seq for c in await ledger.unfinished()] == [1, 2]

    _with_connection(tmp_path, body)


def test_calls_go_on_while_a_list_arrives(tmp_path: Path) -> None:
    """Claims are recorded between the blocks of a list, whose contacts count only when the last block is in."""

    async def body(ledger: SqliteLedger, connection: sqlite3.Connection) -> None:
        await add(ledger, 5)
        seen: list[int] = []

        def rows() -> Any:
            for i in range(100, 45_000):
                if i % 10_000 == 0:
                    asyncio.run_coroutine_threadsafe(call(len(seen) + 1), loop).result(10)
                yield contact(i)

        async def call(seq: int) -> None:
            await ledger.claim(claim(seq, seq))
            counts = (await ledger.status_counts())["spring"]
            seen.append(sum(counts.values()))

        loop = asyncio.get_running_loop()
        await ledger.add_list("spring", "big.csv", "ab" * 32, NOW, rows())
        assert seen == [5, 5, 5, 5]
        assert sum((await ledger.status_counts())["spring"].values()) == 5 + 44_900

    _with_connection(tmp_path, body)


def test_closed_ledger_takes_nothing(tmp_path: Path) -> None:
    """After closing, a change is an error at once, not a wait for ever; a step that rides is told to the loop."""
    told: list[dict[str, Any]] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        ledger = await SqliteLedger.open(tmp_path / "ledger.db")
        await ledger.close()
        await ledger.close()
        with pytest.raises(RuntimeError, match=r"the ledger .* is closed"):
            await ledger.add_opt_outs([opt_out(1)])
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW))

    run_virtual(main)
    assert [str(context["exception"]).endswith("is closed") for context in told] == [True]
