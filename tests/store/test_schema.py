"""An older ledger becomes a present one, a step at a time, each whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contracts.ledger import add
from dialconsole.clock import run_virtual
from dialconsole.model.errors import Problem
from dialconsole.store import opening, schema
from dialconsole.store.sqlite_ledger import SqliteLedger

SECOND = ("ALTER TABLE contacts ADD COLUMN language TEXT", "UPDATE contacts SET language = 'en'")


def _with_migrations(monkeypatch: pytest.MonkeyPatch, *more: tuple[str, ...]) -> None:
    steps = (*schema.MIGRATIONS, *more)
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    monkeypatch.setattr(opening, "MIGRATIONS", steps)


async def _open_and_count(path: Path) -> int:
    ledger = await SqliteLedger.open(path)
    count = len(list(ledger.export_contacts()))
    await ledger.close()
    return count


@pytest.fixture
def old_ledger(tmp_path: Path) -> Path:
    """A ledger of the present schema with three contacts: old, once there is a further migration."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db")
        await add(ledger, 3)
        await ledger.close()

    run_virtual(main)
    return tmp_path / "ledger.db"


def test_new_ledger_has_the_present_schema(tmp_path: Path) -> None:
    """A fresh file goes through every migration there is."""
    opening.create_ledger(tmp_path / "ledger.db")
    with closing(opening.open_for_reading(tmp_path / "ledger.db")) as connection:
        assert schema.schema_of(connection) == len(schema.MIGRATIONS)


def test_old_ledger_is_migrated_once(old_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening runs the missing migrations, keeps the rows, and does not run them again."""
    _with_migrations(monkeypatch, SECOND)
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3
    with closing(sqlite3.connect(old_ledger)) as connection:
        assert connection.execute("SELECT DISTINCT language FROM contacts").fetchall() == [("en",)]
        assert schema.schema_of(connection) == 2


def test_failed_migration_leaves_the_old_schema(old_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails at its last statement leaves nothing of its first, and is refused with a sentence."""
    broken = (*SECOND, "INSERT INTO no_such_table VALUES (1)")
    with monkeypatch.context() as patch:
        _with_migrations(patch, broken)
        with pytest.raises(Problem, match="cannot be written: no such table: no_such_table"):
            run_virtual(lambda: _open_and_count(old_ledger))
    with closing(sqlite3.connect(old_ledger)) as connection:
        assert schema.schema_of(connection) == 1
        assert "language" not in {row[1] for row in connection.execute("PRAGMA table_info(contacts)")}
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3
