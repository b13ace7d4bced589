"""The limiter of one process: the contract, its own errors, and its promises under random traffic."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
from bisect import bisect_left
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from contracts.limiter import CAMPAIGN, TRUNK, LimiterContract, now, turn
from dialconsole.clock import VirtualLoop, run_virtual
from dialconsole.limits.limiter import WINDOW_S, Limiter
from dialconsole.limits.local import LocalLimiter
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem


class TestLocalLimiter(LimiterContract):
    def make(self) -> Limiter:
        return LocalLimiter()


def test_a_slot_starts_once() -> None:
    """A second start, and a start or join after the release, are errors of the program, told as such."""

    async def body() -> None:
        slot = await LocalLimiter().acquire(TRUNK)
        await slot.start()
        with pytest.raises(RuntimeError, match=r"^start: this slot has started$"):
            await slot.start()
        with pytest.raises(RuntimeError, match=r"^join: this slot has started$"):
            await slot.join(CAMPAIGN)
        slot.release()
        with pytest.raises(RuntimeError, match=r"^start: this slot was released$"):
            await slot.start()

    run_virtual(body)


def test_a_release_ends_the_wait_for_the_spacing() -> None:
    """A slot released by somebody else while it waits to start must not let its call out."""

    async def body() -> None:
        limiter = LocalLimiter()
        first, second = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        await first.start()
        waiting = asyncio.ensure_future(second.start())
        await turn()
        with pytest.raises(RuntimeError, match=r"^start: this slot is starting already$"):
            await second.start()
        second.release()
        with pytest.raises(RuntimeError, match=r"^start: this slot was released$"):
            await waiting
        assert limiter.usage(TRUNK).starts == 1

    run_virtual(body)


def test_waiting_for_a_scope_that_is_removed() -> None:
    """Whoever waits for it gets a sentence, not a slot without limits."""

    async def body() -> None:
        limiter = LocalLimiter()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=0))
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await turn()
        limiter.remove(TRUNK)
        with pytest.raises(Problem, match=r"^The trunk main was removed while a call waited for it"):
            await waiter
        assert limiter.usage(TRUNK).limits == Limits()

    run_virtual(body)


def test_removing_what_is_not_there() -> None:
    """A scope that never had limits or slots can be removed."""

    async def body() -> None:
        limiter = LocalLimiter()
        limiter.remove(TRUNK)
        assert limiter.has_room(TRUNK)

    run_virtual(body)


def test_an_idle_limiter_has_no_timer() -> None:
    """When nobody waits for anything, no timer of the limiter is left on the loop."""

    async def body() -> None:
        limiter = LocalLimiter()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1, calls_per_second=1.0))
        slot = await limiter.acquire(TRUNK)
        await slot.start()
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await turn()
        assert len(_timers()) == 1
        waiter.cancel()
        limiter.set_limits(TRUNK, Limits())
        await turn()
        assert _timers() == []

    run_virtual(body)


def _timers() -> list[asyncio.TimerHandle]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.pending()


@pytest.mark.parametrize(("pace", "slowest_setup"), [(1.0, 5.0), (5.0, 5.0), (20.0, 30.0)])
def test_the_pace_is_reached(pace: float, slowest_setup: float) -> None:
    """However long the set-up of each call takes, starts come at the trunk's pace: at least 97 % of it."""

    async def body() -> float:
        limiter = LocalLimiter()
        limiter.set_limits(TRUNK, Limits(calls_per_second=pace))
        chance = random.Random(7)
        starts: list[float] = []

        async def call() -> None:
            slot = await limiter.acquire(TRUNK)
            await asyncio.sleep(chance.uniform(0, slowest_setup))
            await slot.start()
            starts.append(now())
            slot.release()

        await asyncio.gather(*(call() for _ in range(int(300 * pace))))
        middle = [start for start in starts if slowest_setup <= start < 300]  # the line is full
        return (len(middle) - 1) / (middle[-1] - middle[0])

    assert 0.97 * pace <= run_virtual(body) <= pace * (1 + 1e-9)


def test_a_line_before_the_start_goes_away() -> None:
    """After a set-up that hung for all, grants pause until the ready slots have started, then none waits for long."""

    async def body() -> None:
        limiter = LocalLimiter()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        hang = asyncio.Event()
        waits: list[float] = []

        async def call() -> None:
            slot = await limiter.acquire(TRUNK)
            await hang.wait()
            await asyncio.sleep(1)
            ready = now()
            await slot.start()
            waits.append(now() - ready)
            slot.release()

        calls = [asyncio.ensure_future(call()) for _ in range(120)]
        await asyncio.sleep(29.5)
        hang.set()
        await asyncio.gather(*calls)
        assert max(waits[:30]) > 25
        assert max(waits[40:]) <= 5

    run_virtual(body)


def test_a_late_start_keeps_no_timer_busy() -> None:
    """While the line waits for one that has its turn, no timer goes round in circles, and then all goes on."""

    async def body() -> None:
        limiter = LocalLimiter()
        slots = [await limiter.acquire(TRUNK) for _ in range(8)]
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        await slots[0].start()
        await slots[1].turn()
        starting = [asyncio.ensure_future(slot.start()) for slot in slots[2:]]
        granted = asyncio.ensure_future(limiter.acquire(TRUNK))
        await asyncio.sleep(30.0)
        assert limiter.usage(TRUNK).next_at is None
        assert not granted.done()
        await slots[1].start()
        await asyncio.gather(granted, *starting)

    run_virtual(body)


# -- random traffic -----------------------------------------------------------------------------------------------


class Visit(Struct, frozen=True):
    """One caller: when it comes, how long it sets up and talks, and after how long it loses patience, if it does."""

    arrives: float
    setup: float
    talks: float
    patience: float | None
    joins: bool
    gives_up_setup: bool
    looks: float | None
    """How long it looks between its turn and its start, if it asks for its turn."""


class Granted(Struct, frozen=True):
    order: int
    at: float
    starts: float | None
    ends: float
    joined: bool


class Edit(Struct, frozen=True):
    at: float
    scope: str
    limits: Limits


def seconds(most: int) -> st.SearchStrategy[float]:
    """Multiples of an eighth, so that things often happen at the same instant and sums are exact."""
    return st.integers(0, most * 8).map(lambda eighths: eighths / 8)


visits = st.builds(
    Visit,
    arrives=seconds(150),
    setup=seconds(12),
    talks=seconds(90),
    patience=st.none() | seconds(60),
    joins=st.booleans(),
    gives_up_setup=st.sampled_from([False, False, False, True]),
    looks=st.none() | seconds(3),
)
limits = st.builds(
    Limits,
    max_concurrent=st.none() | st.integers(0, 8),
    calls_per_minute=st.none() | st.integers(0, 12),
    calls_per_second=st.sampled_from([None, 0.125, 0.3, 1.0, 3.0, 8.0]),
)
edits = st.builds(Edit, at=seconds(200), scope=st.sampled_from([TRUNK, CAMPAIGN]), limits=limits)

OPEN_AT = 400.0
OPEN = Limits(max_concurrent=3, calls_per_minute=20, calls_per_second=5.0)
"""In the end every scope has limits under which each visit can be served."""


async def traffic(visits: Sequence[Visit], edits: Sequence[Edit]) -> list[Granted]:
    limiter = LocalLimiter()
    for edit in edits:
        asyncio.get_running_loop().call_at(edit.at, limiter.set_limits, edit.scope, edit.limits)
    granted: list[Granted] = []

    arrival = itertools.count()

    async def visit(plan: Visit) -> None:
        await asyncio.sleep(plan.arrives)
        order = next(arrival)
        async with asyncio.timeout(plan.patience):
            slot = await limiter.acquire(TRUNK)
        at = now()
        joined = plan.joins and await slot.join(CAMPAIGN)
        await asyncio.sleep(plan.setup)
        starts = None
        if plan.looks is not None:
            await slot.turn()
            await asyncio.sleep(plan.looks)
        if not plan.gives_up_setup:
            await slot.start()
            starts = now()
            await asyncio.sleep(plan.talks)
        granted.append(Granted(order, at, starts, now(), joined))
        slot.release()

    outcomes = await asyncio.gather(*(visit(plan) for plan in visits), return_exceptions=True)
    for plan, outcome in zip(visits, outcomes, strict=True):
        assert outcome is None or (isinstance(outcome, TimeoutError) and plan.patience is not None), outcome
    for scope in (TRUNK, CAMPAIGN):
        usage = limiter.usage(scope)
        assert (usage.live, usage.waiting) == (0, 0), "something was left behind"
    return granted


TICK_S = 1e-8


class Law:
    """The limits of one scope over time. At the very instant of an edit either side of it may hold."""

    def __init__(self, scope: str, edits: Sequence[Edit]) -> None:
        own = sorted((e for e in edits if e.scope == scope), key=lambda e: e.at)
        self.times = [e.at for e in own]
        self.limits = [Limits(), *(e.limits for e in own)]

    def during(self, first: float, last: float) -> list[Limits]:
        # The loop runs in one turn what is due within its clock's resolution: an edit may come that much too early.
        return self.limits[bisect_left(self.times, first - TICK_S) : sum(t <= last + TICK_S for t in self.times) + 1]

    def most(self, field: str, at: float) -> float:
        values = [getattr(limits, field) for limits in self.during(at, at)]
        return math.inf if None in values else max(values)

    def least_spacing(self, first: float, last: float) -> float:
        """What every limit in force from one start to the next asks for at least."""
        return min(1 / v if (v := limits.calls_per_second) else 0.0 for limits in self.during(first, last))


def check(law: Law, slots: Sequence[Granted]) -> None:
    """The laws that a carrier, or a person with a stop watch, could check from outside."""
    for slot in slots:
        live = sum(other.at <= slot.at < other.ends for other in slots)
        assert live <= law.most("max_concurrent", slot.at)
    stamps = sorted((s.starts, s.at) for s in slots if s.starts is not None)
    for number, (start, _) in enumerate(stamps):
        window = [granted for other, granted in stamps[: number + 1] if other >= start - WINDOW_S]
        # All of them held a place when the last of them was granted, so the limit of that moment bounds them.
        assert len(window) <= law.most("calls_per_minute", max(window))
        if number:
            before = stamps[number - 1][0]
            assert start >= before + law.least_spacing(before, start) - 1e-9
    grants = sorted(s.at for s in slots)
    for before, grant in itertools.pairwise(grants):
        assert grant >= before + law.least_spacing(before, grant) - 1e-9


@settings(max_examples=250, deadline=None)
@given(
    visits=st.lists(visits, max_size=6) | st.lists(visits, min_size=25, max_size=90),
    edits=st.lists(edits, max_size=8, unique_by=lambda edit: (edit.at, edit.scope)),
)
def test_the_limits_hold_under_random_traffic(visits: list[Visit], edits: list[Edit]) -> None:
    """Never too many at once, in any 60 s, or too close; first come first served; everybody is served in the end."""
    edits = [*edits, *(Edit(OPEN_AT, scope, OPEN) for scope in (TRUNK, CAMPAIGN))]
    granted = run_virtual(traffic(visits, edits))
    check(Law(TRUNK, edits), granted)
    check(Law(CAMPAIGN, edits), [slot for slot in granted if slot.joined])
    orders = [slot.order for slot in sorted(granted, key=lambda slot: (slot.at, slot.order))]
    assert orders == sorted(orders)


@settings(max_examples=100, deadline=None)
@given(arrivals=st.lists(seconds(300), min_size=1, max_size=120), per_minute=st.integers(1, 15))
def test_the_window_is_used_to_the_full(arrivals: list[float], per_minute: int) -> None:
    """A start waits only while the window really is full: exact, not merely safe."""

    async def body() -> list[float]:
        limiter = LocalLimiter()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=per_minute))

        async def call(at: float) -> float:
            await asyncio.sleep(at)
            slot = await limiter.acquire(TRUNK)
            await slot.start()
            return now()

        return sorted(await asyncio.gather(*(call(at) for at in arrivals)))

    expected: list[float] = []
    for at in sorted(arrivals):
        blocker = expected[-per_minute] + (WINDOW_S + 0.25) if len(expected) >= per_minute else 0.0
        expected.append(max(at, blocker))
    assert run_virtual(body) == pytest.approx(expected, abs=1e-4)
