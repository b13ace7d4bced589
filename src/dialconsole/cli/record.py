"""The ledger of a workspace, for commands that read it without an engine.

Over a connection of its own that can only read, so that it works beside a running engine and costs it nothing. An
engine answers colleagues as far as their role goes; the file with every name and number is its owner's alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dialconsole.cli.session import workspace_path
from dialconsole.model.errors import Problem
from dialconsole.store.places import LEDGER


@contextmanager
def reading_ledger(workspace: Path | None) -> Iterator[sqlite3.Connection]:
    """Raises ``Problem`` if there is no ledger, it cannot be read, or it is another account's."""
    from dialconsole.store.access import readable
    from dialconsole.store.opening import open_for_reading

    ledger = workspace_path(workspace) / LEDGER
    try:
        if not ledger.exists():
            raise Problem(f"{ledger.parent} is no workspace: it has no {LEDGER}. Name one with --workspace.")
        with readable(ledger):
            connection = open_for_reading(ledger)
    except (PermissionError, Problem) as error:
        if isinstance(error, PermissionError) or error.code == "storage":
            _tell_of_owner(ledger.parent)
        raise
    with readable(ledger), closing(connection):
        yield connection


def _tell_of_owner(workspace: Path) -> None:
    """Raises ``Problem`` if the workspace is somebody else's: then the disk is not what is wrong."""
    from dialconsole.store.owner import foreign_owner

    if (owner := foreign_owner(workspace)) is not None:
        raise Problem(
            f"Only {owner}, who owns the workspace {workspace}, may export from it: its ledger has every name and "
            f"number. Ask {owner} for the export; what your role lets you see, `dialconsole status`, `calls` and "
            "`audit` show.",
            code="refused",
        )
