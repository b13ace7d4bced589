"""Access for simulations: changes are handed over to a process beside, and are not waited for.

A simulated day of 100,000 calls has some 200,000 changes and 900,000 events, and writing them down takes a third of the
day. Nothing real is at stake, so the loop need not wait for it: it goes on with the next call while another processor
runs the very statements that record a real one (``writer``). What a change answers is known here: the callee is read
over a connection of our own, and which contacts are being called is remembered. Where that does not tell, and for
everything that answers something else, the loop waits for the writer.

Rejected: all of it on the loop (a day then takes a quarter longer), and a thread, which needs the interpreter between
any two statements and would get it every 5 ms.
"""

from __future__ import annotations

import contextlib
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from dialconsole.model.attempt import CallEvent, Claim, Settlement
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import ContactStatus
from dialconsole.store import reading
from dialconsole.store.access import Change, Question, disk_refused, readable
from dialconsole.store.chain import Rows
from dialconsole.store.changes import Changes, opt_out_row
from dialconsole.store.ledger import Callee, LedgerFull
from dialconsole.store.messages import Answer, Asked, Message, Refused, Step, alone, receive, send
from dialconsole.store.opening import open_for_reading, open_for_writing

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_TOGETHER = 256
"""Steps in a message: some 60 kB, which a pipe just holds, so that neither end waits for the other for long."""


class Handover:
    """``Access`` for simulations."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger at ``path``; raises ``Problem`` as ``opening`` does."""
        self._path = path
        self.alone = alone
        open_for_writing(path, durable=False).close()  # looks at the file, and brings it up to date
        self._writer = subprocess.Popen(
            [sys.executable, "-m", "dialconsole.store.writer", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C is ours to take
        )
        self._connection = open_for_reading(path)
        self._read = self._connection.cursor().execute
        self._rows = Rows()
        # Handed on as it is: eight or nine of these make a call.
        self.ride: Callable[[int, CallEvent], None] = self._rows.step
        self._steps: list[Step] = []
        self._handed_over = False
        """Whether the writer may have something that it has not committed."""
        self._looking = False
        """Whether there is a transaction of our own that reads."""
        self._calling = {claim.contact: claim.seq for claim in reading.unfinished(self._connection)}
        self._last_seq = reading.next_seq(self._connection) - 1
        self._failure: BaseException | None = None
        """Why the writer takes nothing any more."""

    @property
    def pid(self) -> int:
        """Of the writer."""
        return self._writer.pid

    async def change(self, step: Change[*Ts, T], *args: *Ts) -> T:
        return self._ask_writer(step, *args)

    async def claim(self, claim: Claim) -> Callee:
        if not self._looking:
            # What this asks of contacts never changes; to look at the file anew each time would cost thrice the answer.
            self._read("BEGIN")
            self._looking = True
        contact = self._read(reading.CALLEE, (claim.contact,)).fetchone()
        if contact is None or claim.contact in self._calling or claim.seq <= self._last_seq:
            callee = self._ask_writer(Changes.claim, claim)  # it says what is wrong
        else:
            callee = reading.callee_of(*contact)
            self._hand_over(Changes.claim, (claim,))
        self._calling[claim.contact] = claim.seq
        self._last_seq = max(self._last_seq, claim.seq)
        return callee

    async def settle(self, settlement: Settlement) -> None:
        contact = settlement.contact
        if self._calling.get(contact) != settlement.seq or settlement.status is ContactStatus.CALLING:
            self._ask_writer(Changes.settle, settlement)
        else:
            self._hand_over(Changes.settle, (settlement,))
        self._calling.pop(contact, None)

    async def opt_out(self, entries: Sequence[OptOut]) -> None:
        # An entry that is none is found out now, while somebody waits.
        self._hand_over(Changes.add_opt_out_rows, ([opt_out_row(entry) for entry in entries],))

    async def apart(self, step: Change[*Ts, T], *args: *Ts) -> T:
        self.publish()
        return self._ask_writer(step, *args, apart=True)

    async def ask(self, question: Question[*Ts, T], *args: *Ts) -> T:
        self.publish()
        with readable(self._path):
            return question(self._connection, *args)

    async def aside(self, work: Callable[[], T]) -> T:
        return work()

    def publish(self) -> None:
        if self._rows.waiting or self._steps or self._handed_over:
            self._ask_writer(_nothing)

    async def close(self) -> None:
        try:
            if self._failure is None:
                self.publish()
        finally:
            self._connection.close()  # before the writer's, which as the last one tidies up
            for pipe in (self._writer.stdin, self._writer.stdout):
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            self._writer.wait()

    # -- the writer --

    def _hand_over(self, step: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._steps.append((step, args))
        if len(self._steps) >= _TOGETHER:
            self._send(None)
            self._handed_over = True

    def _ask_writer(self, step: Callable[..., T], *args: Any, apart: bool = False) -> T:
        self._send(Asked(step, args, apart))
        self._handed_over = False
        answer = self._answer()
        if isinstance(answer, Refused):
            raise answer.error
        value: T = answer.value
        return value

    def _send(self, asked: Asked | None) -> None:
        if self._looking:  # now and then, or the write-ahead log would grow all day
            self._read("COMMIT")
            self._looking = False
        if self._failure is not None:
            raise self._failure
        message = Message(self._rows.take(), self._steps, asked)
        self._steps = []
        assert self._writer.stdin is not None
        try:
            send(self._writer.stdin, message)
        except OSError:
            self._answer()  # it has gone, but not without a word

    def _answer(self) -> Answer | Refused:
        assert self._writer.stdout is not None
        try:
            answer = receive(self._writer.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            answer = None
        if isinstance(answer, Answer | Refused):
            return answer
        self._failure = self._why(answer)
        raise self._failure

    def _why(self, said: object) -> BaseException:
        """The writer ended; ``said`` is the error it ended with, if it could say so."""
        ends = "The simulation ends here: make room there and run it again, in a new folder."
        if getattr(said, "sqlite_errorname", "") == "SQLITE_FULL":
            return LedgerFull(f"The disk of {self._path} is full. {ends}")
        if isinstance(said, sqlite3.Error) and disk_refused(said):
            return LedgerFull(f"The ledger {self._path} cannot be written ({said}). {ends}")
        if isinstance(said, BaseException):
            return said
        return LedgerFull(f"The process that writes the ledger {self._path} was ended from outside. {ends}")


def _nothing(changes: Changes) -> None:
    """What is asked in order to know that all before it is committed."""
