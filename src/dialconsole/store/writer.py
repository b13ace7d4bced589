"""Run as a program by a simulation: writes into the ledger what is handed over to it.

It is given messages on standard input, each with events and steps to be taken one after the other, and perhaps one more
whose value is asked for. What nobody asks for is committed a few thousand steps at a time, without fsync; before an
answer everything is. If a step that was only handed over fails, or the disk refuses, it says so and ends, for the
simulation has gone on as if it had been taken. When the simulation is gone, so is its line, and this ends.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
from pathlib import Path

from dialconsole.store.access import disk_refused
from dialconsole.store.changes import Changes
from dialconsole.store.messages import Answer, Asked, Message, Refused, receive, send
from dialconsole.store.opening import open_for_writing
from dialconsole.store.transaction import savepoint

_STEPS = 4_000
"""Steps in one transaction. More gain nothing measurable and grow the write-ahead log."""


class _Writer:
    def __init__(self, path: Path) -> None:
        self._changes = Changes(open_for_writing(path, durable=False))
        self._taken = 0
        """Steps in the transaction that runs; 0 when none does."""

    def take(self, message: Message) -> Answer | Refused | None:
        """Take the steps of a message. What it raises is no refusal, and ends the simulation."""
        changes = self._changes
        changes.chain.waiting += message.rows
        if message.steps:
            self._begin()
            for step, args in message.steps:
                step(changes, *args)
            self._taken += len(message.steps)
        if message.asked is None:
            if self._taken >= _STEPS:
                self._commit()
            return None
        return self._answered(message.asked)

    def close(self) -> None:
        """What is not committed has nobody who waits for it."""
        self._changes.connection.close()

    def _answered(self, asked: Asked) -> Answer | Refused:
        if asked.apart:
            return Answer(asked.step(self._changes, *asked.args))
        self._begin()
        try:
            with savepoint(self._changes.connection):
                answer: Answer | Refused = Answer(asked.step(self._changes, *asked.args))
        except Exception as error:
            if isinstance(error, sqlite3.Error) and disk_refused(error):
                raise
            self._changes.forget()
            answer = Refused(error)
        self._commit()
        return answer

    def _begin(self) -> None:
        if not self._taken:
            self._changes.begin()
            self._taken = 1

    def _commit(self) -> None:
        self._changes.commit()
        self._taken = 0


def main() -> int:
    gc.disable()  # changes leave no cycles behind
    said, heard = os.fdopen(os.dup(1), "wb"), sys.stdin.buffer
    os.dup2(2, 1)  # whatever is printed is not an answer
    try:
        writer = _Writer(Path(sys.argv[1]))
        while True:
            answer = writer.take(receive(heard))
            if answer is not None:
                send(said, answer)
    except (EOFError, BrokenPipeError):
        writer.close()
        return 0
    except Exception as error:
        send(said, error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
