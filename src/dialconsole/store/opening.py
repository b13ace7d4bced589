"""Opening a ledger file: look first, touch later, and say what is wrong in a sentence.

The look is taken over a read-only connection. A connection that may write would, merely by being closed, move a
write-ahead log into a file that is damaged or that a newer dialconsole wrote; what somebody still hopes to rescue must
not be changed by the attempt to open it.

A new ledger is built under another name and renamed into place. So a ledger file is either whole or damaged; an empty
one is never silently taken for new, which would forget every opt-out.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dialconsole.model.errors import Problem
from dialconsole.store.durable_file import sync_folder
from dialconsole.store.schema import MIGRATIONS, migrate, schema_of

_CACHE_KIB = 32 * 1024
"""Page cache of the writing connection. The unique index over a million numbers (14 MB) is hit at random places by a
list import; with sqlite's usual 2 MB each block of rows would spill most of it."""

_UNTOUCHED = "Nothing was changed."
_RESTORE = (
    "Restore it from a backup together with the files beside it that begin with its name; without a backup, "
    "`sqlite3 {name} .recover` may save most rows. Starting with an empty ledger would forget every opt-out."
)


def create_ledger(path: Path) -> None:
    """A new, empty ledger at ``path`` (mode 0600). Raises ``Problem`` if something is there already."""
    if path.exists():
        raise Problem(f"There is a ledger at {path} already; it was left as it is.", code="exists")
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)  # left by a creation that was killed; nothing was ever recorded in it
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(_connect(f"{fresh.as_uri()}?mode=rw")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, 0)
        fresh.replace(path)
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise Problem(f"The ledger {path} could not be made: {error}.", code="storage") from error


def open_for_writing(path: Path, *, durable: bool) -> sqlite3.Connection:
    """The writing connection, after a check of the file and any migration it needs. Blocking.

    Raises ``Problem`` naming the file, what is wrong with it and the way back, if it is damaged, is no ledger, or was
    written by a newer dialconsole. ``durable=False`` gives up surviving a power cut (not a kill): for simulations.
    """
    if not path.exists():
        create_ledger(path)
    version = _examine(path)
    try:
        connection = _connect(f"{path.as_uri()}?mode=rw")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        migrate(connection, version)
    except sqlite3.Error as error:
        raise Problem(f"The ledger {path} cannot be written: {error}. {_UNTOUCHED}", code="storage") from error
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot change anything. May be used from any one thread at a time.

    Raises ``Problem`` for a ledger of another schema: whoever only reads cannot migrate it.
    """
    connection = _connect_to_look(path)
    try:
        version = schema_of(connection)
        if version < len(MIGRATIONS):
            raise Problem(
                f"The ledger {path} was written by an older dialconsole (schema {version}; this one reads "
                f"{len(MIGRATIONS)}). Start its engine once, which brings it up to date; a copy made before that "
                "is the only way back.",
                code="older",
            )
        _refuse_newer(path, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_to_look(path: Path) -> sqlite3.Connection:
    return _connect(f"{path.as_uri()}?mode=ro")


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _examine(path: Path) -> int:
    """The schema of a sound ledger; a ``Problem`` for any other file."""
    if path.stat().st_size == 0:
        raise Problem(f"The ledger {path} is empty (0 bytes): it was cut off. {_way_back(path)}", code="corrupt")
    try:
        with closing(_connect_to_look(path)) as connection:
            version = schema_of(connection)
            if version <= len(MIGRATIONS):
                _check_pages(connection)
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            sentence = f"{path} is a database, but not a ledger of dialconsole: {error}. {_UNTOUCHED}"
            raise Problem(f"{sentence} Give the workspace its own ledger back.", code="corrupt") from error
        raise Problem(f"The ledger {path} cannot be read: {error}. {_UNTOUCHED}", code="storage") from error
    except sqlite3.DatabaseError as error:
        raise Problem(f"The ledger {path} is damaged: {error}. {_way_back(path)}", code="corrupt") from error
    _refuse_newer(path, version)
    return version


def _refuse_newer(path: Path, version: int) -> None:
    if version > len(MIGRATIONS):
        raise Problem(
            f"The ledger {path} was written by a newer dialconsole (schema {version}; this one knows up to "
            f"{len(MIGRATIONS)}). {_UNTOUCHED} Install that version or a later one.",
            code="newer",
        )


def _check_pages(connection: sqlite3.Connection) -> None:
    """Walk the b-trees (not the contents of indexes, which takes ten times as long)."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(str(found).replace("\n", "; "))


def _way_back(path: Path) -> str:
    return f"{_UNTOUCHED} {_RESTORE.format(name=path.name)}"
