"""Do-not-call entries on their way to the disk: in force at once, and known as unwritten until they are durable.

The index is what calls are checked against, and it has an entry before the disk does. So it cannot say whether an entry
will still be there after a restart; that is what this is for. What a disk refused stays here and is written with the
next entry, and by itself when there is room: a person who was told "could not be written" and asks again must not be
told that the number is on the list while the disk does not have it.

Rejected: taking a refused entry out of the index again. It would be called until somebody asked for it once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.engine.troubles import DISK_AGAIN_S
from dialconsole.model.optout import OptOut
from dialconsole.store.ledger import Ledger, LedgerFull


class OptOutWriter:
    """``ledger`` is asked for anew at each write; ``later`` keeps a task alive."""

    def __init__(
        self,
        index: OptOutIndex,
        ledger: Callable[[], Ledger],
        later: Callable[[Coroutine[Any, Any, object]], None],
    ) -> None:
        self._index = index
        self._ledger = ledger
        self._later = later
        self._waiting: list[OptOut] = []
        self._with_a_call: dict[str, OptOut] = {}
        """By attempt: entries that are written in one transaction with its outcome."""
        self._one_at_a_time = asyncio.Lock()
        self._trying = False

    def suppress(self, entry: OptOut) -> None:
        """Put an entry in force now; ``write`` makes it durable."""
        self._index.add(entry)
        self._waiting.append(entry)

    def suppress_with_call(self, entry: OptOut) -> None:
        """Put an entry in force that the ledger gets with the outcome of its call."""
        self._index.add(entry)
        if entry.attempt is not None:
            self._with_a_call[entry.attempt] = entry

    def call_settled(self, attempt: str) -> None:
        """The outcome of a call is durable, and its entry with it."""
        self._with_a_call.pop(attempt, None)

    async def write(self, *, calls: bool = False) -> None:
        """Return when every entry that is in force now is durable, also what the disk refused before.

        ``calls``: also those that wait for the outcome of their call; they are then written twice, which says the same.
        Raises ``LedgerFull``: the entries stay in force, and are written by themselves when there is room.
        """
        async with self._one_at_a_time:  # so what another is writing is durable, or waits again, when it is our turn
            batch, self._waiting = self._waiting, []
            if calls:
                batch += self._with_a_call.values()
            if not batch:
                return
            try:
                await self._ledger().add_opt_outs(batch)
            except BaseException:  # also if whoever asked went away meanwhile
                self._waiting = batch + self._waiting
                self._try_again()
                raise

    def _try_again(self) -> None:
        if not self._trying:
            self._trying = True
            self._later(self._by_itself())

    async def _by_itself(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(DISK_AGAIN_S)
                with suppress(LedgerFull):
                    await self.write()
        finally:
            self._trying = False
