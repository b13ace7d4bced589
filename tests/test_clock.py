"""Time that can be real, scaled or virtual, and always agrees with the loop's timers."""

from __future__ import annotations

import asyncio
import socket
import time
import weakref
from datetime import UTC, date, datetime

import pytest

from dialconsole.clock import LoopClock, RealClock, ScaledLoop, VirtualLoop, posix, run_virtual, utc

START = datetime(2026, 3, 3, 15, 10, tzinfo=UTC)


def test_a_virtual_day_passes_at_once_and_to_the_microsecond() -> None:
    """Sleeping is jumping; wall time follows the loop."""

    async def main() -> None:
        clock = LoopClock(START)
        await asyncio.sleep(86_400)
        assert clock.time() == pytest.approx(posix(START) + 86_400, abs=1e-4)
        assert clock.now().date() == date(2026, 3, 4)

    run_virtual(main)


def test_virtual_timers_fire_in_their_order() -> None:
    """However they were made."""

    async def main() -> list[int]:
        seen: list[int] = []
        loop = asyncio.get_running_loop()
        for delay in (5, 1, 3, 2, 4):
            loop.call_later(delay, seen.append, delay)
        await asyncio.sleep(10)
        return seen

    assert run_virtual(main) == [1, 2, 3, 4, 5]


def test_virtual_timers_of_one_instant_fire_in_the_order_of_their_making() -> None:
    """So that a simulated day can be repeated, whatever else was waiting."""

    async def main() -> list[int]:
        seen: list[int] = []
        loop = asyncio.get_running_loop()
        at = loop.time() + 5
        for number in range(20):
            loop.call_at(at, seen.append, number)
            loop.call_later(1, seen.append, -1).cancel()
        await asyncio.sleep(10)
        return seen

    assert run_virtual(main) == list(range(20))


def test_cancelled_virtual_timers_do_not_pile_up() -> None:
    """A time-out of a day that is cancelled within the second would else be kept for that day."""

    async def main() -> int:
        loop = asyncio.get_running_loop()
        kept = []
        for _ in range(1000):
            timer = loop.call_later(86_400, print)
            kept.append(weakref.ref(timer))
            timer.cancel()
        del timer
        return sum(handle() is not None for handle in kept)

    assert run_virtual(main) < 200


def test_a_socket_is_heard_before_virtual_time_goes_on() -> None:
    """What has arrived is read before the next timer is jumped to."""

    async def main() -> bytes:
        here, there = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=here)
        there.sendall(b"word")
        async with asyncio.timeout(0.001):
            heard = await reader.readexactly(4)
        there.close()
        writer.close()
        await writer.wait_closed()
        return heard

    assert run_virtual(main) == b"word"


def test_virtual_time_stands_still_while_a_thread_works() -> None:
    """A time-out must not overtake real work."""

    def work() -> str:
        time.sleep(0.02)
        return "done"

    async def main() -> str:
        async with asyncio.timeout(1):
            return await asyncio.to_thread(work)

    assert run_virtual(main) == "done"


def test_a_scaled_loop_runs_its_timers_faster() -> None:
    """At x1000, 20 loop seconds are 20 real milliseconds."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(20)
        return loop.time() - before

    with asyncio.Runner(loop_factory=lambda: ScaledLoop(1000)) as runner:
        assert runner.run(main()) >= 20


def test_a_scaled_loop_refuses_a_rate_that_is_none() -> None:
    """Time does not stand still or run backwards."""
    with pytest.raises(ValueError, match="cannot run at 0"):
        ScaledLoop(0)


def test_a_real_clock_notices_a_jump_and_keeps_its_own_time_until_settled() -> None:
    """Suspend, an NTP step, a person with ``date -s``: the wall clock leaves the monotonic one."""

    async def main() -> None:
        wall = [1000.0]
        clock = RealClock(wall=lambda: wall[0])
        assert clock.jumped() == 0
        wall[0] += 3600
        assert clock.jumped() == pytest.approx(3600, abs=1)
        assert clock.time() == pytest.approx(1000, abs=1)
        clock.settle()
        assert clock.jumped() == 0
        assert clock.time() == pytest.approx(4600, abs=1)

    run_virtual(main)


def test_slow_drift_is_no_jump() -> None:
    """NTP slews by milliseconds all day."""

    async def main() -> None:
        wall = [1000.0]
        clock = RealClock(wall=lambda: wall[0])
        wall[0] += 1.5
        assert clock.jumped() == 0

    run_virtual(main)


def test_naive_datetimes_have_no_instant() -> None:
    """Nobody guesses a zone."""
    with pytest.raises(ValueError, match="no time zone"):
        posix(START.replace(tzinfo=None))
    assert posix(utc(12.5)) == 12.5


def test_a_callback_that_fails_on_a_virtual_loop_is_told_and_stops_nothing() -> None:
    """The loop's exception handler hears of it, as on every loop; what is due after it comes."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        told: list[dict[str, object]] = []
        loop.set_exception_handler(lambda _, context: told.append(context))
        after = loop.create_future()
        loop.call_later(1, int, "no number")
        loop.call_soon(int, "nor this")
        loop.call_later(2, after.set_result, None)
        await after
        assert [type(context["exception"]) for context in told] == [ValueError, ValueError]
        assert "no number" in str(told[1]["message"])

    run_virtual(main)


def test_nothing_can_be_asked_of_a_virtual_loop_that_is_closed() -> None:
    """Neither soon nor later."""
    loop = VirtualLoop()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(int)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_at(1.0, int)
