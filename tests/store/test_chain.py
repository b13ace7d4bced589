"""The event log shows that it was changed, and where."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from contracts.ledger import NOW, add, claim
from dialconsole.clock import run_virtual
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.store.chain import GENESIS, first_broken, link
from dialconsole.store.sqlite_ledger import SqliteLedger


async def _write(path: Path, durable: bool = True) -> None:
    """132 events: more than one insert holds, over three openings."""
    for part in range(3):
        ledger = await SqliteLedger.open(path, durable=durable)
        if part == 0:
            await add(ledger, 1)
            await ledger.claim(claim(1, 1))
        for i in range(40):
            ledger.progress(1, CallEvent(EventKind.RINGING, NOW + i, f"{part}/{i}"))
            if i % 10 == 0:
                await ledger.add_audit(NOW + i, "maria", "limits", "trunk:main", "30", str(i), "")
        await ledger.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    run_virtual(lambda: _write(tmp_path / "ledger.db"))
    return tmp_path / "ledger.db"


def _broken_after(path: Path, statement: str) -> int | None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()
        return first_broken(connection)


def test_log_survives_restarts_whole(log: Path) -> None:
    """The chain goes on over restarts, steps and audit entries in one sequence without a gap."""
    with closing(sqlite3.connect(log)) as connection:
        assert first_broken(connection) is None
        assert connection.execute("SELECT count(*), max(seq) FROM events").fetchone() == (132, 132)


def test_hash_is_what_the_documentation_says() -> None:
    """The hash of a row can be recomputed by others: sha256 over the previous hash and a msgpack array."""
    row = bytes.fromhex("95 01 07 cf 00 06 44 2c 3e 5d 10 90 a7") + b"ringing" + bytes.fromhex("a3") + b"180"
    at = int.from_bytes(row[4:12])
    assert link(GENESIS, 1, 7, at, "ringing", "180") == sha256(bytes(32) + row).digest()


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE events SET detail = '2/99' WHERE seq = 60", 60),
        ("UPDATE events SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE events SET attempt = NULL WHERE seq = 100", 100),
        ("UPDATE events SET kind = 'answered' WHERE seq = 132", 132),
        ("DELETE FROM events WHERE seq = 77", 77),
        ("UPDATE events SET seq = seq + 1000 WHERE seq > 50", 51),
        ("UPDATE events SET hash = zeroblob(32) WHERE seq = 9", 9),
    ],
)
def test_changed_log_is_found_out(log: Path, statement: str, seq: int) -> None:
    """A changed, moved or removed row is named by its sequence number."""
    assert _broken_after(log, statement) == seq


def test_ledger_tells_of_a_changed_log(log: Path) -> None:
    """The ledger itself verifies its log, while it is open."""
    _broken_after(log, "UPDATE events SET detail = 'nothing happened' WHERE seq = 40")

    async def main() -> int | None:
        ledger = await SqliteLedger.open(log)
        broken = ledger.verify_chain()
        await ledger.close()
        return broken

    assert run_virtual(main) == 40
