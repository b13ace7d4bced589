"""The ledger of a workspace, for commands that read it without an engine.

Over a connection of its own that can only read, so that it works beside a running engine and costs it nothing.
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
    """Raises ``Problem`` if there is no ledger or it cannot be read."""
    from dialconsole.store.access import readable
    from dialconsole.store.opening import open_for_reading

    ledger = workspace_path(workspace) / LEDGER
    if not ledger.exists():
        raise Problem(f"{ledger.parent} is no workspace: it has no {LEDGER}. Name one with --workspace.")
    with readable(ledger), closing(open_for_reading(ledger)) as connection:
        yield connection
