"""How a call waits: for a while, or until something happens to it."""

from __future__ import annotations

import asyncio

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock, run_virtual
from dialconsole.telephony.livekit.call import Call, Surroundings
from dialconsole.telephony.livekit.pace import Pace
from kit.livekit_rig import SETTINGS, TUESDAY, order


def waiting_call() -> Call:
    around = Surroundings(None, SETTINGS, LoopClock(TUESDAY), Pace(600))  # type: ignore[arg-type]
    return Call(order(), RecordingLine(), around)


def test_a_pause_ends_early_when_something_happens() -> None:
    """By hanging up, and by a webhook."""

    async def main() -> None:
        loop, call = asyncio.get_running_loop(), waiting_call()
        for wake, at in ((call.hang_up, 2.0), (call.nudge, 3.0)):
            loop.call_at(at, wake)
            await call.pause(10.0)
            assert loop.time() == at
        await call.pause(10.0)
        assert loop.time() == 13.0

    run_virtual(main)


def test_what_happens_between_two_pauses_ends_the_next() -> None:
    """As during a look: it is not forgotten, and it is not remembered twice."""

    async def main() -> None:
        loop, call = asyncio.get_running_loop(), waiting_call()
        await call.pause(1.0)
        call.hang_up()
        call.nudge()
        await call.pause(10.0)
        assert loop.time() == 1.0
        await call.pause(10.0)
        assert loop.time() == 11.0

    run_virtual(main)
