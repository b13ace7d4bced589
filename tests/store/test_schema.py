"""An older ledger becomes a present one, a step at a time, each whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contracts.ledger import NOW, TERMS, ZONES, add, claim, contact, number_of, queued, rejected, settlement
from dialconsole.clock import run_virtual
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.store import opening, reading, records, schema
from dialconsole.store.sqlite_ledger import SqliteLedger

FURTHER = ("ALTER TABLE contacts ADD COLUMN language TEXT", "UPDATE contacts SET language = 'en'")

PRESENT = len(schema.MIGRATIONS)


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
    _with_migrations(monkeypatch, FURTHER)
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3
    with closing(sqlite3.connect(old_ledger)) as connection:
        assert connection.execute("SELECT DISTINCT language FROM contacts").fetchall() == [("en",)]
        assert schema.schema_of(connection) == PRESENT + 1


def test_failed_migration_leaves_the_old_schema(old_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails at its last statement leaves nothing of its first, and is refused with a sentence."""
    broken = (*FURTHER, "INSERT INTO no_such_table VALUES (1)")
    with monkeypatch.context() as patch:
        _with_migrations(patch, broken)
        with pytest.raises(Problem, match="cannot be written: no such table: no_such_table"):
            run_virtual(lambda: _open_and_count(old_ledger))
    with closing(sqlite3.connect(old_ledger)) as connection:
        assert schema.schema_of(connection) == PRESENT
        assert "language" not in {row[1] for row in connection.execute("PRAGMA table_info(contacts)")}
    assert run_virtual(lambda: _open_and_count(old_ledger)) == 3


# -- the second schema: places and facts instead of zones -------------------------------------------------------------

FIRST_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('schema', 1), ('contacts', 4);
CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE zone_sets (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE lists (
    id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
    imported_at INTEGER NOT NULL, rows INTEGER NOT NULL, contacts INTEGER NOT NULL, duplicates INTEGER NOT NULL,
    rejected INTEGER NOT NULL, first_contact INTEGER NOT NULL);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL, campaign INTEGER NOT NULL, zones INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER, outcome TEXT,
    list INTEGER NOT NULL, line INTEGER NOT NULL, zone_source TEXT NOT NULL, name TEXT NOT NULL,
    variables TEXT NOT NULL, reasons TEXT, UNIQUE (number, campaign));
CREATE TABLE rejected (
    list INTEGER NOT NULL, line INTEGER NOT NULL, fault TEXT NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL);
CREATE INDEX rejected_of_list ON rejected (list);
CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY, attempt TEXT NOT NULL UNIQUE, contact INTEGER NOT NULL, number INTEGER NOT NULL,
    campaign INTEGER NOT NULL, trunk INTEGER NOT NULL, caller_id INTEGER NOT NULL, attempt_no INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL, zones INTEGER NOT NULL, evidence BLOB NOT NULL,
    outcome TEXT, ended_at INTEGER, dialed_at INTEGER, answered_at INTEGER, sip_code INTEGER, sip_reason TEXT);
CREATE UNIQUE INDEX attempts_unfinished ON attempts (contact) WHERE outcome IS NULL;
CREATE TABLE findings (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE opt_outs (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL, scope TEXT NOT NULL, removed INTEGER NOT NULL,
    source TEXT NOT NULL, reason TEXT NOT NULL, made_by TEXT NOT NULL, at INTEGER NOT NULL, attempt TEXT);
CREATE INDEX opt_outs_of_number ON opt_outs (number, scope);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, attempt INTEGER, at INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
    hash BLOB NOT NULL);
CREATE INDEX events_of_attempt ON events (attempt);

INSERT INTO names VALUES (1, 'spring'), (2, 'main'), (3, '+12125550199');
INSERT INTO zone_sets VALUES (1, 'America/New_York'), (2, 'America/Denver America/Phoenix'), (3, '');
INSERT INTO lists VALUES (1, 1, 'spring.csv', 'abab', 1763800000250000, 5, 4, 0, 1, 1);
INSERT INTO rejected VALUES (1, 3, 'not_a_number', 'A sentence.', '["n/a"]');
INSERT INTO contacts (id, number, campaign, zones, list, line, zone_source, name, variables) VALUES
    (1, 12015550100, 1, 1, 1, 2, 'number', 'Jane 0', '{"ref":"A-0"}'),
    (2, 12015550101, 1, 2, 1, 4, 'column', 'Jane 1', '{}'),
    (3, 12015550102, 1, 3, 1, 5, 'number', '', '{}'),
    (5, 12015550109, 1, 1, 2, 2, 'number', 'of a list that a crash cut off', '{}');
INSERT INTO contacts VALUES
    (4, 12015550103, 1, 1, 'completed', 2, NULL, 'answered', 1, 6, 'number', 'Jane 3', '{}', '["because"]');
INSERT INTO findings VALUES (1, '["hours","clear","open","Open."]');
INSERT INTO attempts VALUES
    (1, '0a1b2c3d-000001', 4, 12015550103, 1, 2, 3, 1, 1763800001250000, 1, x'95a5636c656172cf0006442ab08782d0c0910180',
     'answered', 1763800041250000, 1763800002250000, NULL, NULL, NULL);
INSERT INTO opt_outs VALUES (1, 12015550103, '', 0, 'operator', 'asked', 'maria', 1763800050250000, NULL);
"""
"""A ledger as the first version made and filled it. Never changed: such files are out there."""


@pytest.fixture
def first_ledger(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(FIRST_SCHEMA)
    return tmp_path / "ledger.db"


def test_first_schema_is_the_one_that_was_released(first_ledger: Path, tmp_path: Path) -> None:
    """The first migration still makes exactly the tables that the first version made."""

    def tables(connection: sqlite3.Connection) -> set[str]:
        return {" ".join(sql.split()) for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql > ''")}

    with closing(sqlite3.connect(first_ledger)) as old, closing(sqlite3.connect(tmp_path / "new.db")) as new:
        for statement in schema.MIGRATIONS[0]:
            new.execute(statement)
        assert tables(new) == tables(old)


def test_contacts_of_the_first_schema_have_zones_and_no_jurisdictions(first_ledger: Path) -> None:
    """Their place is where they were, without a word on whose rules bind; nothing is known of their consent."""

    async def main() -> None:
        ledger = await SqliteLedger.open(first_ledger)
        places = await ledger.places()
        assert list(places.values()) == [Place(zones) for zones in ZONES]
        assert await ledger.facts() == {1: ContactFacts()}
        assert [(c.id, places[c.place], c.facts) for c in await queued(ledger)] == [
            (i + 1, Place(zones), 1) for i, zones in enumerate(ZONES)
        ]
        record = await ledger.contact(4)
        assert record is not None
        assert (record.number, record.name, record.line, record.status) == (
            number_of(3), "Jane 3", 6, ContactStatus.COMPLETED,
        )  # fmt: skip
        assert (record.attempts, record.outcome, record.reasons) == (2, Outcome.ANSWERED, ("because",))
        assert (record.zones, record.jurisdictions, record.facts) == (ZONES[0], (), ContactFacts())
        await ledger.close()

    run_virtual(main)


def test_what_else_a_ledger_of_the_first_schema_holds_is_kept(first_ledger: Path) -> None:
    """Lists, rejected rows, attempts with their evidence, opt-outs; and half a list that a crash left goes as ever."""

    async def main() -> None:
        ledger = await SqliteLedger.open(first_ledger)
        assert [(one.name, one.contacts) for one in await ledger.lists("spring")] == [("spring.csv", 4)]
        assert [(columns, row.line) for _, columns, row in ledger.export_rejected("spring")] == [((), 3)]
        assert [(a.seq, a.number, a.zones) for a in ledger.export_attempts()] == [(1, number_of(3), ZONES[0])]
        evidence = await ledger.evidence("0a1b2c3d-000001")
        assert evidence is not None and [check.code for check in evidence.checks] == ["open"]
        assert await ledger.history(NOW) == [(int(number_of(3)[1:]), NOW + 2, NOW + 1)]
        assert [entry.number for entry in await ledger.opt_outs()] == [number_of(3)]
        assert [c.id for c in ledger.export_contacts()] == [1, 2, 3, 4]
        await ledger.close()

    run_virtual(main)


def test_a_ledger_of_the_first_schema_goes_on(first_ledger: Path) -> None:
    """Lists come in beside the old contacts, and calls are recorded; numbers still come once.

    Facts are known by their text, and that of old ones has no kind of line, so they are not shared with new ones.
    """

    async def main() -> None:
        ledger = await SqliteLedger.open(first_ledger)
        imported = await ledger.add_list("spring", "more.csv", "cd" * 32, NOW, [contact(3), contact(5), rejected(9)])
        assert (imported.first_contact, imported.already_in_campaign) == (5, 1)
        facts = {record.id: record.facts for record in ledger.export_contacts()}
        assert facts[5] == contact(5).facts == ContactFacts()
        assert await ledger.facts() == {1: ContactFacts(), 2: ContactFacts()}
        await ledger.claim(claim(2, 5))
        await ledger.settle(settlement(2, 5))
        assert ledger.verify_chain() is None
        await ledger.close()
        assert await _open_and_count(first_ledger) == 5

    run_virtual(main)


# -- the third schema: what held at a call ----------------------------------------------------------------------------


def test_calls_of_an_older_ledger_have_no_terms(first_ledger: Path) -> None:
    """Nobody wrote down on which terms they were placed, so nothing is said of it; later calls bring theirs."""

    async def main() -> None:
        ledger = await SqliteLedger.open(first_ledger)
        await ledger.claim(claim(2, 1))
        await ledger.close()

    run_virtual(main)
    with closing(opening.open_for_reading(first_ledger)) as connection:
        assert reading.terms(connection, "0a1b2c3d-000001") == (None, None)
        assert reading.terms(connection, "0a1b2c3d-000002") == (TERMS, ContactFacts())


def test_terms_and_consent_outlive_the_campaign(tmp_path: Path) -> None:
    """What held at a call stays when its contacts are forgotten."""

    async def main() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.db")
        await add(ledger, 2)
        await ledger.claim(claim(2, 1))
        await ledger.settle(settlement(2, 1))
        await ledger.forget_campaign("spring")
        await ledger.close()

    run_virtual(main)
    with closing(opening.open_for_reading(tmp_path / "ledger.db")) as connection:
        assert reading.terms(connection, "0a1b2c3d-000002") == (TERMS, contact(0).facts)
        assert reading.terms(connection, "no such call") == (None, None)


# -- the fourth schema: the names of a list's columns -----------------------------------------------------------------


def test_columns_of_a_list_are_kept_with_its_rejected_rows(first_ledger: Path) -> None:
    """Of lists that came in before they are not known; later ones bring theirs."""

    async def main() -> None:
        ledger = await SqliteLedger.open(first_ledger)
        await ledger.add_list("spring", "more.csv", "cd" * 32, NOW, [rejected(9)], ("phone", "name"))
        found = [(name, columns) for name, columns, _ in ledger.export_rejected("spring")]
        assert found == [("spring.csv", ()), ("more.csv", ("phone", "name"))]
        await ledger.close()

    run_virtual(main)
    with closing(opening.open_for_reading(first_ledger)) as connection:
        assert records.columns_of_lists(connection, "spring") == [(), ("phone", "name")]
        assert records.columns_of_lists(connection, "summer") == []
