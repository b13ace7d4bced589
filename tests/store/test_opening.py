"""Files that cannot be used are refused with the file, the place and the way back, and stay as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contracts.ledger import add
from dialconsole.clock import run_virtual
from dialconsole.model.errors import Problem
from dialconsole.store.opening import create_ledger, open_for_reading, open_for_writing
from dialconsole.store.schema import MIGRATIONS
from dialconsole.store.sqlite_ledger import SqliteLedger


def _filled(path: Path) -> Path:
    async def main() -> None:
        ledger = await SqliteLedger.open(path)
        await add(ledger, 2000)
        await ledger.close()

    run_virtual(main)
    return path


def _refusal(path: Path) -> str:
    """The sentence with which a ledger is refused; asserts that the file and its folder stay as they are."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(Problem) as problem:
        run_virtual(lambda: SqliteLedger.open(path))
    assert path.read_bytes() == before[path.name]
    return problem.value.sentence


def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A text file in the ledger's place is refused, with the way back."""
    path = tmp_path / "ledger.db"
    path.write_bytes(b"number,name\n" * 400)
    sentence = _refusal(path)
    assert sentence.startswith(f"The ledger {path} is damaged: file is not a database. Nothing was changed.")
    assert "Restore it from a backup" in sentence


def test_empty_file_is_no_new_ledger(tmp_path: Path) -> None:
    """A ledger cut to nothing is not taken for a new one: that would forget every opt-out."""
    path = tmp_path / "ledger.db"
    path.touch()
    assert "is empty (0 bytes): it was cut off" in _refusal(path)


@pytest.mark.parametrize("kept", [100, 4096, 40_000], ids=lambda kept: f"{kept}_bytes")
def test_file_cut_off(tmp_path: Path, kept: int) -> None:
    """A ledger that lost its end is refused, wherever it was cut."""
    path = _filled(tmp_path / "ledger.db")
    path.write_bytes(path.read_bytes()[:kept])
    assert "is damaged" in _refusal(path)


def test_page_overwritten(tmp_path: Path) -> None:
    """A damaged page in the middle of the file is found when the ledger is opened, not when it is read months later."""
    path = _filled(tmp_path / "ledger.db")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\x5a" * 4096
    path.write_bytes(content)
    assert "is damaged" in _refusal(path)


def test_other_database(tmp_path: Path) -> None:
    """Somebody else's sqlite file is refused."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "is a database, but not a ledger of dialconsole" in _refusal(path)


def test_newer_schema(tmp_path: Path) -> None:
    """A ledger of a newer version is refused, saying which version, and keeps its version."""
    path = _filled(tmp_path / "ledger.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'schema'")
        connection.commit()
    assert f"was written by a newer dialconsole (schema 99; this one knows up to {len(MIGRATIONS)})" in _refusal(path)


def test_unreadable_folder_is_a_sentence(tmp_path: Path) -> None:
    """A ledger that cannot be made is a sentence, not a traceback."""
    with pytest.raises(Problem, match=r"could not be made: .*No such file or directory"):
        open_for_writing(tmp_path / "nowhere" / "ledger.db", durable=True)


def test_ledger_is_made_once(tmp_path: Path) -> None:
    """Making a ledger where there is one is refused."""
    create_ledger(tmp_path / "ledger.db")
    with pytest.raises(Problem, match="There is a ledger at"):
        create_ledger(tmp_path / "ledger.db")


def test_killed_creation_is_made_again(tmp_path: Path) -> None:
    """What a killed creation left behind does not stand in the way of the next one."""
    (tmp_path / "ledger.db.new").write_bytes(b"half a file")
    create_ledger(tmp_path / "ledger.db")
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def test_reading_connection_cannot_write(tmp_path: Path) -> None:
    """Questions go over a connection that sqlite itself keeps from changing anything."""
    create_ledger(tmp_path / "ledger.db")
    with (
        closing(open_for_reading(tmp_path / "ledger.db")) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM meta")


@pytest.mark.parametrize(
    ("schema", "says"), [(1, "Start its engine once"), (99, "Install that version or a later one")]
)
def test_reading_alone_takes_a_ledger_of_this_version(tmp_path: Path, schema: int, says: str) -> None:
    """Who only reads cannot migrate: an older ledger and a newer one are refused with what to do."""
    path = tmp_path / "ledger.db"
    create_ledger(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (schema,))
        connection.commit()
    with pytest.raises(Problem, match=says):
        open_for_reading(path)
