"""What forbids every call, and how it ends by itself: a disk that takes no records, a clock that jumped.

Each trouble pulls the brake with its reason, is told once, and is looked at again until it is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from dialconsole.clock import Clock
from dialconsole.engine.brake import Brake
from dialconsole.engine.notices import Notices
from dialconsole.store.ledger import Ledger, LedgerFull

DISK = "disk"
CLOCK = "clock"

DISK_AGAIN_S = 5.0
"""Between two tries of a disk that refused a commit."""

CLOCK_STEADY_S = 60.0
"""A clock that jumped must agree with itself for this long before anything is dialed again."""


class Troubles:
    """``ledger`` is asked for anew at each try; ``steady_again`` is called when the clock can be trusted."""

    def __init__(
        self,
        brake: Brake,
        notices: Notices,
        clock: Clock,
        ledger: Callable[[], Ledger],
        later: Callable[[Coroutine[Any, Any, object]], None],
        steady_again: Callable[[], None],
    ) -> None:
        self._brake = brake
        self._notices = notices
        self._clock = clock
        self._ledger = ledger
        self._later = later
        self._steady_again = steady_again
        self._jumps = 0

    def disk_refused(self, why: LedgerFull) -> None:
        """No claim can be written, so nothing may be dialed until the disk takes one again."""
        if self._brake.pull(DISK, f"Nothing is dialed: {why}"):
            self._notices.tell(f"Nothing is dialed: {why}", "error")
            self._later(self._try_disk())

    async def _try_disk(self) -> None:
        while True:
            await asyncio.sleep(DISK_AGAIN_S)
            try:
                await self._ledger().add_audit(self._clock.time(), "engine", "disk works again", "ledger", "", "", "")
            except LedgerFull:
                continue
            self._brake.release(DISK)
            self._notices.tell("The disk takes records again: dialing goes on")
            return

    async def durably(self, write: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Write until the disk takes it; dialing stands still meanwhile."""
        while True:
            try:
                await write()
            except LedgerFull as why:
                self.disk_refused(why)
                await asyncio.sleep(DISK_AGAIN_S)
            else:
                return

    def clock_jumped(self) -> None:
        """The wall clock left the monotonic one: calling hours cannot be trusted until it is steady."""
        jump = self._clock.jumped()
        self._clock.settle()
        self._jumps += 1
        sentence = (
            f"Nothing is dialed: this machine's clock jumped by {jump:+.0f} s; "
            f"dialing goes on when it has been steady for {CLOCK_STEADY_S:.0f} s."
        )
        if self._brake.pull(CLOCK, sentence):
            self._notices.tell(sentence, "error")
            self._later(self._wait_for_steady_clock())

    async def _wait_for_steady_clock(self) -> None:
        """Whoever notices a jump settles the clock, so the clock alone does not know of each: they are counted here."""
        seen, steady = self._jumps, 0.0
        while steady < CLOCK_STEADY_S:
            await asyncio.sleep(1.0)
            if self._clock.jumped():
                self.clock_jumped()
            steady = steady + 1.0 if self._jumps == seen else 0.0
            seen = self._jumps
        self._steady_again()
        self._brake.release(CLOCK)
        self._notices.tell("The clock is steady again: dialing goes on")
