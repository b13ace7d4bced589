"""Handed over to a process beside: what simulations write is all there, or the simulation is told that it is not."""

from __future__ import annotations

import io
import os
import resource
import signal
import sqlite3
from pathlib import Path

import msgspec
import pytest

from contracts.ledger import NOW, add, claim, settlement
from dialconsole.clock import run_virtual
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.store.handover import Handover
from dialconsole.store.ledger import LedgerFull
from dialconsole.store.messages import receive, send
from dialconsole.store.sqlite_ledger import SqliteLedger

MANY = 1_000
"""Calls: some messages to the writer."""


async def call(ledger: SqliteLedger, seq: int, contact: int) -> None:
    await ledger.claim(claim(seq, contact))
    ledger.progress(seq, CallEvent(EventKind.RINGING, NOW + seq))
    await ledger.settle(settlement(seq, contact))


def test_exports_see_everything(tmp_path: Path) -> None:
    """An export sees changes that are not committed yet when it is asked for."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=False)
        await add(ledger, 2)
        await ledger.claim(claim(1, 1))
        assert [a.seq for a in ledger.export_attempts()] == [1]
        await ledger.close()

    run_virtual(main)


def test_what_nobody_asked_for_is_there_after_the_end(tmp_path: Path) -> None:
    """Closing waits for the last change, and leaves one file."""
    path = tmp_path / "ledger.db"

    async def main() -> None:
        ledger = await SqliteLedger.open(path, durable=False)
        await add(ledger, MANY)
        for seq in range(1, MANY + 1):
            await call(ledger, seq, seq)
        await ledger.close()
        assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]
        ledger = await SqliteLedger.open(path)
        assert len(list(ledger.export_attempts())) == MANY
        assert len(await ledger.events("0a1b2c3d-000777")) == 1
        assert ledger.verify_chain() is None
        await ledger.close()

    run_virtual(main)


def test_a_disk_that_refuses_ends_it(tmp_path: Path) -> None:
    """Everybody is told from then on, with the file and what to do; what was committed before is whole."""
    path = tmp_path / "ledger.db"

    async def main() -> None:
        handover = Handover(path)
        ledger = SqliteLedger(path, handover)
        await add(ledger, MANY)
        await call(ledger, 1, 1)
        assert ledger.verify_chain() is None
        size = path.with_name("ledger.db-wal").stat().st_size
        resource.prlimit(handover.pid, resource.RLIMIT_FSIZE, (size, size))
        sentence = r"ledger.db cannot be written \(.*\). The simulation ends here: make room there and run it again"
        with pytest.raises(LedgerFull, match=sentence):
            for seq in range(2, MANY + 1):
                await call(ledger, seq, seq)
            ledger.verify_chain()
        for _ in range(2):
            with pytest.raises(LedgerFull, match=sentence):
                await ledger.add_audit(NOW, "maria", "looked", "", "", "", "")
        await ledger.close()
        ledger = await SqliteLedger.open(path)
        assert (await ledger.next_seq(), ledger.verify_chain()) == (2, None)
        await ledger.close()

    run_virtual(main)


def test_a_writer_that_is_killed_ends_it(tmp_path: Path) -> None:
    """It cannot say why, so the sentence says what is known."""
    path = tmp_path / "ledger.db"

    async def main() -> None:
        handover = Handover(path)
        ledger = SqliteLedger(path, handover)
        await add(ledger, 2)
        os.kill(handover.pid, signal.SIGKILL)
        with pytest.raises(LedgerFull, match="was ended from outside"):
            await ledger.add_audit(NOW, "maria", "looked", "", "", "", "")
        await ledger.close()

    run_virtual(main)


def test_a_mistake_nobody_waited_for_is_not_silent(tmp_path: Path) -> None:
    """The engine never gives one name to two attempts; if it did, it would hear of it."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=False)
        await add(ledger, 2)
        await call(ledger, 1, 1)
        await ledger.claim(msgspec.structs.replace(claim(2, 2), attempt=claim(1, 1).attempt))
        with pytest.raises(ValueError, match="the attempt exists already"):
            list(ledger.export_attempts())
        await ledger.close()

    run_virtual(main)


def test_a_full_disk_is_known_at_the_other_end(tmp_path: Path) -> None:
    """The name of an error of sqlite goes over the pipe with it: by that a full disk is told from a broken one."""
    connection = sqlite3.connect(tmp_path / "small.db")
    connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError) as refused:
        connection.execute("CREATE TABLE more (text)")
    connection.close()
    pipe = io.BytesIO()
    send(pipe, refused.value)
    pipe.seek(0)
    assert receive(pipe).sqlite_errorname == "SQLITE_FULL"
    with pytest.raises(EOFError):
        receive(pipe)
