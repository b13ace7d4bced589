"""The fake backend beyond the contract: repeatability, cost, and the end of a process."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from collections import Counter
from collections.abc import Iterable

import msgspec

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock, VirtualLoop, run_virtual, utc
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallOrder, Found
from dialconsole.telephony.fake import FakeBackend, FakeNetwork, load_scenario
from dialconsole.telephony.fake.behaviour import REFUSALS, Behaviour
from dialconsole.telephony.fake.callee import Cast
from dialconsole.telephony.fake.scenario import Carrier

TALKS, OPTS_OUT = "+12125550110", "+12125550120"


def backend(*, seed: int = 1, network: FakeNetwork | None = None) -> FakeBackend:
    return FakeBackend(load_scenario("basic"), seed=seed, clock=LoopClock(utc(1_772_550_000)), network=network)


def order(number: str = TALKS, attempt: str = "att-1", **changes: object) -> CallOrder:
    return msgspec.structs.replace(CallOrder(attempt, number, "+12125550199", "reminders", "main"), **changes)


async def place_all(fake: FakeBackend, orders: Iterable[CallOrder], *, at_once: int = 50) -> dict[str, CallEnd]:
    """Place all, so many at a time; ends by attempt."""
    ends: dict[str, CallEnd] = {}
    remaining = iter(orders)

    async def worker() -> None:
        for each in remaining:
            ends[each.attempt] = await fake.place(each, RecordingLine())

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())
    return ends


def test_order_and_pace_change_nothing() -> None:
    """Same seed: each attempt ends the same, one at a time or fifty at once, forwards or backwards."""
    orders = [order(f"+1212{5560000 + n}", f"att-{n}") for n in range(200)]

    async def ends(placed: list[CallOrder], at_once: int) -> dict[str, CallEnd]:
        return await place_all(backend(seed=5), placed, at_once=at_once)

    assert run_virtual(ends(orders, 50)) == run_virtual(ends(orders[::-1], 1))


def test_same_run_same_ladder() -> None:
    """Same seed, same orders: the same events at the same instants."""

    async def ladder() -> list[object]:
        fake, line = backend(seed=9), RecordingLine()
        for n in range(30):
            await fake.place(order(f"+1303{5560000 + n}", f"att-{n}"), line)
        return list(line.events)

    assert run_virtual(ladder()) == run_virtual(ladder())


def test_a_call_that_is_over_is_freed_at_once() -> None:
    """Nothing of it waits for the garbage collector, which a day of 100,000 calls would keep busy."""

    async def main() -> None:
        fake = backend()
        for number in (TALKS, "+12125550114", "+12125550121"):  # answered, busy, rings on
            line = RecordingLine()
            await fake.place(order(number), line)
            heard = weakref.ref(line)
            del line
            assert heard() is None

    gc.disable()
    try:
        run_virtual(main)
    finally:
        gc.enable()


def test_another_seed_is_another_day() -> None:
    """Seeds differ in what happens."""
    orders = [order(f"+1212{5560000 + n}", f"att-{n}") for n in range(50)]

    async def outcomes(seed: int) -> list[Outcome]:
        return [end.outcome for end in (await place_all(backend(seed=seed), orders)).values()]

    assert run_virtual(outcomes(1)) != run_virtual(outcomes(2))


def test_outcomes_come_as_weighted() -> None:
    """2,000 calls of ``basic``: each outcome within four standard deviations of the weights that lead to it."""
    many, expected = 2000, Counter[Outcome]()
    weights = load_scenario("basic").weights
    for behaviour, weight in weights.items():
        expected[outcome_of(behaviour)] += int(weight)

    async def main() -> Counter[Outcome]:
        orders = [order(f"+1{202 + n % 700}{5560000 + n}", f"att-{n}", ring_timeout_s=60.0) for n in range(many)]
        return Counter(end.outcome for end in (await place_all(backend(seed=3), orders)).values())

    seen = run_virtual(main())
    assert set(seen) == set(expected)
    for outcome, weight in expected.items():
        share = weight / sum(weights.values())
        assert abs(seen[outcome] / many - share) <= 4 * (share * (1 - share) / many) ** 0.5, outcome


def outcome_of(behaviour: Behaviour) -> Outcome:
    if behaviour in REFUSALS:
        return REFUSALS[behaviour].outcome
    if behaviour is Behaviour.RINGS_ON:
        return Outcome.NO_ANSWER
    machines = (Behaviour.VOICEMAIL, Behaviour.VOICEMAIL_SILENT)
    return Outcome.VOICEMAIL if behaviour in machines else Outcome.ANSWERED


def test_few_timers_per_call() -> None:
    """What makes 100,000 calls cheap: an answered call sets no more than a timer for each of its steps."""

    async def main() -> int:
        loop, timers = asyncio.get_running_loop(), 0
        call_at = loop.call_at

        def counting(*args: object, **kwargs: object) -> asyncio.TimerHandle:
            nonlocal timers
            timers += 1
            return call_at(*args, **kwargs)  # type: ignore[arg-type]

        loop.call_at = counting  # type: ignore[method-assign]
        await backend().place(order(TALKS), RecordingLine())
        return timers

    assert run_virtual(main()) == 5


def test_calls_end_with_their_process() -> None:
    """Without a shared network a crash leaves nothing behind: the next process finds the call gone."""

    async def main() -> tuple[Found, list[EventKind]]:
        fake, line = backend(), RecordingLine()
        call = asyncio.create_task(fake.place(order(TALKS), line))
        await line.reached(EventKind.HUMAN)
        fake.crash()
        call.cancel()
        await asyncio.sleep(300)
        return await backend().find("att-1"), line.kinds

    found, kinds = run_virtual(main())
    assert found is Found.GONE
    assert kinds[-1] is EventKind.HUMAN


def test_a_crash_tells_nobody() -> None:
    """``place`` of a dead process never returns, whatever its call was doing."""

    async def main() -> set[bool]:
        fake = backend()
        calls = []
        for kind in (EventKind.HUMAN, EventKind.RINGING, EventKind.ROOM):
            line = RecordingLine()
            calls.append(asyncio.create_task(fake.place(order(TALKS, kind), line)))
            await line.reached(kind)
        fake.crash()
        await asyncio.sleep(1000)
        done = {call.done() for call in calls}
        for call in calls:
            call.cancel()
        return done

    assert run_virtual(main()) == {False}


def test_closing_lets_calls_go_on() -> None:
    """``place`` returns that nobody knows; the call lives in the network and can be adopted."""

    async def main() -> tuple[CallEnd, Found, CallEnd]:
        shared = FakeNetwork(Carrier(), LoopClock(utc(1_772_550_000)))
        first, line = backend(network=shared), RecordingLine()
        call = asyncio.create_task(first.place(order(TALKS), line))
        await line.reached(EventKind.HUMAN)
        await first.close()
        left, second = await call, backend(network=shared)
        return left, await second.find("att-1"), await second.adopt(order(TALKS), RecordingLine())

    left, found, adopted = run_virtual(main())
    assert left.outcome is Outcome.UNKNOWN
    assert found is Found.ALIVE
    assert adopted.outcome is Outcome.ANSWERED


def test_cancelling_after_closing_hangs_nothing_up() -> None:
    """An engine that closes its backend and then cancels its tasks leaves the calls alive."""

    async def main() -> Found:
        shared = FakeNetwork(Carrier(), LoopClock(utc(1_772_550_000)))
        first, line = backend(network=shared), RecordingLine()
        call = asyncio.create_task(first.place(order(TALKS), line))
        await line.reached(EventKind.HUMAN)
        await first.close()
        call.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await call
        return await backend(network=shared).find("att-1")

    assert run_virtual(main()) is Found.ALIVE


def test_closing_gives_every_timer_back() -> None:
    """Nothing keeps the loop busy after ``close`` of a backend with a network of its own."""

    async def main() -> tuple[set[Outcome], int]:
        fake, calls = backend(), []
        for kind in (EventKind.HUMAN, EventKind.RINGING, EventKind.ROOM):
            line = RecordingLine()
            calls.append(asyncio.create_task(fake.place(order(TALKS, kind), line)))
            await line.reached(kind)
        await fake.close()
        ends = await asyncio.gather(*calls)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        return {end.outcome for end in ends}, len(loop.pending())

    assert run_virtual(main()) == ({Outcome.CANCELLED, Outcome.UNKNOWN}, 0)


def test_a_closed_backend_dials_nothing() -> None:
    """``place`` after ``close`` is cancelled before anything happens."""

    async def main() -> tuple[CallEnd, RecordingLine]:
        fake, line = backend(), RecordingLine()
        await fake.close()
        return await fake.place(order(TALKS), line), line

    end, line = run_virtual(main())
    assert end.outcome is Outcome.CANCELLED
    assert line.events == []


def test_closing_during_the_last_question_dials_nothing() -> None:
    """A yes to a backend that has been closed in the meantime comes too late."""

    async def main() -> tuple[CallEnd, RecordingLine]:
        fake, line = backend(), RecordingLine()
        line.on_question = fake.close
        return await fake.place(order(TALKS), line), line

    end, line = run_virtual(main())
    assert end.outcome is Outcome.CANCELLED
    assert EventKind.DIALING not in line.kinds


def test_a_wish_spoken_while_nobody_listened_is_heard() -> None:
    """An opt-out between crash and adoption reaches the engine that adopts: it must never be lost."""

    async def main() -> RecordingLine:
        shared = FakeNetwork(Carrier(), LoopClock(utc(1_772_550_000)))
        first, line = backend(network=shared), RecordingLine()
        call = asyncio.create_task(first.place(order(OPTS_OUT), line))
        await line.reached(EventKind.HUMAN)
        first.crash()
        call.cancel()
        wish_at = line.heard[EventKind.ANSWERED] + Cast(load_scenario("basic"), 1).callee(OPTS_OUT, 1).wish_after_s
        await asyncio.sleep(wish_at + 1.0 - asyncio.get_running_loop().time())
        second, late = backend(network=shared), RecordingLine()
        await second.adopt(order(OPTS_OUT), late)
        assert late.heard[EventKind.OPT_OUT] > wish_at
        return late

    line = run_virtual(main())
    assert line.kinds == [EventKind.ANSWERED, EventKind.HUMAN, EventKind.OPT_OUT, EventKind.HANG_UP]
    assert [event.at for event in line.events] == sorted(event.at for event in line.events)


def test_the_last_to_adopt_hears_the_call() -> None:
    """Who watched before has lost sight of it, and says so instead of waiting for ever."""

    async def main() -> tuple[CallEnd, CallEnd]:
        shared = FakeNetwork(Carrier(), LoopClock(utc(1_772_550_000)))
        first, second, line = backend(network=shared), backend(network=shared), RecordingLine()
        call = asyncio.create_task(first.place(order(TALKS), line))
        await line.reached(EventKind.HUMAN)
        end = await second.adopt(order(TALKS), RecordingLine())
        return await call, end

    first, second = run_virtual(main())
    assert (first.outcome, second.outcome) == (Outcome.UNKNOWN, Outcome.ANSWERED)


class CancellingLine(RecordingLine):
    """Cancels the task of its call in the very turn in which the call ends."""

    task: asyncio.Task[CallEnd]

    def event(self, event: CallEvent) -> None:
        super().event(event)
        if event.kind is EventKind.HANG_UP:
            self.task.cancel()


def test_ended_and_cancelled_at_one_instant_ends_once() -> None:
    """The call ended by itself; the cancelled task does not hang it up a second time."""

    async def main() -> tuple[bool, list[EventKind], Found]:
        fake, line = backend(), CancellingLine()
        line.task = asyncio.create_task(fake.place(order("+12125550123"), line))
        await asyncio.wait([line.task])
        return line.task.cancelled(), line.kinds, await fake.find("att-1")

    cancelled, kinds, found = run_virtual(main())
    assert cancelled
    assert kinds.count(EventKind.HANG_UP) == 1
    assert found is Found.GONE
