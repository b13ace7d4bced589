"""A list that a crash cut off counts for nothing and is cleared away."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.ledger import NOW, add, contact, rejected
from dialconsole.clock import run_virtual
from dialconsole.store import staging
from dialconsole.store.blocks import write_blocks
from dialconsole.store.changes import Changes
from dialconsole.store.opening import open_for_writing
from dialconsole.store.sqlite_ledger import SqliteLedger


def _crash_while_arriving(path: Path, blocks: int) -> None:
    """Leave ``blocks`` blocks of a list behind, as a kill between two of them does."""
    folder = path.with_name("ledger.db.arriving") / "left"
    folder.mkdir(parents=True)
    connection = open_for_writing(path, durable=True)
    changes = Changes(connection)
    arriving = staging.begin(changes, "spring")
    rows = [contact(1000 + i) for i in range(blocks * 50)]
    for block in write_blocks([*rows, rejected(9)], folder):
        staging.attach(changes, block)
        changes.begin()
        arriving = staging.take(changes, arriving, block, lambda: True)
        changes.commit()
    connection.close()


@pytest.mark.parametrize("durable", [True, False])
def test_half_a_list_is_cleared_away(tmp_path: Path, durable: bool) -> None:
    """After a crash the half list is gone, ids go on without a gap, and the list can come in again."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=durable)
        await add(ledger, 3)
        await ledger.close()
        _crash_while_arriving(tmp_path / "ledger.db", 3)
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=durable)
        assert not (tmp_path / "ledger.db.arriving").exists()
        assert len(list(ledger.export_contacts())) == 3
        assert list(ledger.export_rejected("spring")) == []
        rows = [contact(1000 + i) for i in range(60)]
        imported = await ledger.add_list("spring", "again.csv", "ab" * 32, NOW, rows)
        assert (imported.first_contact, imported.summary.contacts, imported.already_in_campaign) == (4, 60, 0)
        await ledger.close()

    run_virtual(main)


def test_forgetting_can_go_on_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign of several lists and blocks is forgotten piece by piece; a second attempt takes the rest."""
    monkeypatch.setattr(staging, "BLOCK", 7)

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=False)
        await add(ledger, 20)
        await add(ledger, 10, "summer", 20)
        await add(ledger, 20, first=30)
        await ledger.close()
        connection = open_for_writing(tmp_path / "ledger.db", durable=False)
        changes = Changes(connection)
        changes.begin()
        assert [staging.forget(changes, "spring") for _ in range(4)] == [7, 7, 6, 7]
        changes.commit()
        connection.close()
        ledger = await SqliteLedger.open(tmp_path / "ledger.db", durable=False)
        assert await ledger.forget_campaign("spring") == 13
        assert {c.campaign for c in ledger.export_contacts()} == {"summer"}
        await ledger.close()

    run_virtual(main)
