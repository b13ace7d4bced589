"""Time. The engine reads no other clock, so a day of calling can be run in seconds by the code that dials.

All engine timers are timers of the running event loop, and wall time is *derived from* ``loop.time()``. Swapping
the loop therefore swaps time for everything at once: sleeps, timeouts, windows, limits and time stamps agree.

``RealClock``     the machine's time; notices when the wall clock jumps (suspend, NTP step, a person).
``ScaledClock``   a demonstration at x10, starting at an instant of our choice.
``VirtualLoop``   jumps to the next timer instead of waiting for it: tests, simulation, benchmarks.

Rejected: patching ``time.time`` (threads and C code see through it), looptime (25 times slower on a 100,000-call
day) and aiotools' VirtualClock (jumps over threads that are still working, which gives false time-outs).
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, Protocol, TypeVar, TypeVarTuple

from msgspec import Struct

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_FEW_TIMERS = 100
"""So many cancelled ones are not worth a look through all."""

JUMP_TOLERANCE_S = 2.0
"""Wall and monotonic time may drift apart this far (NTP slewing) before it counts as a jump."""


class Clock(Protocol):
    """What the engine knows of time. Instants are POSIX seconds (UTC) as ``float``; ``datetime`` at the borders."""

    rate: float
    """Engine seconds that pass in one real second: 1 for real time, 10 in the usual demo."""

    may_jump: bool
    """Whether there is a wall clock beside it that somebody could set."""

    def time(self) -> float:
        """Now, in POSIX seconds."""

    def now(self) -> datetime:
        """Now, as an aware UTC datetime."""

    def jumped(self) -> float:
        """Seconds by which the wall clock has left the monotonic one since it was last settled; 0 if it agrees."""

    def settle(self) -> None:
        """Accept the wall clock as it is now."""


def utc(seconds: float) -> datetime:
    """POSIX seconds as an aware UTC datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def posix(instant: datetime) -> float:
    """An aware datetime as POSIX seconds. A naive one has no meaning here and raises ``ValueError``."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return instant.timestamp()


class RealClock:
    """The machine's own time, anchored to the monotonic clock.

    Reading ``time.time()`` each time would follow every step of the wall clock straight into the calling hours. The
    anchor keeps time even; ``jumped`` tells the gate, which then holds every call until the clock is settled.
    """

    rate = 1.0
    may_jump = True

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None, wall: Callable[[], float] = time.time) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._wall = wall
        self._offset = 0.0
        self.settle()

    def time(self) -> float:
        return self._offset + self._loop.time()

    def now(self) -> datetime:
        return utc(self.time())

    def jumped(self) -> float:
        difference = self._wall() - self.time()
        return difference if abs(difference) > JUMP_TOLERANCE_S else 0.0

    def settle(self) -> None:
        self._offset = self._wall() - self._loop.time()


class LoopClock:
    """Time that starts at ``start`` and goes as fast as the loop: the clock of demos, simulations and tests."""

    may_jump = False

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop | None = None, rate: float = 1.0) -> None:
        self._loop_time = (loop or asyncio.get_running_loop()).time
        self._offset = posix(start) - self._loop_time()
        self.rate = rate

    def time(self) -> float:
        return self._offset + self._loop_time()

    def now(self) -> datetime:
        return utc(self.time())

    def jumped(self) -> float:
        return 0.0

    def settle(self) -> None:
        return None


class ScaledLoop(asyncio.SelectorEventLoop):
    """A loop on which ``rate`` seconds pass in each real second; sockets and threads are served as ever."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._zero = time.monotonic()
        selector = selectors.DefaultSelector()
        select = selector.select
        # The loop computes its time-out in its own seconds; the kernel waits in real ones.
        selector.select = lambda timeout=None: select(  # type: ignore[method-assign]
            timeout / rate if timeout is not None else None
        )
        super().__init__(selector)
        if not rate > 0:
            self.close()
            raise ValueError(f"a clock cannot run at {rate} times real time")

    def time(self) -> float:
        return self._zero + (time.monotonic() - self._zero) * self.rate


def _nothing() -> None:
    """In place of the callback of a handle that was cancelled."""


class _Handle(Struct, weakref=True, eq=False):
    """What ``asyncio.Handle`` is, made by msgspec in a fifth of the time: a simulated day makes a million of them.

    Fields and methods have the names of asyncio's; in a turn of the loop both kinds stand side by side.
    """

    _callback: Callable[..., object]
    _args: tuple[Any, ...]
    _context: Context
    _cancelled: bool = False

    def cancel(self) -> None:
        self._cancelled = True
        self._callback, self._args = _nothing, ()  # what they hold is free at once

    def cancelled(self) -> bool:
        return self._cancelled


class _Timer(Struct, weakref=True, eq=False):
    """The same of ``asyncio.TimerHandle``."""

    _callback: Callable[..., object]
    _args: tuple[Any, ...]
    _context: Context
    _when: float
    _loop: VirtualLoop
    _cancelled: bool = False
    _scheduled: bool = True

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._callback, self._args = _nothing, ()
            if self._scheduled:
                self._loop._timer_cancelled()

    def cancelled(self) -> bool:
        return self._cancelled


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time jumps to the next timer as soon as nothing else is ready.

    Timers of one instant go in the order in which they were made, so a run can be repeated. While work runs in an
    executor, time stands still: a thread is real work, and a time-out must not overtake it.
    Limits: threads not started by ``run_in_executor`` are not seen; sockets are polled only when the loop is idle.

    The turn of the loop is our own and not asyncio's, which asks the selector each time, keeps its timers in a heap
    that compares them in Python, and makes and runs a callback in four calls: two thirds of the cost of a short one, of
    which a simulated day has a million.
    """

    # asyncio's own, which it does not declare.
    _clock_resolution: float
    _closed: bool
    _ready: deque[Any]
    _selector: selectors.BaseSelector
    _stopping: bool

    def __init__(self) -> None:
        self._now = 0.0
        self._threads = 0
        self._timers: list[tuple[float, int, Any]] = []
        """Heap of (when, order of making, handle)."""
        self._made = count()
        self._cancelled = 0
        super().__init__()
        # What is registered with the selector; the loop's own wake-up pipe alone is nothing to poll for. Its dict, for
        # to ask the mapping around it for its length is a call in Python, and that six times for each call.
        self._polled: dict[int, selectors.SelectorKey] = self._selector._fd_to_key  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        if self._closed:
            self._check_closed()  # type: ignore[attr-defined]
        timer = _Timer(callback, args, copy_context() if context is None else context, when, self)
        heappush(self._timers, (when, next(self._made), timer))
        return timer  # type: ignore[return-value]

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        if self._closed:
            self._check_closed()  # type: ignore[attr-defined]
        handle = _Handle(callback, args, copy_context() if context is None else context)
        self._ready.append(handle)
        return handle  # type: ignore[return-value]

    def pending(self) -> list[asyncio.TimerHandle]:
        """Timers that are neither due nor cancelled: whoever gives all of his back leaves none."""
        return [timer for _, _, timer in self._timers if not timer.cancelled()]

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def _run_once(self) -> None:
        """Turns, each of what is ready then and what is due, until somebody stops the loop."""
        ready, timers, polled = self._ready, self._timers, self._polled
        take = ready.popleft
        while True:
            if self._threads or not ready:
                if self._threads or len(polled) > 1 or not timers or timers[0][2]._cancelled or self._stopping:
                    self._wait()
                else:
                    self._jump()
            due = self._now + self._clock_resolution
            while timers and timers[0][0] < due:
                timer = heappop(timers)[2]
                timer._scheduled = False
                ready.append(timer)
                timer = None  # what it holds is to be free as soon as it has rung
            for _ in range(len(ready)):  # what these make ready has its turn after them
                handle = take()
                if not handle._cancelled:
                    try:
                        handle._context.run(handle._callback, *handle._args)
                    except BaseException as error:
                        self._failed(handle, error)
            if self._stopping:
                return

    def _failed(self, handle: asyncio.Handle, error: BaseException) -> None:
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            raise error
        told = {"message": f"Exception in callback {handle!r}", "exception": error, "handle": handle}
        self.call_exception_handler(told)

    def _wait(self) -> None:
        """For threads and sockets as long as that takes; for a timer not at all."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heappop(timers)
        if self._threads or not timers or len(self._polled) > 1:
            block = not self._ready and not self._stopping and bool(self._threads or not timers)
            self._process_events(self._selector.select(None if block else 0))  # type: ignore[attr-defined]
            if block:
                return
        if not self._ready and not self._stopping:
            self._jump()

    def _jump(self) -> None:
        """To the next timer. The added microsecond keeps float rounding from asking for one instant for ever."""
        now, due = self._now + 1e-6, self._timers[0][0]
        self._now = due if due > now else now

    def _timer_cancelled(self) -> None:
        """Called by each timer that is cancelled. They are swept out now and then, not left until their time comes."""
        self._cancelled += 1
        if self._cancelled > _FEW_TIMERS and 2 * self._cancelled > len(self._timers):
            self._cancelled = 0
            self._timers[:] = [entry for entry in self._timers if not entry[2]._cancelled]
            heapify(self._timers)


def run_virtual(main: Callable[[], Awaitable[T]] | Coroutine[Any, Any, T]) -> T:
    """Run a coroutine (or a function that makes one) on a fresh ``VirtualLoop`` to its end."""

    async def body() -> T:
        return await (main() if callable(main) else main)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(body())


def run_scaled(main: Coroutine[Any, Any, T], rate: float) -> T:
    """Run a coroutine on a loop where ``rate`` seconds pass in each real second."""
    with asyncio.Runner(loop_factory=lambda: ScaledLoop(rate)) as runner:
        return runner.run(main)
