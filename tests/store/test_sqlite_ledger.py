"""The sqlite ledger keeps the ledger's promises, durable and simulated alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.ledger import CLAUSES, NOW, Clause, add, claim, clause_name, settlement
from dialconsole.clock import run_virtual
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.store.sqlite_ledger import SqliteLedger


@pytest.mark.parametrize("durable", [True, False], ids=["durable", "simulated"])
@pytest.mark.parametrize("clause", CLAUSES, ids=clause_name)
def test_contract(clause: Clause, durable: bool, tmp_path: Path) -> None:
    """Each clause of the contract holds, whichever way the file is reached."""
    run_virtual(lambda: clause(lambda: SqliteLedger.open(tmp_path / "ledger.db", durable=durable)))


async def _some_calls(path: Path, durable: bool) -> tuple[list[object], int | None]:
    ledger = await SqliteLedger.open(path, durable=durable)
    await add(ledger, 30)
    for seq in range(1, 21):
        await ledger.claim(claim(seq, seq))
        ledger.progress(seq, CallEvent(EventKind.RINGING, NOW + seq))
        await ledger.settle(settlement(seq, seq, Outcome.BUSY if seq % 3 else Outcome.ANSWERED))
    content: list[object] = [
        *ledger.export_attempts(),
        *ledger.export_contacts(),
        *await ledger.events("0a1b2c3d-000007"),
    ]
    broken = ledger.verify_chain()
    await ledger.close()
    return content, broken


def test_simulation_writes_what_real_calls_write(tmp_path: Path) -> None:
    """The same changes leave the same content, durable or simulated, and an event log that is whole."""
    real, real_broken = run_virtual(lambda: _some_calls(tmp_path / "real.db", True))
    simulated, simulated_broken = run_virtual(lambda: _some_calls(tmp_path / "simulated.db", False))
    assert real == simulated
    assert (real_broken, simulated_broken) == (None, None)


def test_files_are_private(tmp_path: Path) -> None:
    """Ledger and write-ahead log are readable by their owner alone."""

    async def modes() -> set[int]:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db")
        await add(ledger, 1)
        found = {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        await ledger.close()
        return found

    assert run_virtual(modes) == {0o600}


def test_orderly_end_leaves_one_file(tmp_path: Path) -> None:
    """After closing there is no write-ahead log left beside the ledger, so copying the one file is a backup."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db")
        await add(ledger, 5)
        await ledger.status_counts()
        await ledger.close()

    run_virtual(main)
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]
