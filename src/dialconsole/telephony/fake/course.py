"""The course of a call: all that will happen after the INVITE if nobody interferes, worked out when it is dialed.

Callee, order and machine detection are all known at that moment, so the whole call can be written down as a few steps
and played with one timer at a time. A test can read a course without running anything, and 100,000 of them are cheap.
Rejected: a coroutine per call that sleeps from step to step (a task per call, and hanging up means cancelling it).
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import Final

from msgspec import Struct

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony import sip
from dialconsole.telephony.backend import CallEnd, CallOrder
from dialconsole.telephony.detection import Detection, Who, detect
from dialconsole.telephony.fake.behaviour import Refusal
from dialconsole.telephony.fake.callee import Callee

NO_REPLY_S: Final = 5.0
"""How long to wait for any reply at all. Timer B of RFC 3261 would be 32 s; a training does not need them."""

CARRIER_REPLY_S: Final = 0.06
"""What a carrier that does not want a call takes to say so."""

BEEP_S: Final = 0.8
"""From the end of a greeting to the start of our message."""

_RUNG_OUT: Final = CallEnd(Outcome.NO_ANSWER, detail=sip.describe(None, ring_timeout=True))


class Step(Struct, frozen=True, gc=False):
    after_s: float
    """Seconds after the INVITE."""
    kind: EventKind
    detail: str = ""


_Said = tuple[float, EventKind, str]
"""A step before it is one: seconds after the answer, kind, detail."""

_after_s = itemgetter(0)


class Course(Struct, frozen=True, gc=False):
    """Steps in order of time, and the end at ``ends_after_s`` with it."""

    steps: tuple[Step, ...]
    ends_after_s: float
    end: CallEnd


NEVER_REPLIED: Final = Course((), NO_REPLY_S, CallEnd(Outcome.TRUNK_FAULT, detail=sip.describe(None)))
"""The carrier is away."""


def course_of(order: CallOrder, callee: Callee) -> Course:
    """What this order comes to with this callee.

    The ring time-out counts from the INVITE, as the trunk counts it: then a call dialed one ring time-out before the
    window closes never rings past it. ``max_call_s`` counts from the answer.
    """
    if callee.refusal is not None:
        return _refused(order, callee, callee.refusal)
    answered_s = callee.rings_after_s + callee.answers_after_s
    if answered_s >= order.ring_timeout_s:
        return _rung_out(order, callee)
    return _answered(order, callee, answered_s)


def refused_by_the_carrier(refusal: Refusal) -> Course:
    """The carrier itself says no, before any callee is asked."""
    return Course((), CARRIER_REPLY_S, _end_of(refusal))


def _refused(order: CallOrder, callee: Callee, refusal: Refusal) -> Course:
    refused_s = callee.rings_after_s + callee.refuses_after_s
    if refused_s >= order.ring_timeout_s:
        return _rung_out(order, callee)
    steps = (Step(callee.rings_after_s, EventKind.RINGING),) if refusal.rings else ()
    return Course(steps, refused_s, _end_of(refusal))


def _rung_out(order: CallOrder, callee: Callee) -> Course:
    rings = callee.rings_after_s < order.ring_timeout_s
    steps = (Step(callee.rings_after_s, EventKind.RINGING),) if rings else ()
    return Course(steps, order.ring_timeout_s, _RUNG_OUT)


def _answered(order: CallOrder, callee: Callee, answered_s: float) -> Course:
    """From the answer on. Times inside are seconds after the answer, until the last line."""
    detection = detect(callee.speech, order.silence_after_s)
    steps: list[_Said] = []
    if detection.at < callee.stays_s:
        kind = EventKind.HUMAN if detection.who is Who.HUMAN else EventKind.MACHINE
        steps.append((detection.at, kind, detection.sentence))
    if steps and detection.who is Who.MACHINE:
        outcome = Outcome.VOICEMAIL
        more, ends_s, hang_up = _machine(order, callee, detection)
    else:
        outcome = Outcome.ANSWERED
        more, ends_s, hang_up = _conversation(order, callee)
    steps += more
    if ends_s > order.max_call_s:
        ends_s, hang_up = order.max_call_s, f"the call reached its limit of {order.max_call_s:g} s"
        steps = [step for step in steps if step[0] < ends_s]
        if detection.at >= ends_s:
            outcome = Outcome.ANSWERED  # cut before anybody could tell
    steps.sort(key=_after_s)
    steps.append((ends_s, EventKind.HANG_UP, hang_up))
    from_invite = [Step(callee.rings_after_s, EventKind.RINGING), Step(answered_s, EventKind.ANSWERED)]
    from_invite += [Step(answered_s + after_s, kind, detail) for after_s, kind, detail in steps]
    return Course(tuple(from_invite), answered_s + ends_s, _over(outcome, hang_up))


def _machine(order: CallOrder, callee: Callee, detection: Detection) -> tuple[list[_Said], float, str]:
    """Hang up, or wait for the beep and leave the message. A person taken for a machine may be gone before its end."""
    if order.on_machine is OnMachine.HANG_UP:
        return [], detection.at, "hung up on the machine"
    greeted_s = max((stop for _, stop in callee.speech), default=0.0)
    left_s = max(detection.at, greeted_s + BEEP_S if greeted_s else 0.0) + callee.message_s
    if left_s > callee.stays_s:
        return [], callee.stays_s, "the callee hung up during the message"
    return [(left_s, EventKind.MESSAGE, f"left, {callee.message_s:.0f} s")], left_s, "the agent hung up"


def _conversation(order: CallOrder, callee: Callee) -> tuple[list[_Said], float, str]:
    """Talk until the goodbye. A machine taken for a person never says it: ``max_call_s`` ends that call."""
    wish = [(callee.wish_after_s, EventKind.OPT_OUT, callee.wish)] if callee.wish else []
    return wish, callee.stays_s, "the agent hung up" if callee.agent_ends else "the callee hung up"


@cache
def _over(outcome: Outcome, hang_up: str) -> CallEnd:
    """The end of a call that was answered. Of the limit of a call there are as many as campaigns have settings."""
    return CallEnd(outcome, 200, "OK", hang_up)


@cache
def _end_of(refusal: Refusal) -> CallEnd:
    detail = sip.describe(refusal.code, refusal.reason, retry_after_s=refusal.retry_after_s)
    return CallEnd(refusal.outcome, refusal.code, refusal.reason, detail)
