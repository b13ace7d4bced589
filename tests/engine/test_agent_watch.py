"""Agents that do not come, with the whole engine in virtual time: a name that nobody runs stops its campaign, aloud."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

from dialconsole.clock import LoopClock
from dialconsole.engine.agent_watch import MISSED, AgentWatch
from dialconsole.engine.breaker import FIRST_WAIT_S
from dialconsole.engine.notices import Notices
from dialconsole.model.campaign import Limits, LiveKitSettings, Trunk
from dialconsole.model.outcome import CampaignState, ContactStatus, Outcome
from dialconsole.model.request.campaigns import PauseCampaign, SetCampaign, StartCampaign
from dialconsole.model.request.looking import GetStatus, ListAudit, ShowCampaign
from dialconsole.model.request.trunks import ResetTrunk
from dialconsole.model.view import CampaignView, Circuit
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder
from kit.engine import NOON_EAST, WIDE_OPEN, Callee, Room, ScriptedBackend, number, open_room, virtual

HOUR = 3600.0
READY_S = 10.0
ONE_BY_ONE = Limits(max_concurrent=1, calls_per_minute=60, calls_per_second=1.0)
MAIN = Trunk(name="main", limits=ONE_BY_ONE, livekit=LiveKitSettings(agent="reminders"))


class Workers(ScriptedBackend):
    """A backend whose calls need an agent: who is in ``running`` takes them, the others never come."""

    def __init__(self) -> None:
        super().__init__(lambda _: Callee(talk_s=5))
        self.running = {"reminders"}
        self.asked: list[tuple[float, str]] = []

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        agent = order.agent or "reminders"
        self.asked.append((self.clock.time(), agent))
        if agent not in self.running:
            await asyncio.sleep(READY_S)
            if agent not in self.running:
                return CallEnd(Outcome.AGENT_UNAVAILABLE, detail=f"No agent {agent!r} was ready within 10 s.")
        return await super().place(order, line)

    def asked_for(self, agent: str) -> list[float]:
        return [at for at, name in self.asked if name == agent]


async def campaign(room: Room, name: str = "spring") -> CampaignView:
    return (await room.ask(ShowCampaign(name=name))).view


def alerts(room: Room, word: str) -> list[str]:
    return [alert.sentence for alert in room.engine.floor.notices.all() if word in alert.sentence]


def test_three_calls_without_an_agent_hold_the_campaign(tmp_path: Path) -> None:
    """No fourth call: an alert and the campaign's hold name the agent, and the contacts keep their attempts."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(20)), agent="ghost")
            await asyncio.sleep(3 * READY_S + 20)
            assert len(workers.asked) == 3
            assert workers.dialed == []
            [alert] = alerts(room, "No agent 'ghost' takes calls of trunk main")
            assert "dialconsole trunk check main" in alert
            view = await campaign(room)
            hold = view.holds[0]
            assert (hold.code, hold.sentence) == ("no_agent", "no agent 'ghost' takes calls")
            assert (hold.count, view.ready) == (17, 0)
            assert hold.until is not None
            assert 0 < hold.until - room.clock.time() <= 30
            assert {a.attempt_no for a in await room.ledger.attempts()} == {1}
            [trunk] = (await room.ask(GetStatus())).trunks
            assert trunk.circuit is Circuit.CLOSED, "the trunk itself works"

    virtual(main)


def test_one_call_tries_at_growing_intervals(tmp_path: Path) -> None:
    """After 30 s, then after twice as long up to 10 min, one call at a time; the alert is not repeated."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(40)), agent="ghost", min_gap_s=0.0)
            await asyncio.sleep(HOUR)
            tries = workers.asked_for("ghost")[2:]
            waits = [round(later - earlier - READY_S) for earlier, later in pairwise(tries)]
            assert waits == [30, 60, 120, 240, 480, 600, 600, 600, 600]
            assert len(alerts(room, "No agent 'ghost'")) == 1

    virtual(main)


def test_the_first_call_with_an_agent_lets_all_go_on(tmp_path: Path) -> None:
    """The worker is started: the next trial is dialed, that is told, and the rest follows at once."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(6)), agent="ghost", min_gap_s=0.0)
            await asyncio.sleep(50)
            workers.running.add("ghost")
            await asyncio.sleep(60)
            assert len(alerts(room, "agent 'ghost' takes calls again")) == 1
            assert room.engine.floor.care.agents.missed == {}
            assert not [hold for hold in (await campaign(room)).holds if hold.code == "no_agent"]
            await asyncio.sleep(HOUR)
            assert (await campaign(room)).state is CampaignState.FINISHED
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 6}

    virtual(main)


def test_other_agents_of_the_trunk_go_on(tmp_path: Path) -> None:
    """Only campaigns that ask for the missing agent wait."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, limits=WIDE_OPEN, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(20)), agent="ghost")
            await room.campaign((number(i, "646") for i in range(5)), name="autumn")
            await asyncio.sleep(HOUR)
            assert (await campaign(room, "autumn")).completed == 5
            assert (await campaign(room)).live == 0

    virtual(main)


def test_a_miss_now_and_then_holds_nobody(tmp_path: Path) -> None:
    """Two misses and a call with an agent, over and over, as with a worker that is busy: the campaign goes on."""

    async def main() -> None:
        workers = Workers()
        count = 0

        class Busy(Workers):
            async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
                nonlocal count
                count += 1
                if count % 3:
                    return CallEnd(Outcome.AGENT_UNAVAILABLE, detail="busy")
                return await super().place(order, line)

        workers = Busy()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(12)), min_gap_s=0.0)
            await asyncio.sleep(3 * HOUR)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 12}
            assert alerts(room, "takes calls") == []

    virtual(main)


def test_a_trial_that_is_called_off_says_nothing(tmp_path: Path) -> None:
    """The campaign is paused during the trial and resumed: the next call is the trial, at once."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(20)), agent="ghost", min_gap_s=0.0)
            await asyncio.sleep(3 * READY_S + 30 + 5)
            assert len(workers.asked) == 4
            assert (await campaign(room)).holds[0].sentence.endswith("one call tries again")
            await room.ask(PauseCampaign(name="spring"))
            workers.running.add("ghost")  # so the trial gets its agent, and is then refused by the last check
            await asyncio.sleep(60)
            assert workers.dialed == []
            workers.running.discard("ghost")
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(1)
            assert len(workers.asked) == 5

    virtual(main)


def test_another_agent_or_a_reset_ends_the_wait(tmp_path: Path) -> None:
    """The name is set right: the campaign goes on at once. So it does when a person says that all is mended."""

    async def main() -> None:
        workers = Workers()
        async with open_room(tmp_path, backend=workers, trunk=MAIN) as room:
            await room.campaign((number(i) for i in range(20)), agent="ghost", min_gap_s=0.0)
            await asyncio.sleep(3 * READY_S + 10)
            assert len(workers.asked) == 3
            done = await room.ask(ResetTrunk(name="main"))
            assert "taken for sound again" in done.sentence
            [entry] = await room.ask(ListAudit(limit=1))
            assert entry.old == "agents missed"
            await asyncio.sleep(1)
            assert len(workers.asked) == 4
            await asyncio.sleep(60)
            assert (await campaign(room)).holds[0].code == "no_agent"
            await room.ask(SetCampaign(name="spring", fields={"agent": "reminders"}))
            await asyncio.sleep(READY_S)  # until the trial on its way is over
            assert workers.asked_for("reminders")

    virtual(main)


def test_a_timer_that_rings_a_hair_early_ends_the_wait_all_the_same() -> None:
    """A loop rings whatever is due within its clock's resolution; nothing else would ever let a call try."""

    async def main() -> None:
        loop, agent = asyncio.get_running_loop(), ("main", "reminders")
        clock = LoopClock(NOON_EAST)
        watch = AgentWatch(clock, Notices(clock, lambda id: None), lambda trunk: None)
        for i in range(MISSED):
            watch.not_there(agent, f"att-{i}")
        assert watch.holds(agent)
        loop.call_at(loop.time() + FIRST_WAIT_S - 5e-10, lambda: None)
        await asyncio.sleep(2 * FIRST_WAIT_S)
        assert not watch.holds(agent)

    virtual(main)
