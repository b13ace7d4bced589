"""The course of a call: what an order and a callee come to, without running anything."""

from __future__ import annotations

import msgspec
import pytest

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.backend import CallOrder
from dialconsole.telephony.fake.behaviour import REFUSALS, Behaviour, Refusal
from dialconsole.telephony.fake.callee import Callee
from dialconsole.telephony.fake.course import Step, course_of

ORDER = CallOrder("att-1", "+12125550110", "+12125550199", "reminders", "main")
PERSON = Callee(0.5, 1.0, answers_after_s=9.0, speech=((1.0, 1.5),), stays_s=60.0, message_s=12.0)
MACHINE = Callee(0.5, 1.0, answers_after_s=9.0, speech=((1.0, 7.0),), message_s=12.0)
SILENT = Callee(0.5, 1.0, answers_after_s=9.0, message_s=12.0)


def order(**changes: object) -> CallOrder:
    return msgspec.structs.replace(ORDER, **changes)


def but(callee: Callee, **changes: object) -> Callee:
    return msgspec.structs.replace(callee, **changes)


def ladder(order: CallOrder, callee: Callee) -> list[tuple[float, EventKind]]:
    return [(step.after_s, step.kind) for step in course_of(order, callee).steps]


def test_a_conversation() -> None:
    """Ringing, answered, a person half a second after the first words, and the goodbye."""
    course = course_of(ORDER, PERSON)
    assert ladder(ORDER, PERSON) == [
        (1.0, EventKind.RINGING),
        (10.0, EventKind.ANSWERED),
        (12.0, EventKind.HUMAN),
        (70.0, EventKind.HANG_UP),
    ]
    assert (course.ends_after_s, course.end.outcome, course.end.sip_code) == (70.0, Outcome.ANSWERED, 200)


def test_a_message_waits_for_the_end_of_the_greeting() -> None:
    """Known as a machine at 2.5 s of speech, but the message begins after the beep."""
    assert ladder(ORDER, MACHINE)[2:] == [
        (13.5, EventKind.MACHINE),
        (pytest.approx(29.8), EventKind.MESSAGE),
        (pytest.approx(29.8), EventKind.HANG_UP),
    ]
    assert course_of(ORDER, MACHINE).end.outcome is Outcome.VOICEMAIL


@pytest.mark.parametrize("silence_after_s", [3.0, 3.5, 4.0])
def test_silence_rule_is_the_campaigns(silence_after_s: float) -> None:
    """A mailbox without greeting is told by the order's own setting."""
    placed = order(silence_after_s=silence_after_s, on_machine=OnMachine.HANG_UP)
    assert ladder(placed, SILENT)[2:] == [
        (10.0 + silence_after_s, EventKind.MACHINE),
        (10.0 + silence_after_s, EventKind.HANG_UP),
    ]


def test_slow_people_are_taken_for_machines() -> None:
    """The price of the silence rule: who speaks after 3.8 s is a person at 4 s and a machine at 3.5 s."""
    slow = but(PERSON, speech=((3.8, 4.3),))
    assert course_of(order(silence_after_s=3.5), slow).end.outcome is Outcome.VOICEMAIL
    assert course_of(order(silence_after_s=4.0), slow).end.outcome is Outcome.ANSWERED


def test_a_person_taken_for_a_machine_may_leave_during_the_message() -> None:
    """Then no message was left."""
    course = course_of(ORDER, but(PERSON, speech=(), stays_s=6.0))
    assert EventKind.MESSAGE not in [step.kind for step in course.steps]
    assert (course.ends_after_s, course.end.detail) == (16.0, "the callee hung up during the message")


def test_hanging_up_before_a_word_is_answered() -> None:
    """Neither person nor machine was heard; answered it was."""
    gone = but(PERSON, speech=(), stays_s=0.8)
    assert [kind for _, kind in ladder(ORDER, gone)] == [EventKind.RINGING, EventKind.ANSWERED, EventKind.HANG_UP]
    assert course_of(ORDER, gone).end.outcome is Outcome.ANSWERED


def test_a_machine_taken_for_a_person_ends_at_the_limit() -> None:
    """A short greeting fools the detector, and a machine says no goodbye."""
    course = course_of(ORDER, but(MACHINE, speech=((1.0, 2.0),)))
    assert course.ends_after_s == 10.0 + ORDER.max_call_s
    assert course.end.outcome is Outcome.ANSWERED


def test_max_call_cuts_what_would_come_later() -> None:
    """The limit counts from the answer; a wish that would have been spoken after it is never heard."""
    course = course_of(order(max_call_s=20.0), but(PERSON, wish="Stop.", wish_after_s=30.0))
    assert course.ends_after_s == 30.0
    assert [step.kind for step in course.steps][2:] == [EventKind.HUMAN, EventKind.HANG_UP]
    assert course.end.detail == "the call reached its limit of 20 s"


def test_max_call_cuts_a_message() -> None:
    """A voicemail without a message stays a voicemail."""
    course = course_of(order(max_call_s=8.0), MACHINE)
    assert [step.kind for step in course.steps][2:] == [EventKind.MACHINE, EventKind.HANG_UP]
    assert course.end.outcome is Outcome.VOICEMAIL


def test_max_call_before_anybody_could_tell() -> None:
    """Cut before the detection: all that is known is that it was answered."""
    course = course_of(order(max_call_s=2.0), SILENT)
    assert [step.kind for step in course.steps][2:] == [EventKind.HANG_UP]
    assert course.end.outcome is Outcome.ANSWERED


def test_the_wish_is_heard_in_the_callees_words() -> None:
    """The opt-out event carries what was said."""
    course = course_of(ORDER, but(PERSON, wish="Take me off your list.", wish_after_s=8.0))
    assert Step(18.0, EventKind.OPT_OUT, "Take me off your list.") in course.steps


def test_ring_time_out_counts_from_the_invite() -> None:
    """An answer that would come at the very end of the ring time-out comes too late."""
    for timeout_s, outcome in ((10.0, Outcome.NO_ANSWER), (10.1, Outcome.ANSWERED)):
        assert course_of(order(ring_timeout_s=timeout_s), PERSON).end.outcome is outcome
    course = course_of(order(ring_timeout_s=8.0), PERSON)
    assert (course.ends_after_s, course.end.sip_code) == (8.0, None)


@pytest.mark.parametrize("rings", [True, False])
def test_a_refusal_rings_or_not(rings: bool) -> None:
    """A person who declines has heard the phone; a busy line has not rung."""
    callee = Callee(0.5, 1.0, refusal=Refusal(603, "Decline", rings=rings), refuses_after_s=4.0)
    course = course_of(ORDER, callee)
    assert [step.kind for step in course.steps] == ([EventKind.RINGING] if rings else [])
    assert (course.ends_after_s, course.end.outcome) == (5.0, Outcome.REJECTED)


def test_a_carrier_gives_up_later_than_we_do() -> None:
    """If our ring time-out comes first, the carrier's 408 is never seen."""
    callee = Callee(0.5, 1.0, refusal=Refusal(408, "Request Timeout", rings=True), refuses_after_s=20.0)
    assert course_of(ORDER, callee).end.sip_code == 408
    assert course_of(order(ring_timeout_s=15.0), callee).end.sip_code is None


def test_steps_are_in_order_of_time() -> None:
    """Even for a scenario in which the wish comes before the detector is sure."""
    steps = course_of(ORDER, but(PERSON, wish="Stop.", wish_after_s=0.2)).steps
    assert [step.kind for step in steps][2:] == [EventKind.OPT_OUT, EventKind.HUMAN, EventKind.HANG_UP]
    assert [step.after_s for step in steps] == sorted(step.after_s for step in steps)


def test_every_refusing_behaviour_ends_with_code_phrase_and_sentence() -> None:
    """What the carrier said, and what it means, stand in the end of the call."""
    for behaviour, refusal in REFUSALS.items():
        end = course_of(order(ring_timeout_s=60.0), Callee(0.5, 1.0, refusal=refusal, refuses_after_s=1.0)).end
        assert (end.sip_code, end.sip_reason, end.outcome) == (refusal.code, refusal.reason, refusal.outcome)
        assert f"SIP {refusal.code}" in end.detail, behaviour
    assert Behaviour.ANSWERED not in REFUSALS
