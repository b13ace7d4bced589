"""The price of a slot that is free: what every call pays, limited or not.

The baseline is how limiters are often written: a deque of datetimes under an ``asyncio.Lock``, looked at again every
100 ms while it is full. Uncontended it never sleeps, so what is compared here is bookkeeping with bookkeeping.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from benchmarks.row import Row
from dialconsole.limits.local import LocalLimiter
from dialconsole.model.campaign import Limits

CALLS = 2_000
"""In one measurement; all of them within the window, so each of the started ones leaves a stamp in it."""

ROUNDS = 41
SCOPE = "trunk:main"
LIMITS = Limits(max_concurrent=100, calls_per_minute=1_000_000)


class PolledLimiter:
    """The baseline. Its window counts grants; there is nothing like a start."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._grants: deque[datetime] = deque()
        self._live = 0
        self._lock = asyncio.Lock()

    async def acquire(self) -> None:
        concurrent, per_minute = self._limits.max_concurrent or 0, self._limits.calls_per_minute or 0
        while True:
            async with self._lock:
                now = datetime.now(UTC)
                while self._grants and now - self._grants[0] >= timedelta(minutes=1):
                    self._grants.popleft()
                if self._live < concurrent and len(self._grants) < per_minute:
                    self._live += 1
                    self._grants.append(now)
                    return
            await asyncio.sleep(0.1)

    async def release(self) -> None:
        async with self._lock:
            self._live -= 1


async def _slots() -> None:
    limiter = LocalLimiter()
    limiter.set_limits(SCOPE, LIMITS)
    for _ in range(CALLS):
        slot = await limiter.acquire(SCOPE)
        slot.release()


async def _started_slots() -> None:
    limiter = LocalLimiter()
    limiter.set_limits(SCOPE, LIMITS)
    for _ in range(CALLS):
        slot = await limiter.acquire(SCOPE)
        await slot.start()
        slot.release()


async def _polled() -> None:
    limiter = PolledLimiter(LIMITS)
    for _ in range(CALLS):
        await limiter.acquire()
        await limiter.release()


async def _median_us(*candidates: Callable[[], Awaitable[None]]) -> list[float]:
    """Microseconds per call of each candidate, taken in turns."""
    times: list[list[float]] = [[] for _ in candidates]
    for _ in range(ROUNDS):
        for candidate, taken in zip(candidates, times, strict=True):
            before = time.perf_counter()
            await candidate()
            taken.append((time.perf_counter() - before) / CALLS * 1e6)
    return [statistics.median(taken) for taken in times]


def run() -> list[Row]:
    slots, started, polled = asyncio.run(_median_us(_slots, _started_slots, _polled))
    beside = "deque of datetimes, asyncio.Lock, polled"
    return [
        Row("limiter: acquire + release", slots, "µs", "<= 1.5", polled, beside),
        Row("limiter: acquire + start + release", started, "µs", "", polled, beside),
    ]
