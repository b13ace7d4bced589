"""Limits within one process: slots handed out in order of arrival, by one event loop.

Nothing polls. Whoever must wait stands in a line of futures; the scope's line is looked at again when something makes
room: a release, a start, an edit, or one of the two timers the scope may have (for the next grant and for the next
start; with one for both, each would be made anew for the other's sake). A slot that is free and wanted by nobody costs
two short calls and no timer.

Rejected (measured): aiolimiter and every other bucket (twice the limit within one window), ``asyncio.Semaphore``
(cannot change its limit), ``limits`` and ``throttled`` (no line: the newest may overtake the oldest), pyrate-limiter
(a waiter sleeps its old delay, so a raised limit is not seen).
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count

from dialconsole.limits.limiter import TURN_S, Usage
from dialconsole.limits.scope import Scope
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem

_RESERVED, _STARTED, _RELEASED = range(3)


class LocalLimiter:
    """``Limiter`` for one engine. All methods run on the loop it was made on."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._time = self._loop.time
        self._lines: dict[str, _Line] = {}
        self._removed: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []
        self._arrival: Iterator[int] = count()

    def set_limits(self, scope: str, limits: Limits) -> None:
        line = self._line(scope)
        line.scope.set_limits(limits)
        self._serve(line)

    def remove(self, scope: str) -> None:
        """Forget a scope; whoever waits for it gets a ``Problem`` instead of a slot.

        Its books are kept until its last start has left the window: a scope that is removed and made again at once
        must not start anew with an empty window.
        """
        line = self._lines.get(scope)
        if line is None:
            return
        for future in line.waiters:
            if not future.done():
                future.set_exception(_removed(scope))
        line.waiters.clear()
        line.asked = False
        line.scope.set_limits(Limits())
        self._serve(line)
        self._removed.add(scope)
        now = self._time()
        for name in [name for name in self._removed if self._lines[name].scope.idle(now)]:
            self._removed.remove(name)
            del self._lines[name]

    async def acquire(self, scope: str) -> LocalSlot:
        line = self._lines.get(scope)
        if line is None:
            line = self._line(scope)
        if not line.waiters and line.scope.take(self._time()):
            return LocalSlot(self, (line,))
        return await self._wait(line)

    def occupy(self, scopes: Sequence[str], *, started_ago: float) -> LocalSlot:
        now = self._time()
        lines = tuple(self._line(scope) for scope in scopes)
        for line in lines:
            line.scope.occupy(now - started_ago, now)
        slot = LocalSlot(self, lines)
        slot.state = _STARTED
        return slot

    def has_room(self, scope: str) -> bool:
        line = self._lines.get(scope)
        return line is None or self._has_room(line)

    def usage(self, scope: str) -> Usage:
        line = self._lines.get(scope)
        if line is None:
            return Scope(scope).usage(self._time(), 0)
        return line.scope.usage(self._time(), len(line.waiters))

    def on_room(self, callback: Callable[[str], None]) -> None:
        self._listeners.append(callback)

    # -- for slots ------------------------------------------------------------------------------------------------

    def _join(self, slot: LocalSlot, scope: str) -> bool:
        line = self._line(scope)
        if line in slot.lines:
            return True
        if not line.waiters and line.scope.take(self._time()):
            slot.lines = (*slot.lines, line)
            return True
        self._ask(line)
        return False

    def _start(self, slot: LocalSlot) -> asyncio.Future[None] | None:
        """Stamp the slot, or give it its turn, if that may be now; else line it up and return what it waits for."""
        now = self._time()
        for line in slot.lines:
            if line.starters or line.holder is not None or now < line.due(slot):
                break
        else:
            self._let_go(slot, now)
            return None
        future: asyncio.Future[None] = self._loop.create_future()
        slot.starting = future
        line.push_starter(next(self._arrival), slot)
        self._serve_starters(line)
        return future

    def _start_in_turn(self, slot: LocalSlot) -> asyncio.Future[None] | None:
        """Stamp the slot whose turn it is, at the instant that was settled when it got it."""
        now = self._time()
        if now >= slot.starts_at:
            self._stamp_in_turn(slot, now)
            return None
        slot.starting = self._loop.create_future()
        slot.timer = self._loop.call_at(slot.starts_at, self._ring_turn, slot)
        return slot.starting

    # -- the lines ------------------------------------------------------------------------------------------------

    def _line(self, scope: str) -> _Line:
        line = self._lines.get(scope)
        if line is None:
            line = self._lines[scope] = _Line(scope)
        self._removed.discard(scope)
        return line

    def _has_room(self, line: _Line) -> bool:
        # A place that falls to somebody who waits is no room, even in the moment before it is handed over.
        if not line.waiters and not line.scope.missing(self._time()):
            return True
        self._ask(line)
        return False

    def _ask(self, line: _Line) -> None:
        """There is no room now; the listeners are told when there is."""
        line.asked = True
        self._arm_grant(line, self._time())

    async def _wait(self, line: _Line) -> LocalSlot:
        future: asyncio.Future[LocalSlot] = self._loop.create_future()
        line.waiters[future] = None
        self._arm_grant(line, self._time())
        try:
            return await future
        except asyncio.CancelledError:
            line.waiters.pop(future, None)
            if future.done() and not future.cancelled() and future.exception() is None:
                self._pass_on(future.result(), line)  # granted and cancelled in one turn of the loop
            raise

    def _pass_on(self, slot: LocalSlot, line: _Line) -> None:
        """Hand a slot that was granted to somebody who left to the next in line, spacing and all."""
        future = line.next_waiter()
        if future is None:
            slot.release()
        else:
            del line.waiters[future]
            future.set_result(slot)

    def _serve(self, line: _Line) -> None:
        """Do for a scope all that may be done now."""
        self._serve_starters(line)
        self._serve_waiters(line)

    def _serve_starters(self, line: _Line) -> None:
        """The starts whose time has come."""
        now = self._time()
        crowded = line.scope.crowded
        while line.starters and line.holder is None and now >= line.due(line.starters[0][1]):
            order, slot = line.pop_starter()
            if slot.starting is not None and not slot.starting.done():
                self._start_or_line_up(order, slot, now)
        self._arm_start(line)
        if crowded:
            self._serve_waiters(line)

    def _serve_waiters(self, line: _Line) -> None:
        """The grants for which there is room, then word that there is room still."""
        now = self._time()
        while (future := line.next_waiter()) is not None and line.scope.take(now):
            del line.waiters[future]
            future.set_result(LocalSlot(self, (line,)))
        if line.asked and not line.scope.missing(now):  # whoever still waited would have taken it
            line.asked = False
            for tell in self._listeners:
                tell(line.scope.name)
        self._arm_grant(line, now)

    def _start_or_line_up(self, order: int, slot: LocalSlot, now: float) -> None:
        """A slot waits at one scope at a time, the first that does not let it start.

        It keeps its place by order of arrival in each, so the oldest waits nowhere longer than the spacing asks.
        """
        for line in slot.lines:
            if line.holder is not None or now < line.due(slot) or line.has_starter_before(order):
                line.push_starter(order, slot)
                self._arm_start(line)
                return
        assert slot.starting is not None
        slot.starting.set_result(None)
        self._let_go(slot, now)

    def _let_go(self, slot: LocalSlot, now: float) -> None:
        """What the slot waited for: its start, or its turn."""
        if slot.wants_turn:
            slot.has_turn = True
            slot.starts_at = max(line.scope.next_start for line in slot.lines)
            for line in slot.lines:
                line.hold(slot)
        else:
            self._stamp(slot, now)

    def _stamp_in_turn(self, slot: LocalSlot, now: float) -> None:
        self._stamp(slot, now)
        self._end_turn(slot)

    def _end_turn(self, slot: LocalSlot) -> None:
        """Those behind the slot may start."""
        slot.has_turn = False
        for line in slot.lines:
            crowded = line.scope.crowded
            line.hold(None)
            if line.starters:
                self._serve_starters(line)
            if crowded:
                self._serve_waiters(line)

    def _stamp(self, slot: LocalSlot, now: float) -> None:
        slot.state = _STARTED
        for line in slot.lines:
            line.scope.start(now)
            if line.grant_timer is None:
                self._arm_grant(line, now)  # only now is it known when this place in the window comes free

    # -- the timers, each early enough for the next thing that time alone brings about ----------------------------

    def _arm_start(self, line: _Line) -> None:
        at = line.due(line.starters[0][1]) if line.starters and line.holder is None else math.inf
        line.start_timer = self._timer(line.start_timer, at, self._ring_start, line)

    def _arm_grant(self, line: _Line, now: float) -> None:
        if line.waiters or line.asked:
            line.grant_timer = self._timer(line.grant_timer, line.scope.room_at(now), self._ring_grant, line)
        elif line.grant_timer is not None:
            line.grant_timer.cancel()
            line.grant_timer = None

    def _timer(
        self, timer: asyncio.TimerHandle | None, at: float, ring: Callable[[_Line], None], line: _Line
    ) -> asyncio.TimerHandle | None:
        if timer is not None:
            if timer.when() <= at < math.inf:
                return timer
            timer.cancel()
        return self._loop.call_at(at, ring, line) if at < math.inf else None

    def _ring_start(self, line: _Line) -> None:
        line.start_timer = None
        self._serve_starters(line)

    def _ring_turn(self, slot: LocalSlot) -> None:
        if slot.starting is not None and not slot.starting.done():
            slot.starting.set_result(None)
            self._stamp_in_turn(slot, self._time())

    def _ring_grant(self, line: _Line) -> None:
        line.grant_timer = None
        self._serve_waiters(line)


class LocalSlot:
    """``Slot`` of a ``LocalLimiter``."""

    __slots__ = ("_limiter", "has_turn", "lines", "starting", "starts_at", "state", "timer", "wants_turn")

    def __init__(self, limiter: LocalLimiter, lines: tuple[_Line, ...]) -> None:
        self._limiter = limiter
        self.lines = lines
        self.state = _RESERVED
        self.starting: asyncio.Future[None] | None = None
        self.wants_turn = False
        """It waits for its turn, not for its start."""
        self.has_turn = False
        self.starts_at = 0.0
        """Loop time, while it has its turn."""
        self.timer: asyncio.TimerHandle | None = None

    async def join(self, scope: str) -> bool:
        """As in ``Slot``. Joining a scope twice takes one place. ``RuntimeError`` once the slot has started."""
        self._expect_reserved("join")
        return self._limiter._join(self, scope)

    async def turn(self) -> None:
        """As in ``Slot``. ``RuntimeError`` as for ``start``.

        If the wait is cancelled in the same turn of the loop in which it is over, the others wait for the release.
        """
        self._expect_reserved("turn")
        if self.starting is not None:
            raise RuntimeError("turn: this slot is starting already")
        if self.has_turn:
            return
        self.wants_turn = True
        waiting = self._limiter._start(self)
        if waiting is not None:
            try:
                await waiting
            finally:
                self.starting = None

    async def start(self) -> None:
        """As in ``Slot``. ``RuntimeError`` if it has started or is released, be it while this waits.

        If the wait is cancelled in the same turn of the loop in which the start was stamped, the stamp stays: the
        window then holds one start too many for a minute, never one too few.
        """
        self._expect_reserved("start")
        if self.starting is not None:
            raise RuntimeError("start: this slot is starting already")
        self.wants_turn = False
        waiting = self._limiter._start_in_turn(self) if self.has_turn else self._limiter._start(self)
        if waiting is not None:
            try:
                await waiting
            finally:
                self.starting = None
                if self.timer is not None:
                    self.timer.cancel()
                    self.timer = None

    def release(self) -> None:
        if self.state == _RELEASED:
            return
        started = self.state == _STARTED
        self.state = _RELEASED
        if self.starting is not None and not self.starting.done():
            self.starting.set_exception(RuntimeError("start: this slot was released"))
        for line in self.lines:
            if line.scope.leave(started) and (line.waiters or line.asked):
                self._limiter._serve_waiters(line)
        if self.has_turn:
            self._limiter._end_turn(self)

    def _expect_reserved(self, what: str) -> None:
        if self.state != _RESERVED:
            raise RuntimeError(f"{what}: this slot {'has started' if self.state == _STARTED else 'was released'}")


class _Line:
    """Who waits at a scope: for a grant, for the spacing, or to hear of room."""

    __slots__ = ("asked", "grant_timer", "holder", "scope", "start_timer", "starters", "waiters")

    def __init__(self, name: str) -> None:
        self.scope = Scope(name)
        # Ordered, and a cancelled waiter in the middle leaves at once: a deque would keep it or search for it.
        self.waiters: OrderedDict[asyncio.Future[LocalSlot], None] = OrderedDict()
        self.starters: list[tuple[int, LocalSlot]] = []
        """Heap of (order of arrival, slot). Those who left are skipped when their turn comes."""
        self.holder: LocalSlot | None = None
        """Whose turn it is: nobody else starts before it."""
        self.asked = False
        """Somebody was told that there is no room, and waits for word."""
        self.grant_timer: asyncio.TimerHandle | None = None
        self.start_timer: asyncio.TimerHandle | None = None

    def next_waiter(self) -> asyncio.Future[LocalSlot] | None:
        """The first who still waits. A cancelled future stands here until its task has had its turn."""
        waiters = self.waiters
        while waiters:
            future = next(iter(waiters))
            if not future.done():
                return future
            del waiters[future]
        return None

    def push_starter(self, order: int, slot: LocalSlot) -> None:
        heappush(self.starters, (order, slot))
        self._count()

    def pop_starter(self) -> tuple[int, LocalSlot]:
        starter = heappop(self.starters)
        self._count()
        return starter

    def hold(self, slot: LocalSlot | None) -> None:
        self.holder = slot
        self._count()

    def due(self, slot: LocalSlot) -> float:
        """When the spacing gives this slot what it waits for, if nobody is before it."""
        return self.scope.next_start - TURN_S if slot.wants_turn else self.scope.next_start

    def _count(self) -> None:
        self.scope.held = self.holder is not None
        self.scope.ready = len(self.starters) + self.scope.held

    def has_starter_before(self, order: int) -> bool:
        return bool(self.starters) and self.starters[0][0] < order


def _removed(scope: str) -> Problem:
    kind, _, name = scope.partition(":")
    return Problem(
        f"The {kind} {name} was removed while a call waited for it, so that call was not placed.",
        code="scope_removed",
    )
