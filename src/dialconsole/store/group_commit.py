"""Durable access: one writing thread, and whatever waits when it becomes free is one transaction.

A commit costs an fsync (0.2 ms on a good disk, 10 on a bad one). Committing each change on the event loop would stop
the engine for that long, thousands of times a minute; one commit for all that wait costs the same as one for a single
change, so the ledger gets faster the busier it is.

The thread is an executor that gets one batch at a time, not a loop around a queue: the event loop then sees work in
flight (a virtual clock stands still meanwhile), each batch wakes the loop once, and there is no lock and no shutdown
message to get wrong.

Rejected: moving the write-ahead log into the file from a third connection beside the writer. It did not lower the
slowest claims measurably, and the log then grew to 60 MB, since a writer that never pauses never begins it anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from dialconsole.model.attempt import CallEvent, Claim, Settlement
from dialconsole.model.optout import OptOut
from dialconsole.store.access import Change, Question, disk_refused, ledger_full, readable
from dialconsole.store.changes import Changes
from dialconsole.store.ledger import Callee
from dialconsole.store.opening import open_for_reading
from dialconsole.store.transaction import savepoint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_RIDE_S = 0.25
"""The longest a step that nobody waits for is kept back for company, in loop seconds."""
_AGAIN_S = 2.0
"""The wait before such steps are tried again after the disk refused them."""


class _Operation:
    """One step on its way through the writing thread, which leaves ``value`` or ``error`` in it."""

    __slots__ = ("args", "error", "future", "step", "value")

    def __init__(self, step: Callable[..., Any], args: tuple[Any, ...], future: asyncio.Future[Any] | None) -> None:
        self.step = step
        self.args = args
        self.future = future
        """Whoever waits; ``None`` for a step that rides along."""
        self.value: Any = None
        self.error: Exception | None = None

    def answer(self, error: BaseException | None) -> None:
        """Tell whoever waits, and still waits."""
        if self.future is None or self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.value)


class _Reader:
    """A read-only connection with a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.connection = open_for_reading(path)
        self._thread = ThreadPoolExecutor(1, "ledger-reader")

    async def run(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def close(self) -> None:
        await self.run(self.connection.close)
        self._thread.shutdown(wait=False)


class GroupCommit:
    """``Access`` for calls that are real."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._changes = Changes(connection)
        self._writer = ThreadPoolExecutor(1, "ledger-writer")
        self._reader = _Reader(path)
        self._waiting: list[_Operation] = []
        # A batch is being committed, or will be on the loop's next turn.
        self._busy = False
        self._later: asyncio.TimerHandle | None = None
        self._closed = False

    async def change(self, step: Change[*Ts, T], *args: *Ts) -> T:
        if self._closed:
            raise RuntimeError(f"the ledger {self._path} is closed")
        return await self._soon(step, *args)

    async def claim(self, claim: Claim) -> Callee:
        return await self.change(Changes.claim, claim)

    async def settle(self, settlement: Settlement) -> None:
        await self.change(Changes.settle, settlement)

    async def opt_out(self, entries: Sequence[OptOut]) -> None:
        await self.change(Changes.add_opt_outs, entries)

    def ride(self, attempt: int, event: CallEvent) -> None:
        if self._closed:
            self._report(RuntimeError(f"the ledger {self._path} is closed"))
            return
        self._waiting.append(_Operation(Changes.progress, (attempt, event), None))
        self._wait(_RIDE_S)

    async def apart(self, step: Change[*Ts, T], *args: *Ts) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, step, self._changes, *args)
        except sqlite3.Error as error:
            raise ledger_full(self._path, error) from error

    def alone(self) -> bool:
        return not self._waiting

    async def ask(self, question: Question[*Ts, T], *args: *Ts) -> T:
        with readable(self._path):
            return await self._reader.run(partial(question, self._reader.connection, *args))

    async def aside(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    def publish(self) -> None:
        """Nothing to do: whoever was answered was answered after the commit."""

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            if self._waiting or self._busy:
                await self._soon(_nothing)
        finally:
            if self._later is not None:
                self._later.cancel()
            await self._reader.close()
            # Last, because the last connection to be closed moves the write-ahead log into the file.
            await asyncio.get_running_loop().run_in_executor(self._writer, self._changes.connection.close)
            self._writer.shutdown(wait=False)

    # -- on the loop --

    async def _soon(self, step: Change[*Ts, T], *args: *Ts) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Operation(step, args, future))
        self._hurry()
        return await future

    def _hurry(self) -> None:
        """Commit as soon as the thread is free; what is handed over in one turn of the loop goes together."""
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._start)

    def _wait(self, seconds: float) -> None:
        """Commit in a while, unless something brings it about sooner."""
        if not self._busy and self._later is None:
            self._later = asyncio.get_running_loop().call_later(seconds, self._hurry)

    def _start(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        batch, self._waiting = self._waiting, []
        job = asyncio.get_running_loop().run_in_executor(self._writer, self._commit, batch)
        job.add_done_callback(partial(self._ended, batch))

    def _ended(self, batch: list[_Operation], job: asyncio.Future[None]) -> None:
        self._busy = False
        failed = job.exception()
        if failed is None:
            for operation in batch:
                self._answer(operation, operation.error)
        elif disk_refused(failed):
            self._waiting[:0] = [operation for operation in batch if operation.future is None]
            refusal = ledger_full(self._path, failed)
            for operation in batch:
                operation.answer(refusal)
        else:
            for operation in batch:
                self._answer(operation, failed)
        if any(operation.future is not None for operation in self._waiting):
            self._hurry()
        elif self._waiting:
            self._wait(_RIDE_S if failed is None else _AGAIN_S)

    def _answer(self, operation: _Operation, error: BaseException | None) -> None:
        """Tell whoever waits for the step; what went wrong with a step that nobody waits for is told to the loop."""
        operation.answer(error)
        if operation.future is None and error is not None:
            self._report(error)

    def _report(self, error: BaseException) -> None:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "A step that nobody waited for was refused", "exception": error})

    # -- in the writing thread --

    def _commit(self, batch: list[_Operation]) -> None:
        try:
            self._changes.begin()
            for operation in batch:
                self._take(operation)
            self._changes.commit()
        except BaseException:
            self._changes.rollback()
            raise

    def _take(self, operation: _Operation) -> None:
        """One step, in a savepoint: if it is refused, the others of the batch are not. Events need none (``ride``)."""
        operation.value = operation.error = None
        try:
            with savepoint(self._changes.connection) if operation.future is not None else nullcontext():
                operation.value = operation.step(self._changes, *operation.args)
        except Exception as error:
            if disk_refused(error):
                raise
            self._changes.forget()
            operation.error = error


def _nothing(changes: Changes) -> None:
    """The step of ``close``: what rode along before it is committed with it."""
