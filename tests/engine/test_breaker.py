"""The circuit of a trunk: when it opens, how long, and what closes it."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.breaker import FIRST_WAIT_S, LONGEST_WAIT_S, OPENS_AT_ONCE, Breaker, Sign, sign_of
from dialconsole.model.outcome import Outcome
from dialconsole.model.view import Circuit
from dialconsole.telephony import sip
from dialconsole.telephony.backend import CallEnd

GOOD = CallEnd(Outcome.ANSWERED, 200, "OK")
BUSY = CallEnd(Outcome.BUSY, 486, "Busy Here")
FAULT = CallEnd(Outcome.TRUNK_FAULT, 500, "Server Internal Error")
AWAY = CallEnd(Outcome.NO_ANSWER, 480, "Temporarily Unavailable")
GONE = CallEnd(Outcome.BAD_NUMBER, 404, "Not Found")
SLOWER = CallEnd(Outcome.THROTTLED, 503, "Service Unavailable", retry_after_s=5.0)
WRONG_KEY = CallEnd(Outcome.TRUNK_FAULT, detail="LiveKit does not accept the API key.", stops_trunk=True)


def ended(breaker: Breaker, end: CallEnd, now: float, lasted_s: float | None = 5.0) -> bool:
    return breaker.ended("att-0", end, lasted_s, now)


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    breaker.trip("The carrier is away.", now)
    return breaker


def tried(breaker: Breaker, end: CallEnd, now: float) -> None:
    """The trial of an open circuit, with its end."""
    assert breaker.half_open(now)
    breaker.launched("trial")
    breaker.ended("trial", end, 1.0, now)


@pytest.mark.parametrize("code", sorted(OPENS_AT_ONCE))
def test_an_answer_that_all_calls_would_get_opens_at_once(code: int) -> None:
    """Wrong credentials, no balance, no codec: one call is enough, and the sentence is the carrier's answer."""
    breaker = Breaker()
    assert ended(breaker, CallEnd(sip.outcome_of(code), code, "No"), 10.0)
    assert (breaker.state, breaker.retry_at) == (Circuit.OPEN, 10.0 + FIRST_WAIT_S)
    assert f"SIP {code} No" in breaker.cause


def test_what_stops_a_trunk_opens_at_once_with_its_sentence() -> None:
    """A wrong key has no SIP code; its sentence is the cause."""
    breaker = Breaker()
    assert ended(breaker, WRONG_KEY, 0.0, None)
    assert breaker.cause == WRONG_KEY.detail


def test_half_of_ten_calls_in_two_minutes_open() -> None:
    """Five good ones and four faults do not; the fifth fault does."""
    breaker = Breaker()
    ends = [GOOD, FAULT, BUSY, FAULT, GOOD, FAULT, GOOD, FAULT, BUSY]
    assert not any(ended(breaker, end, float(at)) for at, end in enumerate(ends))
    assert ended(breaker, FAULT, 9.0)
    assert breaker.cause.startswith("5 of 10 calls in 2 min failed at the carrier: The carrier has a fault of its own.")


def test_nine_faults_are_too_few_calls_to_judge() -> None:
    """Fewer than ten calls in two minutes say nothing by their share."""
    breaker = Breaker()
    assert not any(ended(breaker, FAULT, float(at)) for at in range(9))
    assert not ended(breaker, FAULT, 8.0 + 120.0), "the first nine have left the window"


def test_five_of_ten_that_fail_within_a_second_open() -> None:
    """A route that is down answers at once: five calls are enough, whatever came before."""
    breaker = Breaker()
    assert not any(ended(breaker, GOOD, float(at)) for at in range(100))
    assert not any(ended(breaker, FAULT, 100.0 + at, 0.2) for at in range(4))
    assert ended(breaker, FAULT, 104.0, 0.2)
    assert "5 of the newest 10 calls failed within a second" in breaker.cause


def test_480_within_a_second_ten_times_in_a_row_opens() -> None:
    """A carrier whose lines are full; nine of ten are phones that are switched off, as far as anybody can tell."""
    breaker = Breaker()
    assert not any(ended(breaker, BUSY if at % 10 == 9 else AWAY, float(at), 0.2) for at in range(100))
    breaker = Breaker()
    assert not any(ended(breaker, AWAY, float(at), 0.2) for at in range(9))
    assert ended(breaker, AWAY, 9.0, 0.2)
    assert "10 of the newest 10 calls failed within a second" in breaker.cause


@pytest.mark.parametrize(
    "end", [GOOD, BUSY, GONE, AWAY, SLOWER, CallEnd(Outcome.NO_ANSWER), CallEnd(Outcome.CANCELLED)]
)
def test_what_the_carrier_did_its_part_in_never_opens(end: CallEnd) -> None:
    """Busy, no answer, a dead number, a throttled or cancelled call: a thousand of them are no fault of the trunk."""
    breaker = Breaker()
    assert not any(ended(breaker, end, at / 10) for at in range(1000))
    assert breaker.state is Circuit.CLOSED


def test_a_trial_that_fails_doubles_the_wait_up_to_ten_minutes() -> None:
    """30 s, 1, 2, 4, 8, 10, 10 min."""
    breaker, waits, now = opened(), [], 0.0
    for _ in range(7):
        assert breaker.retry_at is not None
        waits.append(breaker.retry_at - now)
        now = breaker.retry_at
        assert not breaker.half_open(now - 0.01)
        tried(breaker, FAULT, now)
    assert waits == [30, 60, 120, 240, 480, 600, 600]
    assert LONGEST_WAIT_S == 600


@pytest.mark.parametrize("end", [GOOD, BUSY, GONE, CallEnd(Outcome.NO_ANSWER)])
def test_a_trial_that_reaches_anybody_closes(end: CallEnd) -> None:
    """Also a busy line: the carrier carried the call. The next trouble waits 30 s again."""
    breaker = opened()
    tried(breaker, FAULT, 30.0)
    tried(breaker, end, 90.0)
    assert (breaker.state, breaker.cause, breaker.retry_at) == (Circuit.CLOSED, "", None)
    breaker.trip("again", 100.0)
    assert breaker.retry_at == 130.0


def test_an_answer_closes_before_the_conversation_is_over() -> None:
    """A trial that talks for ten minutes must not keep the trunk waiting."""
    breaker = opened()
    breaker.half_open(30.0)
    breaker.launched("trial")
    assert not breaker.answered("another", 31.0)
    assert breaker.answered("trial", 31.0)
    assert breaker.state is Circuit.CLOSED
    assert not breaker.ended("trial", GOOD, 600.0, 631.0)


@pytest.mark.parametrize("end", [SLOWER, CallEnd(Outcome.CANCELLED), CallEnd(Outcome.AGENT_UNAVAILABLE)])
def test_a_trial_that_says_nothing_leaves_the_trial_to_the_next_call(end: CallEnd) -> None:
    """Neither closed nor opened again."""
    breaker = opened()
    tried(breaker, end, 30.0)
    assert (breaker.state, breaker.admits) == (Circuit.HALF_OPEN, True)


def test_a_trial_that_was_never_placed_is_given_to_the_next_call() -> None:
    """The disk took no claim: nobody was called, so nothing is known."""
    breaker = opened()
    breaker.half_open(30.0)
    breaker.launched("trial")
    assert not breaker.given_up("another")
    assert breaker.given_up("trial")
    assert breaker.admits


def test_stragglers_of_an_outage_do_not_open_it_again() -> None:
    """Calls dialed before the circuit closed may fail long after it, when a timer of SIP runs out."""
    breaker = opened()
    tried(breaker, GOOD, 30.0)
    assert not any(ended(breaker, FAULT, 31.0 + at / 10, 32.0) for at in range(20))
    assert not any(ended(breaker, FAULT, 40.0, 5.0) for _ in range(9))
    assert ended(breaker, FAULT, 40.0, 5.0)


def test_a_person_closes_it() -> None:
    """A reset forgets what was counted; on a closed circuit it changes nothing."""
    breaker = opened()
    assert breaker.reset(1.0)
    assert breaker.admits
    assert not breaker.reset(2.0)


Step = tuple[str, CallEnd, float, float]
steps = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "call", "start", "wait", "answer", "reset"]),
        st.sampled_from([GOOD, BUSY, FAULT, FAULT, AWAY, GONE, SLOWER, WRONG_KEY, CallEnd(Outcome.CANCELLED)]),
        st.sampled_from([0.0, 0.3, 5.0, 40.0]),
        st.sampled_from([0.1, 1.0, 7.0, 61.0]),
    ),
    max_size=120,
)


def play(script: list[Step]) -> list[tuple[Circuit, str, float | None]]:
    """A trunk whose calls are started while the circuit lets them, and end in the order in which they began."""
    breaker, now, live, count = Breaker(), 0.0, deque[str](), 0
    told = []
    for what, end, lasted_s, passed_s in script:
        now += passed_s
        breaker.half_open(now)
        if what in ("call", "start") and breaker.admits:
            count += 1
            live.append(f"att-{count}")
            breaker.launched(live[-1])
            if breaker.state is Circuit.HALF_OPEN:
                assert breaker.trial == live[-1]
                assert not breaker.admits, "one call while half open"
        if what == "answer" and live:
            breaker.answered(live[0], now)
        if what == "call" and live:
            breaker.ended(live.popleft(), end, min(lasted_s, now), now)
        if what == "reset":
            breaker.reset(now)
        assert (breaker.state is Circuit.OPEN) is (breaker.retry_at is not None)
        assert bool(breaker.cause) is (breaker.state is not Circuit.CLOSED)
        assert breaker.trial is None or breaker.state is Circuit.HALF_OPEN
        told.append((breaker.state, breaker.cause, breaker.retry_at))
    return told


@settings(max_examples=200, deadline=None)
@given(steps)
def test_never_more_than_one_call_while_half_open_and_always_the_same(script: list[Step]) -> None:
    """Whatever happens in whatever order; and the same story has the same end."""
    assert play(script) == play(script)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([GOOD, BUSY, FAULT, AWAY, GONE, SLOWER]),
            st.sampled_from([None, 0.3, 5.0]),
            st.sampled_from([0.1, 4.0, 30.0]),
        ),
        max_size=60,
    )
)
def test_it_opens_exactly_by_the_rules(calls: list[tuple[CallEnd, float | None, float]]) -> None:
    """Against the rules counted anew from the whole history after each call."""
    breaker, now = Breaker(), 1000.0
    history: list[tuple[float, bool, bool]] = []
    for end, lasted_s, passed_s in calls:
        now += passed_s
        if sign_of(end) is not Sign.NOTHING:
            fault = sign_of(end) is Sign.FAULT
            history.append((now, fault, (lasted_s is None or lasted_s < 1) and (fault or end.sip_code == 480)))
        recent = [fault for at, fault, _ in history if at > now - 120]
        fast = [at > now - 120 and quick for at, _, quick in history[-10:]]
        faults = [fault and quick for (_, fault, _), quick in zip(history[-10:], fast, strict=True)]
        last_fault, last_fast = history[-1][1:] if history and history[-1][0] == now else (False, False)
        wanted = (
            (last_fault and len(recent) >= 10 and sum(recent) * 2 >= len(recent))
            or (last_fault and last_fast and sum(faults) >= 5)
            or (last_fast and sum(fast) == 10)
        )
        assert breaker.ended("att", end, lasted_s, now) is wanted
        if wanted:
            return
