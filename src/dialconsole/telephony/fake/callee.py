"""Who is at the other end: what one callee does with one attempt.

Everything is drawn from (seed, number, attempt) alone, never from the order of calls or from the time. So a run can be
repeated to the byte, and a change in pacing or in a list's order changes *when* people are called, not what they do. An
attempt that the carrier spoiled does not count and comes again under the same number; ``spoiled`` tells those apart, or
one unlucky draw would spoil it for ever.
"""

from __future__ import annotations

import bisect
import itertools
import math
import struct
from hashlib import blake2b
from typing import Final

from msgspec import Struct

from dialconsole.telephony.fake.behaviour import REFUSALS, Behaviour, Refusal
from dialconsole.telephony.fake.patterns import pattern_of
from dialconsole.telephony.fake.scenario import Scenario, Span

NEVER: Final = math.inf

_DIGEST: Final = struct.Struct("<16I")
_Draws = tuple[int, ...]
"""A digest of 64 bytes, taken for sixteen even draws from [0, 2 ** 32)."""
_STEP: Final = 2.0**-32

# Each thing has a draw of its own: one more thing to be drawn changes none of the others.
_BEHAVIOUR, _AGENT, _POST_DIAL, _RING, _FIRST_WORD, _WORDS, _TALK, _TALK_TOO, _GOODBYE, _MESSAGE, _WISH, _WISH_AFTER = (
    range(12)
)

_MACHINES: Final = frozenset({Behaviour.VOICEMAIL, Behaviour.VOICEMAIL_SILENT})

_WISHES: Final = (
    "Please do not call me again.",
    "Take me off your list.",
    "Stop calling this number.",
    "I do not want these calls any more.",
)


class Callee(Struct, frozen=True, gc=False):
    """One callee in one attempt. Seconds; ``rings_after_s`` from the INVITE, the rest as said."""

    agent_ready_s: float
    """From the order to the agent's listening: not the callee's doing, but drawn with it."""
    rings_after_s: float
    """Or is refused, if the refusal comes without ringing."""
    answers_after_s: float = NEVER
    """From the first ring."""
    refusal: Refusal | None = None
    refuses_after_s: float = 0.0
    """From the first ring; 0 without ringing."""
    speech: tuple[tuple[float, float], ...] = ()
    """When the callee speaks until the agent replies: (start, stop) after the answer."""
    stays_s: float = NEVER
    """From the answer until one of the two says goodbye. Machines stay."""
    agent_ends: bool = False
    """Who says goodbye first."""
    wish: str = ""
    """The words of a callee who asks not to be called again, spoken ``wish_after_s`` after the answer."""
    wish_after_s: float = 0.0
    message_s: float = 0.0
    """What leaving our message takes, should the callee be taken for a machine."""


class Cast:
    """Draws the callees of one trunk: scenario and seed."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._times = scenario.times
        self._behaviours = list(scenario.weights)
        self._bounds = list(itertools.accumulate(scenario.weights.values()))
        self._seed = seed

    def callee(self, number: str, attempt_no: int, spoiled: int = 0) -> Callee:
        key = f"{self._seed}:{number}:{attempt_no}" + (f":{spoiled}" if spoiled else "")
        # The digest itself is the draws: to seed a generator with it would take ten times as long.
        draws = _DIGEST.unpack(blake2b(key.encode(), digest_size=_DIGEST.size).digest())
        pattern = pattern_of(number)
        behaviour = pattern.behaviour if pattern else self._any_behaviour(draws)
        agent_ready_s = _between(self._times.agent_ready_s, draws[_AGENT])
        refusal = REFUSALS.get(behaviour)
        if refusal is not None:
            return self._refuser(agent_ready_s, behaviour, refusal, draws)
        rings_after_s = _between(self._times.post_dial_s, draws[_POST_DIAL])
        if behaviour is Behaviour.RINGS_ON:
            return Callee(agent_ready_s, rings_after_s)
        answers_after_s = _between(self._times.ring_s, draws[_RING])
        if behaviour in _MACHINES:
            return self._machine(agent_ready_s, rings_after_s, answers_after_s, behaviour, draws)
        return self._person(agent_ready_s, rings_after_s, answers_after_s, behaviour, draws)

    def _refuser(self, agent_ready_s: float, behaviour: Behaviour, refusal: Refusal, draws: _Draws) -> Callee:
        times = self._times
        if not refusal.rings:
            return Callee(agent_ready_s, _between(times.refusal_s, draws[_POST_DIAL]), refusal=refusal)
        after = times.decline_s if behaviour is Behaviour.DECLINED else times.give_up_s
        return Callee(
            agent_ready_s,
            _between(times.post_dial_s, draws[_POST_DIAL]),
            refusal=refusal,
            refuses_after_s=_between(after, draws[_RING]),
        )

    def _machine(
        self, agent_ready_s: float, rings_after_s: float, answers_after_s: float, behaviour: Behaviour, draws: _Draws
    ) -> Callee:
        return Callee(
            agent_ready_s,
            rings_after_s,
            answers_after_s,
            speech=(self._utterance(self._times.greeting_s, draws),) if behaviour is Behaviour.VOICEMAIL else (),
            message_s=_between(self._times.message_s, draws[_MESSAGE]),
        )

    def _person(
        self, agent_ready_s: float, rings_after_s: float, answers_after_s: float, behaviour: Behaviour, draws: _Draws
    ) -> Callee:
        times = self._times
        wish, wish_after_s = "", 0.0
        hello: tuple[tuple[float, float], ...] = (self._utterance(times.hello_s, draws),)
        if behaviour is Behaviour.HANGS_UP:
            hello, stays_s = (), _between(times.hangs_up_s, draws[_TALK])
        elif behaviour is Behaviour.OPT_OUT:
            wish = _WISHES[draws[_WISH] % len(_WISHES)]
            wish_after_s = _between(times.opt_out_s, draws[_WISH_AFTER])
            stays_s = wish_after_s + _between((2.0, 5.0), draws[_TALK])
        else:
            span = times.long_call_s if behaviour is Behaviour.LONG_CALL else times.talk_s
            stays_s = _lognormal(span, draws[_TALK], draws[_TALK_TOO])
        agent_ends = behaviour is not Behaviour.HANGS_UP and draws[_GOODBYE] % 2 == 0
        message_s = _between(times.message_s, draws[_MESSAGE])
        return Callee(
            agent_ready_s, rings_after_s, answers_after_s, None, 0.0,
            hello, stays_s, agent_ends, wish, wish_after_s, message_s,
        )  # fmt: skip

    def _any_behaviour(self, draws: _Draws) -> Behaviour:
        bounds = self._bounds
        # The last bound may be reached by rounding; it must not lead past the end of the list.
        place = bisect.bisect_right(bounds, draws[_BEHAVIOUR] * _STEP * bounds[-1], 0, len(bounds) - 1)
        return self._behaviours[place]

    def _utterance(self, length_s: Span, draws: _Draws) -> tuple[float, float]:
        start = _between(self._times.first_word_s, draws[_FIRST_WORD])
        return start, start + _between(length_s, draws[_WORDS])


def _between(span: Span, draw: int) -> float:
    least, most = span
    return least + (most - least) * (draw * _STEP)


def _lognormal(span: Span, draw: int, another: int) -> float:
    """Log-normal with 95 % of its mass inside the span, cut at its ends."""
    least, most = span
    if not 0 < least < most:
        return most
    middle, spread = math.log(least * most) / 2, math.log(most / least) / 4
    # Box and Muller: two even draws make one normal one. The first must not be 0.
    deviation = math.sqrt(-2 * math.log(1.0 - draw * _STEP)) * math.cos(math.tau * another * _STEP)
    return min(max(math.exp(middle + spread * deviation), least), most)
