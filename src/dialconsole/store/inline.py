"""Access for simulations: the same file and statements, on the event loop, without waiting for the disk.

A simulated day of 100,000 calls has some 800,000 changes. A thread would cost a switch and a batch of one for nearly
each of them, since on a virtual clock nobody else wants anything meanwhile; so changes run at once on the loop and are
committed a few thousand at a time, without fsync (nothing real is at stake). Questions go over the same connection and
so see what is not committed yet; events alone wait for the commit, because they are written many at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from dialconsole.model.attempt import CallEvent
from dialconsole.store.access import Change, Question, disk_refused, ledger_full, unreadable
from dialconsole.store.changes import Changes

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_CHANGES = 4_000
"""Changes in one transaction. More gain nothing measurable and grow the write-ahead log."""


class Inline:
    """``Access`` for simulations."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._changes = Changes(connection)
        self.ride: Callable[[int, CallEvent], None] = self._changes.chain.step
        self._taken = 0
        """Steps in the transaction that runs; 0 when none does."""

    async def change(self, step: Change[*Ts, T], *args: *Ts) -> T:
        try:
            if not self._taken:
                self._changes.begin()
            self._taken += 1
            value = step(self._changes, *args)
            if self._taken >= _CHANGES:
                self._commit()
        except sqlite3.Error as error:
            self._give_up(error)
            raise
        return value

    async def apart(self, step: Change[*Ts, T], *args: *Ts) -> T:
        self.publish()
        try:
            return step(self._changes, *args)
        except sqlite3.Error as error:
            raise ledger_full(self._path, error) from error

    def alone(self) -> bool:
        return True

    async def ask(self, question: Question[*Ts, T], *args: *Ts) -> T:
        try:
            return question(self._changes.connection, *args)
        except sqlite3.Error as error:
            raise unreadable(self._path, error) from error

    async def aside(self, work: Callable[[], T]) -> T:
        return work()

    def publish(self) -> None:
        try:
            if self._changes.events_waiting and not self._taken:
                self._changes.begin()
                self._taken = 1
            self._commit()
        except sqlite3.Error as error:
            self._give_up(error)
            raise

    async def close(self) -> None:
        try:
            self.publish()
        finally:
            self._changes.connection.close()

    def _commit(self) -> None:
        if self._taken:
            self._changes.commit()
            self._taken = 0

    def _give_up(self, error: sqlite3.Error) -> None:
        """If the disk refused, the whole transaction is gone and the next change begins a new one."""
        if disk_refused(error):
            self._taken = 0
            self._changes.rollback()
            raise ledger_full(self._path, error) from error
