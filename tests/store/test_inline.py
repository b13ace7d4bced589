"""Inline access: the disk may refuse here too, and what was refused is gone as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.ledger import NOW, add, claim
from dialconsole.clock import run_virtual
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.store.inline import Inline
from dialconsole.store.ledger import LedgerFull
from dialconsole.store.opening import open_for_writing
from dialconsole.store.sqlite_ledger import SqliteLedger


def test_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """A simulation on a full disk is told so; the ledger then goes on from its last commit."""
    path = tmp_path / "ledger.db"

    async def main() -> None:
        connection = open_for_writing(path, durable=False)
        ledger = SqliteLedger(path, Inline(path, connection))
        await add(ledger, 1000)
        ledger.verify_chain()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerFull, match="is full"):
            for seq in range(1, 1001):
                await ledger.claim(claim(seq, seq))
        connection.execute("PRAGMA max_page_count = 1000000")
        assert await ledger.next_seq() == 1
        await ledger.claim(claim(1, 1))
        ledger.progress(1, CallEvent(EventKind.RINGING, NOW))
        assert len(await ledger.events("0a1b2c3d-000001")) == 1
        assert ledger.verify_chain() is None
        await ledger.close()

    run_virtual(main)


def test_exports_see_everything(tmp_path: Path) -> None:
    """An export sees changes that are not committed yet when it is asked for."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=False)
        await add(ledger, 2)
        await ledger.claim(claim(1, 1))
        assert [a.seq for a in ledger.export_attempts()] == [1]
        await ledger.close()

    run_virtual(main)
