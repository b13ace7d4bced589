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
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final, TypeVar

from msgspec import Struct

from dialconsole.telephony.fake.behaviour import REFUSALS, Behaviour, Refusal
from dialconsole.telephony.fake.patterns import pattern_of
from dialconsole.telephony.fake.scenario import Scenario, Span

T = TypeVar("T")

NEVER: Final = math.inf

_PARTS: Final = struct.Struct("<16I")
"""A digest as its draws: a callee takes eleven at most."""
_STEP: Final = 2.0**-32

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
        self._parts: Iterator[int] = iter(())

    def callee(self, number: str, attempt_no: int, spoiled: int = 0) -> Callee:
        key = f"{self._seed}:{number}:{attempt_no}" + (f":{spoiled}" if spoiled else "")
        # The digest itself is the draws: to seed a generator with it would take ten times as long.
        self._parts = iter(_PARTS.unpack(blake2b(key.encode(), digest_size=_PARTS.size).digest()))
        pattern = pattern_of(number)
        behaviour = pattern.behaviour if pattern else self._any_behaviour()
        agent_ready_s = self._between(self._times.agent_ready_s)
        refusal = REFUSALS.get(behaviour)
        if refusal is not None:
            return self._refuser(agent_ready_s, behaviour, refusal)
        rings_after_s = self._between(self._times.post_dial_s)
        if behaviour is Behaviour.RINGS_ON:
            return Callee(agent_ready_s, rings_after_s)
        answers_after_s = self._between(self._times.ring_s)
        if behaviour in (Behaviour.VOICEMAIL, Behaviour.VOICEMAIL_SILENT):
            return self._machine(agent_ready_s, rings_after_s, answers_after_s, behaviour)
        return self._person(agent_ready_s, rings_after_s, answers_after_s, behaviour)

    def _refuser(self, agent_ready_s: float, behaviour: Behaviour, refusal: Refusal) -> Callee:
        if not refusal.rings:
            return Callee(agent_ready_s, self._between(self._times.refusal_s), refusal=refusal)
        after = self._times.decline_s if behaviour is Behaviour.DECLINED else self._times.give_up_s
        return Callee(
            agent_ready_s,
            self._between(self._times.post_dial_s),
            refusal=refusal,
            refuses_after_s=self._between(after),
        )

    def _machine(
        self, agent_ready_s: float, rings_after_s: float, answers_after_s: float, behaviour: Behaviour
    ) -> Callee:
        speech: tuple[tuple[float, float], ...] = ()
        if behaviour is Behaviour.VOICEMAIL:
            speech = (self._utterance(self._times.greeting_s),)
        return Callee(
            agent_ready_s,
            rings_after_s,
            answers_after_s,
            speech=speech,
            message_s=self._between(self._times.message_s),
        )

    def _person(
        self, agent_ready_s: float, rings_after_s: float, answers_after_s: float, behaviour: Behaviour
    ) -> Callee:
        times = self._times
        wish, wish_after_s = "", 0.0
        hello: tuple[tuple[float, float], ...] = (self._utterance(times.hello_s),)
        if behaviour is Behaviour.HANGS_UP:
            hello, stays_s = (), self._between(times.hangs_up_s)
        elif behaviour is Behaviour.OPT_OUT:
            wish, wish_after_s = self._one_of(_WISHES), self._between(times.opt_out_s)
            stays_s = wish_after_s + self._between((2.0, 5.0))
        else:
            stays_s = self._lognormal(times.long_call_s if behaviour is Behaviour.LONG_CALL else times.talk_s)
        return Callee(
            agent_ready_s,
            rings_after_s,
            answers_after_s,
            speech=hello,
            stays_s=stays_s,
            agent_ends=behaviour is not Behaviour.HANGS_UP and self._draw() < 0.5,
            wish=wish,
            wish_after_s=wish_after_s,
            message_s=self._between(times.message_s),
        )

    def _draw(self) -> float:
        """The next draw, evenly from [0, 1)."""
        return next(self._parts) * _STEP

    def _one_of(self, things: Sequence[T]) -> T:
        return things[int(self._draw() * len(things))]

    def _any_behaviour(self) -> Behaviour:
        bounds = self._bounds
        # The last bound may be reached by rounding; it must not lead past the end of the list.
        place = bisect.bisect_right(bounds, self._draw() * bounds[-1], 0, len(bounds) - 1)
        return self._behaviours[place]

    def _utterance(self, length_s: Span) -> tuple[float, float]:
        start = self._between(self._times.first_word_s)
        return start, start + self._between(length_s)

    def _between(self, span: Span) -> float:
        least, most = span
        return least + (most - least) * (next(self._parts) * _STEP)

    def _lognormal(self, span: Span) -> float:
        """Log-normal with 95 % of its mass inside the span, cut at its ends."""
        least, most = span
        if not 0 < least < most:
            return most
        middle, spread = math.log(least * most) / 2, math.log(most / least) / 4
        # Box and Muller: two even draws make one normal one. The first must not be 0.
        deviation = math.sqrt(-2 * math.log(1.0 - self._draw())) * math.cos(math.tau * self._draw())
        return min(max(math.exp(middle + spread * deviation), least), most)
