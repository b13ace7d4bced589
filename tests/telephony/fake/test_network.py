"""Trouble that is not the callee's: a carrier that throttles or is away, agents that run short."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import msgspec
import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock, run_virtual, utc
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallOrder, Found
from dialconsole.telephony.fake import FakeBackend, load_scenario
from dialconsole.telephony.fake.scenario import Carrier

TALKS, GREETS = "+12125550110", "+12125550111"


def backend(**carrier: object) -> FakeBackend:
    """A fake whose carrier has these troubles."""
    scenario = msgspec.structs.replace(load_scenario("basic"), carrier=msgspec.convert(carrier, Carrier))
    return FakeBackend(scenario, seed=1, clock=LoopClock(utc(1_772_550_000)))


def order(number: str = TALKS, attempt: str = "att-1") -> CallOrder:
    return CallOrder(attempt, number, "+12125550199", "reminders", "main")


def test_too_many_calls_a_second_are_throttled() -> None:
    """Three taken in any second; the rest get 503 with Retry-After, and never rang."""

    async def main() -> tuple[Counter[Outcome], CallEnd]:
        fake = backend(max_cps=3, retry_after_s=[7, 9])
        lines = [RecordingLine() for _ in range(10)]
        gate = asyncio.Event()
        for line in lines:
            line.on_question = gate.wait  # type: ignore[assignment]
        calls = [asyncio.create_task(fake.place(order(TALKS, f"att-{n}"), line)) for n, line in enumerate(lines)]
        await asyncio.sleep(2.0)
        gate.set()
        ends = await asyncio.gather(*calls)
        refused = next(end for end in ends if end.outcome is Outcome.THROTTLED)
        return Counter(end.outcome for end in ends), refused

    outcomes, refused = run_virtual(main())
    assert outcomes == {Outcome.ANSWERED: 3, Outcome.THROTTLED: 7}
    assert (refused.sip_code, refused.sip_reason) == (503, "Service Unavailable")
    assert any(f"retry after {seconds} s" in refused.detail for seconds in (7, 8, 9))


@pytest.mark.parametrize("max_cps", [3, 1.5, 0.4])
def test_exactly_the_allowed_rate_is_taken(max_cps: float) -> None:
    """A trunk that keeps to the carrier's rate is never refused, whatever floats do."""

    async def main() -> set[Outcome]:
        fake, loop = backend(max_cps=max_cps), asyncio.get_running_loop()
        starts = (2.0 + n / max_cps for n in range(300))

        async def call(n: int, at: float) -> Outcome:
            line = RecordingLine()

            async def spacing() -> None:
                await asyncio.sleep(at - loop.time())

            line.on_question = spacing
            return (await fake.place(order(TALKS, f"att-{n}"), line)).outcome

        return set(await asyncio.gather(*(call(n, at) for n, at in enumerate(starts))))

    assert run_virtual(main()) == {Outcome.ANSWERED}


def test_an_outage_is_the_trunks_fault() -> None:
    """During an outage nothing replies; after it the same number answers."""

    async def main() -> tuple[CallEnd, list[EventKind], CallEnd]:
        fake, line = backend(outage_every_s=100, outage_for_s=40), RecordingLine()
        await asyncio.sleep(60)
        during = await fake.place(order(TALKS, "att-1"), line)
        await asyncio.sleep(40)
        return during, line.kinds, await fake.place(order(TALKS, "att-2"), RecordingLine())

    during, kinds, after = run_virtual(main())
    assert (during.outcome, during.sip_code) == (Outcome.TRUNK_FAULT, None)
    assert kinds == [EventKind.ROOM, EventKind.AGENT_READY, EventKind.DIALING]
    assert after.outcome is Outcome.ANSWERED


def test_nothing_can_be_found_during_an_outage() -> None:
    """Unreachable says nothing about a call of an earlier process; one's own calls are known all the same."""

    async def main() -> list[Found]:
        fake, line = backend(outage_every_s=100, outage_for_s=40), RecordingLine()
        own = asyncio.create_task(fake.place(order("+12125550122", "own"), line))
        await line.reached(EventKind.HUMAN)
        before = await fake.find("stranger")
        await asyncio.sleep(61)
        found = [before, await fake.find("stranger"), await fake.find("own")]
        own.cancel()
        return found

    assert run_virtual(main()) == [Found.GONE, Found.UNREACHABLE, Found.ALIVE]


def test_calls_in_progress_survive_an_outage() -> None:
    """Only new calls fail."""

    async def main() -> CallEnd:
        fake = backend(outage_every_s=30, outage_for_s=29)
        return await fake.place(order(TALKS), RecordingLine())

    assert run_virtual(main()).outcome is Outcome.ANSWERED


def test_no_free_agent_ends_before_the_phone_rings() -> None:
    """The second of two calls with one agent waits ten seconds and is not dialed, nor asked about."""

    async def main() -> tuple[CallEnd, RecordingLine, float]:
        fake, first, second = backend(agents=1), RecordingLine(), RecordingLine()
        call = asyncio.create_task(fake.place(order("+12125550122", "att-1"), first))
        await first.reached(EventKind.RINGING)
        before = asyncio.get_running_loop().time()
        end = await fake.place(order(TALKS, "att-2"), second)
        waited_s = asyncio.get_running_loop().time() - before
        call.cancel()
        return end, second, waited_s

    end, line, waited_s = run_virtual(main())
    assert end.outcome is Outcome.AGENT_UNAVAILABLE
    assert line.kinds == [EventKind.ROOM]
    assert line.questions == []
    assert waited_s == pytest.approx(10.0, abs=0.01)


def test_every_end_gives_the_agent_back() -> None:
    """Ended, refused, hung up in each phase, cancelled, not allowed, or broken: the one agent is free again."""

    async def main() -> Outcome:
        fake = backend(agents=1)
        for n, number in enumerate((TALKS, GREETS, "+12125550114", "+12125550121")):
            await fake.place(order(number, f"end-{n}"), RecordingLine())
        await fake.place(order(TALKS, "no"), RecordingLine(answer=False))
        for kind in (EventKind.ROOM, EventKind.RINGING, EventKind.HUMAN):
            for cancelled in (True, False):
                await end_at(fake, kind, cancelled=cancelled)
        broken = RecordingLine()
        broken.on_question = fail
        with pytest.raises(ZeroDivisionError):
            await fake.place(order(TALKS, "broken"), broken)
        assert await fake.find("broken") is Found.GONE
        return (await fake.place(order(TALKS, "last"), RecordingLine())).outcome

    assert run_virtual(main()) is Outcome.ANSWERED


async def end_at(fake: FakeBackend, kind: EventKind, *, cancelled: bool) -> None:
    """Place a call and end it at the first event of this kind, by cancelling its task or by hanging up."""
    attempt, line = f"{kind}-{cancelled}", RecordingLine()
    call = asyncio.create_task(fake.place(order(TALKS, attempt), line))
    await line.reached(kind)
    if cancelled:
        call.cancel()
    else:
        await fake.hang_up(attempt)
    with contextlib.suppress(asyncio.CancelledError):
        await call


async def fail() -> None:
    raise ZeroDivisionError
