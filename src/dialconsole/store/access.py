"""How the ledger reaches its file: one protocol, two ways.

``GroupCommit`` when calls are real: durable, in a thread. ``Handover`` in simulations: in a process beside, and not
waited for. What is asked of the file (``changes``, ``staging``, ``reading``, ``records``) is the same for both, so a
simulation runs the very statements that a day of calling runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar, TypeVarTuple

from dialconsole.model.attempt import CallEvent, Claim, Settlement
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOut
from dialconsole.store.changes import Changes
from dialconsole.store.ledger import Callee, LedgerFull

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Change = Callable[[Changes, *Ts], T]
"""A step of ``changes`` or ``staging``."""
Alone = Callable[[], bool]
Question = Callable[[sqlite3.Connection, *Ts], T]
"""A function of ``reading`` or ``records``."""


class Access(Protocol):
    """One ledger file, opened."""

    async def change(self, step: Change[*Ts, T], *args: *Ts) -> T:
        """Take a step; returns when it is committed.

        Raises what the step raises (it has then changed nothing), or ``LedgerFull`` if the disk refuses. A caller who
        is cancelled while waiting does not stop the step.
        """

    async def claim(self, claim: Claim) -> Callee:
        """Take the step ``Changes.claim``; a simulation does not wait for it."""

    async def settle(self, settlement: Settlement) -> None:
        """Take the step ``Changes.settle``; a simulation does not wait for it."""

    async def opt_out(self, entries: Sequence[OptOut]) -> None:
        """Take the step ``Changes.add_opt_outs``; a simulation does not wait for it."""

    def ride(self, attempt: int, event: CallEvent, /) -> None:
        """Add a step of a call without waiting; it is committed with the next change, or a moment later.

        Events wait in memory for the commit, so nothing need be undone for one alone. Eight or nine of them make a
        call, hence a way of their own and not that of every change.
        """

    async def apart(self, step: Change[*Ts, T], *args: *Ts) -> T:
        """Take a step that must not be inside a transaction, between two of them. It commits nothing."""

    def alone(self) -> bool:
        """Whether nobody else waits for a change. May be asked by a step."""

    async def ask(self, question: Question[*Ts, T], *args: *Ts) -> T:
        """Put a question to what is committed. Raises ``Problem`` if the file cannot be read."""

    async def aside(self, work: Callable[[], T]) -> T:
        """Other blocking work that belongs to a change (reading the rows of a list), where it holds nobody up."""

    def publish(self) -> None:
        """Let every question and every other connection see all changes whose caller has been answered."""

    async def close(self) -> None:
        """Commit what rides, give back file and threads. Raises ``LedgerFull`` if that last commit is refused."""


def disk_refused(error: BaseException) -> bool:
    """Whether an error of sqlite is the disk's (full, failing, damaged) and not a mistake in one statement's values."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def ledger_full(path: Path, error: BaseException) -> LedgerFull:
    """The sentence for a commit that the disk refused."""
    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
        return LedgerFull(
            f"The disk of {path} is full: nothing could be recorded, so nothing is dialed. "
            "Make room there; dialing goes on by itself."
        )
    return LedgerFull(
        f"The ledger {path} cannot be written ({error}): nothing could be recorded, so nothing is dialed. "
        "Check the disk and the permissions of that folder; dialing goes on by itself once it works."
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns sqlite's errors while reading into a ``Problem``."""
    try:
        yield
    except sqlite3.Error as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: BaseException) -> Problem:
    """The sentence for a question that the file did not answer."""
    return Problem(
        f"The ledger {path} could not be read ({error}). Check the disk; "
        f"`sqlite3 {path} 'PRAGMA integrity_check'` says whether the file is damaged.",
        code="storage",
    )
