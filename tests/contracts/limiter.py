"""What every ``Limiter`` must do, wherever it keeps its books. Subclassed once for each implementation.

A subclass gives ``make``: a fresh limiter on the running loop. Every test runs on a virtual loop, so an implementation
that asks a server for the time needs a server that takes it from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from dialconsole.clock import VirtualLoop, run_virtual
from dialconsole.limits.limiter import GUARD_S, TURN_S, WINDOW_S, Limiter, Slot, Usage
from dialconsole.model.campaign import Limits

TRUNK = "trunk:main"
CAMPAIGN = "campaign:reminders"

Self = TypeVar("Self")


def virtual(test: Callable[[Self], Awaitable[None]]) -> Callable[[Self], None]:
    """Run an asynchronous test method on virtual time."""

    @wraps(test)
    def run(self: Self) -> None:
        run_virtual(lambda: test(self))

    return run


def now() -> float:
    return asyncio.get_running_loop().time()


async def turn() -> None:
    """Let everything that is ready run, without time passing."""
    for _ in range(10):
        await asyncio.sleep(0)


def stall(seconds: float) -> None:
    """Let time pass as if something had blocked the loop: timers are due, and nothing has run yet."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop._now += seconds


async def started(limiter: Limiter, scope: str = TRUNK) -> Slot:
    slot = await limiter.acquire(scope)
    await slot.start()
    return slot


async def moments(limiter: Limiter, count: int, act: Callable[[Slot], Awaitable[Any]] | None = None) -> list[float]:
    """When each of ``count`` acquirers that come at once has its slot (and has done ``act``), in order of arrival."""

    async def one() -> float:
        slot = await limiter.acquire(TRUNK)
        if act is not None:
            await act(slot)
        return now()

    return list(await asyncio.gather(*(one() for _ in range(count))))


class LimiterContract:
    def make(self) -> Limiter:
        raise NotImplementedError

    # -- concurrency --

    @virtual
    async def test_a_scope_without_limits_grants_at_once(self) -> None:
        """Nobody set a limit, so nothing is limited, and the gauges still count."""
        limiter = self.make()
        assert limiter.has_room(TRUNK)
        assert await moments(limiter, 50) == [0.0] * 50
        assert limiter.usage(TRUNK) == Usage(limits=Limits(), live=50, starts=50, waiting=0, next_at=None, full="")

    @virtual
    async def test_concurrency_is_never_over(self) -> None:
        """A third slot is only there when one of the two is released."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=2))
        first, _ = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        third = asyncio.ensure_future(limiter.acquire(TRUNK))
        await asyncio.sleep(1000)
        assert not third.done()
        usage = limiter.usage(TRUNK)
        assert (usage.live, usage.waiting, usage.full, usage.next_at) == (2, 1, "concurrent", None)
        first.release()
        await third
        assert limiter.usage(TRUNK).live == 2

    @virtual
    async def test_release_is_idempotent(self) -> None:
        """Releasing a slot twice frees one place."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=2))
        slot = await limiter.acquire(TRUNK)
        await limiter.acquire(TRUNK)
        slot.release()
        slot.release()
        assert limiter.usage(TRUNK).live == 1

    @virtual
    async def test_first_come_first_served(self) -> None:
        """Slots go out in the order in which they were asked for, also to those who come when one falls free."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        order: list[int] = []

        async def caller(number: int) -> None:
            await asyncio.sleep(number * 0.5)
            slot = await limiter.acquire(TRUNK)
            order.append(number)
            await asyncio.sleep(0.5)  # ends in the very instant in which another arrives
            slot.release()

        await asyncio.gather(*(caller(number) for number in range(20)))
        assert order == list(range(20))

    # -- the window --

    @virtual
    async def test_starts_in_any_60_seconds(self) -> None:
        """The fourth start waits until the first has left the window, and the guard time besides."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=3))
        assert await moments(limiter, 4, lambda slot: slot.start()) == [0.0, 0.0, 0.0, WINDOW_S + GUARD_S]

    @virtual
    async def test_a_reservation_counts_from_its_start_not_from_its_grant(self) -> None:
        """A slot that sets up for 40 s holds its place for a minute after those 40 s."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        slot = await limiter.acquire(TRUNK)
        await asyncio.sleep(40)
        assert limiter.usage(TRUNK).next_at is None  # nobody can know when it will start
        await slot.start()
        slot.release()
        usage = limiter.usage(TRUNK)
        assert (usage.live, usage.starts, usage.full) == (0, 1, "per_minute")
        assert usage.next_at == 40 + WINDOW_S + GUARD_S
        await limiter.acquire(TRUNK)
        assert now() == 40 + WINDOW_S + GUARD_S

    @virtual
    async def test_a_waiter_learns_when_a_reservation_starts(self) -> None:
        """Who came before anybody could say when a place comes free is woken when it does."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        slot = await limiter.acquire(TRUNK)
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await asyncio.sleep(10)
        await slot.start()
        await waiter
        assert now() == 10 + WINDOW_S + GUARD_S

    @virtual
    async def test_a_slot_that_never_started_leaves_no_trace(self) -> None:
        """Giving an unused reservation back makes its place in the window free at once."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        (await limiter.acquire(TRUNK)).release()
        assert limiter.usage(TRUNK).starts == 0
        await limiter.acquire(TRUNK)
        assert now() == 0.0

    @virtual
    async def test_a_released_start_stays_in_the_window(self) -> None:
        """A short call counts for its whole minute."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        (await started(limiter)).release()
        assert not limiter.has_room(TRUNK)
        await asyncio.sleep(WINDOW_S)
        assert not limiter.has_room(TRUNK)
        await asyncio.sleep(GUARD_S)
        assert limiter.has_room(TRUNK)

    @virtual
    async def test_none_a_minute(self) -> None:
        """0 calls per minute grants nothing, ever, until the limit is raised."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=0))
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await asyncio.sleep(86_400)
        assert not waiter.done()
        assert not limiter.has_room(TRUNK)
        assert limiter.usage(TRUNK).full == "per_minute"
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        await waiter
        assert now() == 86_400.0

    # -- the spacing --

    @virtual
    async def test_grants_are_paced(self) -> None:
        """A hundred who come at once are not all granted at once: each gets its slot when it could start."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=4.0))
        assert await moments(limiter, 100) == [n / 4 for n in range(100)]

    @virtual
    async def test_starts_are_spaced(self) -> None:
        """Slots whose set-up ends at the same instant start one after the other, in that order."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        slots = [await limiter.acquire(TRUNK) for _ in range(4)]
        await asyncio.sleep(10)
        order: list[tuple[int, float]] = []

        async def start(number: int) -> None:
            await slots[number].start()
            order.append((number, now()))

        await asyncio.gather(*(start(number) for number in (2, 0, 3, 1)))
        assert order == [(2, 13.0), (0, 14.0), (3, 15.0), (1, 16.0)]

    @virtual
    async def test_spacing_says_when(self) -> None:
        """Between two starts the gauge names the spacing, and the instant at which it is over."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.5))
        await started(limiter)
        usage = limiter.usage(TRUNK)
        assert (usage.full, usage.next_at) == ("per_second", 2.0)

    @virtual
    async def test_spacing_of_every_scope_joined(self) -> None:
        """A slot under two scopes starts when both allow it."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        limiter.set_limits(CAMPAIGN, Limits(calls_per_second=0.25))
        slow = [await self.joined(limiter, at) for at in (0.0, 4.0)]
        other = await limiter.acquire(TRUNK)
        assert now() == 5.0
        await slow[0].start()
        waiting = asyncio.ensure_future(slow[1].start())
        await turn()
        assert not waiting.done()
        await other.start()
        assert now() == 6.0  # the trunk is not held up by what waits for the campaign
        await waiting
        assert now() == 9.0

    async def joined(self, limiter: Limiter, at: float) -> Slot:
        await asyncio.sleep(at - now())
        slot = await limiter.acquire(TRUNK)
        assert await slot.join(CAMPAIGN)
        return slot

    @virtual
    async def test_a_cancelled_start_makes_way(self) -> None:
        """Who leaves while it waits for the spacing delays nobody, and counts nowhere once it is released."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0, calls_per_minute=10))
        slots = [await limiter.acquire(TRUNK) for _ in range(3)]
        await slots[0].start()
        leaving = asyncio.ensure_future(slots[1].start())
        staying = asyncio.ensure_future(slots[2].start())
        await turn()
        leaving.cancel()
        await staying
        assert now() == 3.0
        slots[1].release()
        assert limiter.usage(TRUNK).starts == 2

    # -- the turn --

    async def waiting(self, limiter: Limiter, count: int) -> list[Slot]:
        """Slots that are set up on a trunk which has just started a call, and lets the next one go in 4 s."""
        slots = [await limiter.acquire(TRUNK) for _ in range(count + 1)]
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.25))
        await slots[0].start()
        return slots[1:]

    @virtual
    async def test_a_turn_comes_shortly_before_its_start(self) -> None:
        """Time for a look, and the pace is kept; asking twice changes nothing."""
        limiter = self.make()
        for number, slot in enumerate(await self.waiting(limiter, 3), 1):
            await slot.turn()
            await slot.turn()
            assert now() == 4.0 * number - TURN_S
            await asyncio.sleep(0.25)
            await slot.start()
            assert now() == 4.0 * number

    @virtual
    async def test_nobody_starts_before_the_slot_whose_turn_it_is(self) -> None:
        """However long it looks, its start is the next and counts from when it is made; the rest keep their order."""
        limiter = self.make()
        slow, *others = await self.waiting(limiter, 3)
        await slow.turn()
        later = [asyncio.ensure_future(slot.turn() if number else slot.start()) for number, slot in enumerate(others)]
        await asyncio.sleep(10.0 - now())
        assert not any(future.done() for future in later)
        await slow.start()
        assert now() == 10.0
        await later[0]
        assert now() == 14.0
        await later[1]
        assert now() == 18.0 - TURN_S

    @virtual
    async def test_a_turn_that_is_given_up_is_the_next_ones(self) -> None:
        """Released without a start, or cancelled in the line: nobody waits for it, and it counts nowhere."""
        limiter = self.make()
        first, second, third = await self.waiting(limiter, 3)
        await first.turn()
        leaving, staying = asyncio.ensure_future(second.turn()), asyncio.ensure_future(third.start())
        await asyncio.sleep(6.0 - now())
        leaving.cancel()
        first.release()
        await staying
        assert now() == 6.0
        second.release()
        assert limiter.usage(TRUNK).starts == 2

    @virtual
    async def test_a_turn_that_was_given_stays_given(self) -> None:
        """A limit that is cut between the turn and the start holds from the next one on."""
        limiter = self.make()
        slot, following = await self.waiting(limiter, 2)
        await slot.turn()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.01))
        await slot.start()
        assert now() == 4.0
        await following.start()
        assert now() == 104.0

    @virtual
    async def test_a_turn_is_one_of_every_scope_joined(self) -> None:
        """It comes when the slowest allows it, and holds up both until its start."""
        limiter = self.make()
        slots = [await limiter.acquire(TRUNK) for _ in range(3)]
        for slot in slots[:2]:
            assert await slot.join(CAMPAIGN)
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        limiter.set_limits(CAMPAIGN, Limits(calls_per_second=0.25))
        await slots[0].start()
        await slots[1].turn()
        assert now() == 4.0 - TURN_S
        other = asyncio.ensure_future(slots[2].start())
        await slots[1].start()
        assert (now(), other.done()) == (4.0, False)
        await other
        assert now() == 5.0

    # -- joining --

    @virtual
    async def test_join_takes_nothing_when_full(self) -> None:
        """A scope without room says no at once; the slot stays valid where it is."""
        limiter = self.make()
        limiter.set_limits(CAMPAIGN, Limits(max_concurrent=1))
        first, second = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        assert await first.join(CAMPAIGN)
        assert not limiter.has_room(CAMPAIGN)
        assert not await second.join(CAMPAIGN)
        assert (limiter.usage(CAMPAIGN).live, limiter.usage(TRUNK).live) == (1, 2)
        second.release()
        assert (limiter.usage(CAMPAIGN).live, limiter.usage(TRUNK).live) == (1, 1)
        first.release()
        assert (limiter.usage(CAMPAIGN).live, limiter.usage(TRUNK).live) == (0, 0)

    @virtual
    async def test_joining_twice_takes_one_place(self) -> None:
        """A slot has at most one place under a scope."""
        limiter = self.make()
        slot = await limiter.acquire(TRUNK)
        assert await slot.join(CAMPAIGN)
        assert await slot.join(CAMPAIGN)
        assert limiter.usage(CAMPAIGN).live == 1

    @virtual
    async def test_a_joined_slot_counts_in_every_window(self) -> None:
        """One start is a start of the trunk and of the campaign."""
        limiter = self.make()
        slot = await limiter.acquire(TRUNK)
        await slot.join(CAMPAIGN)
        await slot.start()
        assert (limiter.usage(CAMPAIGN).starts, limiter.usage(TRUNK).starts) == (1, 1)
        slot.release()
        assert (limiter.usage(CAMPAIGN).starts, limiter.usage(TRUNK).starts) == (1, 1)

    # -- a late loop --

    @virtual
    async def test_nobody_overtakes_on_a_late_loop(self) -> None:
        """While a place is due to somebody who waits, there is no room for whoever comes now."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        await limiter.acquire(TRUNK)
        first = asyncio.ensure_future(limiter.acquire(TRUNK))
        await turn()
        joiner = await limiter.acquire(CAMPAIGN)
        stall(1.5)
        assert not limiter.has_room(TRUNK)
        assert not await joiner.join(TRUNK)
        second = asyncio.ensure_future(limiter.acquire(TRUNK))
        await first
        assert (now(), second.done()) == (1.5, False)
        await second
        assert now() == 2.5

    @virtual
    async def test_no_start_overtakes_on_a_late_loop(self) -> None:
        """The spacing that is over belongs to the slot that has waited for it."""
        limiter = self.make()
        slots = [await limiter.acquire(TRUNK) for _ in range(3)]
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        await slots[0].start()
        waiting = asyncio.ensure_future(slots[1].start())
        await turn()
        stall(1.5)
        await slots[2].start()
        assert waiting.done()
        assert now() == 2.5

    @virtual
    async def test_no_start_overtakes_between_scopes_on_a_late_loop(self) -> None:
        """A slot let go by its campaign lines up behind the older ones of its trunk."""
        limiter = self.make()
        first, older = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        await first.join(CAMPAIGN)
        younger = await limiter.acquire(CAMPAIGN)
        await younger.join(TRUNK)
        slots = [first, older, younger]
        limiter.set_limits(CAMPAIGN, Limits(calls_per_second=1.25))
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        await first.start()
        order: list[int] = []

        async def start(number: int) -> None:
            await slots[number].start()
            order.append(number)

        starting = [asyncio.ensure_future(start(number)) for number in (1, 2)]
        await turn()
        stall(1.5)
        await asyncio.gather(*starting)
        assert order == [1, 2]

    # -- calls that outlived a crash --

    @virtual
    async def test_occupying_asks_nobody(self) -> None:
        """A call found alive holds its places beyond the limits; others wait until there are fewer."""
        limiter = self.make()
        for scope in (TRUNK, CAMPAIGN):
            limiter.set_limits(scope, Limits(max_concurrent=1))
        found = [limiter.occupy((TRUNK, CAMPAIGN), started_ago=30.0) for _ in range(2)]
        assert (limiter.usage(TRUNK).live, limiter.usage(CAMPAIGN).live) == (2, 2)
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        for slot, granted in zip(found, (False, True), strict=True):
            slot.release()
            await turn()
            assert waiter.done() is granted

    @virtual
    async def test_an_occupied_place_counts_from_its_own_start(self) -> None:
        """Starts of the last minute before the crash leave the window one by one, whatever order they are told in."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=2))
        for ago in (10.0, 40.0, 100.0):
            limiter.occupy((TRUNK,), started_ago=ago).release()
        assert limiter.usage(TRUNK).starts == 2
        assert await moments(limiter, 2) == [WINDOW_S + GUARD_S - 40, WINDOW_S + GUARD_S - 10]

    @virtual
    async def test_spacing_after_an_occupied_place(self) -> None:
        """The next start keeps its distance from a start before the crash, and no older one shortens it."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        for ago in (4.0, 30.0):
            limiter.occupy((TRUNK,), started_ago=ago)
        assert await moments(limiter, 1, lambda slot: slot.start()) == [6.0]
        limiter.occupy((TRUNK,), started_ago=30.0)
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        assert await moments(limiter, 1) == [16.0]

    # -- live edits --

    @virtual
    async def test_raising_wakes_at_once(self) -> None:
        """Everybody for whom the new limit has a place is granted in that instant, in order."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=2))
        waiting = [asyncio.ensure_future(limiter.acquire(TRUNK)) for _ in range(100)]
        await asyncio.sleep(5)
        limiter.set_limits(TRUNK, Limits(max_concurrent=50))
        await turn()
        assert now() == 5.0
        assert [task.done() for task in waiting] == [True] * 50 + [False] * 50
        for task in waiting:
            task.cancel()

    @virtual
    async def test_lowering_cuts_nothing(self) -> None:
        """Calls above a lowered limit go on; the next is granted when there are fewer than it allows."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=3))
        slots = [await limiter.acquire(TRUNK) for _ in range(3)]
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        assert limiter.usage(TRUNK).live == 3
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        for slot, granted in zip(slots, (False, False, True), strict=True):
            slot.release()
            await turn()
            assert waiter.done() is granted

    @virtual
    async def test_a_reservation_survives_a_lowered_window(self) -> None:
        """What was granted before an edit may start after it; then the new bound holds."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=3))
        slots = [await limiter.acquire(TRUNK) for _ in range(3)]
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        for slot in slots:
            await slot.start()
            await asyncio.sleep(10)
        assert limiter.usage(TRUNK).next_at == 20 + WINDOW_S + GUARD_S
        await limiter.acquire(TRUNK)
        assert now() == 20 + WINDOW_S + GUARD_S

    @virtual
    async def test_a_raised_window_remembers(self) -> None:
        """Starts made under a smaller limit, or none, count under the next one."""
        limiter = self.make()
        for _ in range(4):
            await started(limiter)
        limiter.set_limits(TRUNK, Limits(calls_per_minute=5))
        assert await moments(limiter, 2) == [0.0, WINDOW_S + GUARD_S]

    @virtual
    async def test_spacing_changes_while_slots_wait(self) -> None:
        """A faster pace lets the waiting go at once, counted from the last grant and the last start."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.01))
        await started(limiter)
        waiting = asyncio.ensure_future(moments(limiter, 2, lambda slot: slot.start()))
        await asyncio.sleep(20)
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        assert await waiting == [20.0, 30.0]

    @virtual
    async def test_an_edit_is_no_way_around_the_spacing(self) -> None:
        """Setting limits again lets nobody go early, neither to a grant nor to a start."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        slot = await limiter.acquire(TRUNK)
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        assert await moments(limiter, 1) == [10.0]
        await slot.start()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.2))
        assert await moments(limiter, 1, lambda slot: slot.start()) == [15.0]

    @virtual
    async def test_a_slower_pace_holds_for_waiting_starts(self) -> None:
        """A start that already waits keeps to the new spacing too."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_second=1.0))
        first, second = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        await first.start()
        assert now() == 1.0
        waiting = asyncio.ensure_future(second.start())
        await turn()
        limiter.set_limits(TRUNK, Limits(calls_per_second=0.1))
        await waiting
        assert now() == 11.0

    @virtual
    async def test_slots_of_a_removed_scope_stay_valid(self) -> None:
        """Removing a scope cuts no call, and its slots can still start and be released."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        slot = await limiter.acquire(TRUNK)
        limiter.remove(TRUNK)
        await slot.start()
        slot.release()
        assert limiter.has_room(TRUNK)

    @virtual
    async def test_a_scope_made_again_remembers_its_window(self) -> None:
        """Removing a scope and setting it again is no way around the minute."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        (await started(limiter)).release()
        limiter.remove(TRUNK)
        limiter.set_limits(TRUNK, Limits(calls_per_minute=1))
        await limiter.acquire(TRUNK)
        assert now() == WINDOW_S + GUARD_S

    # -- cancelling --

    @virtual
    async def test_a_cancelled_waiter_gives_its_place_in_the_line_back(self) -> None:
        """Those behind move up, and the gauge forgets it."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        slot = await limiter.acquire(TRUNK)
        first, second = (asyncio.ensure_future(limiter.acquire(TRUNK)) for _ in range(2))
        await turn()
        first.cancel()
        await turn()
        assert limiter.usage(TRUNK).waiting == 1
        slot.release()
        await second
        assert limiter.usage(TRUNK).live == 1

    @virtual
    async def test_cancelled_in_the_turn_of_its_grant(self) -> None:
        """The slot goes to the next in line in the same instant, also where slots are granted one a second."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1, calls_per_second=1.0))
        slot = await limiter.acquire(TRUNK)
        first, second = (asyncio.ensure_future(limiter.acquire(TRUNK)) for _ in range(2))
        await asyncio.sleep(5)
        slot.release()
        first.cancel()
        await second
        assert first.cancelled()
        assert (now(), limiter.usage(TRUNK).live) == (5.0, 1)

    @virtual
    async def test_cancelled_in_the_turn_of_its_grant_with_nobody_behind(self) -> None:
        """The slot goes back."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        slot = await limiter.acquire(TRUNK)
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await turn()
        slot.release()
        waiter.cancel()
        await turn()
        assert waiter.cancelled()
        assert (limiter.usage(TRUNK).live, limiter.usage(TRUNK).waiting) == (0, 0)
        assert limiter.has_room(TRUNK)

    @virtual
    async def test_granted_in_the_turn_of_its_cancelling(self) -> None:
        """A slot released just after the first in line was cancelled goes to the second."""
        limiter = self.make()
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        slot = await limiter.acquire(TRUNK)
        first, second = (asyncio.ensure_future(limiter.acquire(TRUNK)) for _ in range(2))
        await turn()
        first.cancel()
        slot.release()
        await second
        assert limiter.usage(TRUNK).live == 1

    # -- word of room --

    @virtual
    async def test_word_of_room_after_a_release(self) -> None:
        """Who was refused hears once when a call ends."""
        limiter = self.make()
        told: list[tuple[str, float]] = []
        limiter.on_room(lambda scope: told.append((scope, now())))
        limiter.set_limits(CAMPAIGN, Limits(max_concurrent=1))
        slot, other = await limiter.acquire(TRUNK), await limiter.acquire(TRUNK)
        await slot.join(CAMPAIGN)
        assert not await other.join(CAMPAIGN)
        await asyncio.sleep(7)
        slot.release()
        await asyncio.sleep(100)
        assert told == [(CAMPAIGN, 7.0)]

    @virtual
    async def test_word_of_room_by_time(self) -> None:
        """The window and the spacing make room by themselves, and that is told at the instant it happens."""
        limiter = self.make()
        told: list[float] = []
        limiter.on_room(lambda scope: told.append(now()))
        limiter.set_limits(TRUNK, Limits(calls_per_minute=2, calls_per_second=0.5))
        await started(limiter)
        assert not limiter.has_room(TRUNK)
        await asyncio.sleep(10)
        assert told == [2.0]
        await started(limiter)
        assert not limiter.has_room(TRUNK)
        await asyncio.sleep(100)
        assert told == [2.0, WINDOW_S + GUARD_S]

    @virtual
    async def test_word_of_room_after_an_edit(self) -> None:
        """Raising a limit tells at once."""
        limiter = self.make()
        told: list[str] = []
        limiter.on_room(told.append)
        limiter.set_limits(CAMPAIGN, Limits(max_concurrent=0))
        assert not limiter.has_room(CAMPAIGN)
        limiter.set_limits(CAMPAIGN, Limits(max_concurrent=1))
        assert told == [CAMPAIGN]

    @virtual
    async def test_no_word_of_room_that_a_waiter_takes(self) -> None:
        """A place that goes to somebody in line was never free."""
        limiter = self.make()
        told: list[str] = []
        limiter.on_room(told.append)
        limiter.set_limits(TRUNK, Limits(max_concurrent=1))
        slot = await limiter.acquire(TRUNK)
        assert not limiter.has_room(TRUNK)
        waiter = asyncio.ensure_future(limiter.acquire(TRUNK))
        await turn()
        slot.release()
        assert not limiter.has_room(TRUNK)
        assert told == []
        (await waiter).release()
        assert told == [TRUNK]
