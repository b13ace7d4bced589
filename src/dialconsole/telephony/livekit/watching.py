"""Staying with an answered call to its end.

Nobody tells us anything after the answer: no event says that the callee spoke, hung up, or that the agent's worker
died. So the room is looked at, as often as the trunk's budget allows, and each look is put to the ``Conversation``.
A webhook only makes the next look come at once; whatever it claims, the look decides.
"""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from dialconsole.model.agent_signals import Instruction
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import AgentLost
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.call import LOST, UNREACHABLE, Call
from dialconsole.telephony.livekit.conversation import LAST_WORDS_S, Conversation, Told
from dialconsole.telephony.livekit.pace import Waiting
from dialconsole.telephony.livekit.server import Failure
from dialconsole.telephony.livekit.sight import Sight

log = logging.getLogger(__name__)

SOONEST_S: Final = 1.2
"""After the answer: a short word and the pause behind it take longer, so there is nothing to be seen before."""

AGENT_GONE_S: Final = 2.0
"""How long an agent must be missing to be lost; a worker that reconnects is back by then."""


async def watch(call: Call) -> CallEnd:
    """Until the call is over. The room is the caller's to delete."""
    return await _Watch(call).run()


class _Watch:
    def __init__(self, call: Call) -> None:
        assert call.answered_at is not None
        self._call = call
        self._talk = Conversation(call.order, call.around.settings, call.answered_at)
        self._agent_missing_since: float | None = None
        self._second_agent_by: float | None = None
        """Until when an agent that was sent for may arrive; it is sent for once."""
        self._sent_for_agent = False
        self._left_at: float | None = None
        """When the callee left; the agent may have last words."""
        self._talk.recall(call.loop.time())

    async def run(self) -> CallEnd:
        call = self._call
        if self._talk.wants_verdict and not call.lost_sight:  # in the middle of a talk everybody sounds like a greeting
            call.listen(call.around.settings.verdict_s)
        waiting = self._waiting()
        call.around.pace.join(waiting)
        try:
            if not call.stopping():
                await call.pause(SOONEST_S)
            while (end := await self._step()) is None:
                call.around.pace.leave(waiting)
                waiting = self._waiting()
                call.around.pace.join(waiting)
                await call.pause(self._pause_s(waiting))
            return end
        finally:
            call.around.pace.leave(waiting)

    # -- one look -----------------------------------------------------------------------------------------------------

    async def _step(self) -> CallEnd | None:
        call = self._call
        if call.stopping():
            return LOST if call.abandoned else self._end("hung up by us")
        sight = await call.look()
        if call.stopping():
            return LOST if call.abandoned else self._end("hung up by us")
        now = call.loop.time()
        self._hear(sight, now)
        if self._left_at is not None:
            return self._after_the_callee(sight, now)
        if sight is not None and call.is_gone(sight):
            self._left_at = now
            call.tell(EventKind.HANG_UP, self._who_left())
            return self._after_the_callee(sight, now)
        self._tell(self._talk.tick(now, seen=sight is not None))
        if self._talk.done:
            return self._end(self._talk.done)
        if sight is None:
            return self._out_of_sight()
        return await self._look_after_agent(sight, now)

    def _waiting(self) -> Waiting:
        if self._left_at is not None:
            return Waiting.LAST_WORDS
        if self._talk.urgent or self._second_agent_by is not None or self._call.unsettled:
            return Waiting.VERDICT
        return Waiting.TALK_WITH_WEBHOOKS if self._call.around.webhooks() else Waiting.TALK

    def _pause_s(self, waiting: Waiting) -> float:
        until_due = self._talk.next_deadline() - self._call.loop.time()
        interval = self._call.interval(waiting)
        return min(interval, until_due) if until_due > 0 else interval

    def _out_of_sight(self) -> CallEnd | None:
        if not self._call.out_of_sight:
            return None
        return msgspec.structs.replace(UNREACHABLE, detail=f"It was answered. {UNREACHABLE.detail}")

    # -- the callee ---------------------------------------------------------------------------------------------------

    def _who_left(self) -> str:
        machine = self._talk.outcome is Outcome.VOICEMAIL
        return "the callee hung up during the message" if machine and not self._talk.done else "the callee hung up"

    def _after_the_callee(self, sight: Sight | None, now: float) -> CallEnd | None:
        assert self._left_at is not None
        silent = sight is not None and not sight.agents
        if silent or self._talk.done or not self._talk.has_last_words() or now - self._left_at >= LAST_WORDS_S:
            return CallEnd(self._talk.outcome, 200, "OK", self._who_left())
        return None

    def _end(self, why: str) -> CallEnd:
        self._call.tell(EventKind.HANG_UP, why)
        return CallEnd(self._talk.outcome, 200, "OK", why)

    # -- the agent ----------------------------------------------------------------------------------------------------

    async def _look_after_agent(self, sight: Sight, now: float) -> CallEnd | None:
        """Tell it what to do; notice if it is lost."""
        call = self._call
        if self._second_agent_by is not None:
            return self._second_agent(sight, now)
        if call.agent_identity in sight.agents:
            self._agent_missing_since = None
            await self._send_others_away(sight)
            await self._instruct(call.agent_identity)
            return None
        if self._agent_missing_since is None:
            self._agent_missing_since = now
        if now - self._agent_missing_since < max(AGENT_GONE_S, call.patience_s):
            return None
        if sight.listening:
            self._take_over(sight.listening[0])
            return None
        return await self._agent_lost(now)

    def _take_over(self, identity: str) -> None:
        """From now on this is the call's agent."""
        self._second_agent_by = self._agent_missing_since = None
        self._call.agent_identity = identity
        self._talk.agent_is_back()

    async def _send_others_away(self, sight: Sight) -> None:
        """One agent to a call. A LiveKit server that was restarted sends the agent into each room once more, and a
        callee would be talked to by two."""
        call = self._call
        for identity in sight.agents:
            if identity == call.agent_identity:
                continue
            try:
                await call.around.server.remove(call.order.attempt, identity)
            except Failure as error:
                log.warning("call %s: a second agent could not be sent away: %r", call.order.attempt, error)

    async def _agent_lost(self, now: float) -> CallEnd | None:
        call = self._call
        again = call.around.settings.agent_lost is AgentLost.DISPATCH and not self._sent_for_agent
        call.tell(EventKind.AGENT_LOST, "sending for another one" if again else "")
        if again and await self._send_for_agent():
            self._sent_for_agent = True
            self._second_agent_by = now + call.around.settings.agent_ready_s
            return None
        self._tell(self._talk.agent_lost(now))
        return self._end("the agent was lost, so the call was hung up")

    def _second_agent(self, sight: Sight, now: float) -> CallEnd | None:
        assert self._second_agent_by is not None
        if sight.listening:
            self._take_over(sight.listening[0])
            return None
        if now < self._second_agent_by:
            return None
        self._tell(self._talk.agent_lost(now))
        return self._end("the agent was lost and no other one came, so the call was hung up")

    async def _send_for_agent(self) -> bool:
        call = self._call
        try:
            await call.around.server.dispatch(call.order.attempt, call.agent, call.job())
        except Failure as error:
            log.warning("call %s: no second agent could be sent for: %r", call.order.attempt, error)
            return False
        return True

    async def _instruct(self, identity: str) -> None:
        """Send what is to be sent; if that fails, the next look tries again."""
        deed = self._talk.instruction
        if deed is None:
            return
        try:
            await self._call.around.server.send(
                self._call.order.attempt, identity, msgspec.json.encode(Instruction(deed))
            )
        except Failure as error:
            log.warning("call %s: the agent could not be told to %s: %r", self._call.order.attempt, deed, error)
            return
        if self._talk.instruction is deed:
            self._talk.instruction = None

    # -- what is heard ------------------------------------------------------------------------------------------------

    def _hear(self, sight: Sight | None, now: float) -> None:
        """From ourselves, from an agent that has left, from those in the room."""
        call = self._call
        self._talk.lost_sight = call.lost_sight
        if (detection := call.heard()) is not None:
            self._tell(self._talk.observe(detection, now))
        self._tell(self._talk.hear(call.reported, now))
        if sight is not None:
            if not call.agent_identity:  # an adopted call: who came first was there when the phone rang
                call.agent_identity = next(iter(sight.agents), "")
            self._tell(self._talk.hear(sight.report(call.agent_identity), now, present=sight.callee is not None))

    def _tell(self, steps: list[Told]) -> None:
        for step in steps:
            self._call.tell(step.kind, step.detail)
