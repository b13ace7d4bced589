"""SIP codes and phrases to outcomes, as carriers really send them."""

from __future__ import annotations

import pytest

from dialconsole.model.outcome import Outcome
from dialconsole.telephony.sip import describe, outcome_of

CODES = {
    Outcome.ANSWERED: (200, 202),
    Outcome.NO_ANSWER: (408, 480, 487),
    Outcome.BUSY: (486, 600),
    Outcome.REJECTED: (603, 607),
    Outcome.BLOCKED: (608,),
    Outcome.BAD_NUMBER: (300, 301, 302, 400, 404, 410, 484, 485, 604),
    Outcome.TRUNK_FAULT: (
        *(305, 380, 401, 402, 403, 405, 406, 407, 413, 415, 420, 421, 428, 430, 433, 436, 437, 438, 481, 482, 483),
        *(488, 489, 491, 493, 500, 501, 502, 503, 504, 505, 513, 580, 606),
    ),
    Outcome.THROTTLED: (429,),
    Outcome.UNKNOWN: (100, 183, 605, 699, 700, 0),
}


@pytest.mark.parametrize(("code", "outcome"), [(code, outcome) for outcome, codes in CODES.items() for code in codes])
def test_code_alone(code: int, outcome: Outcome) -> None:
    """Every code has its outcome when its phrase says nothing more."""
    assert outcome_of(code) is outcome


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [
        (603, "Decline", Outcome.REJECTED),
        (603, "Declined", Outcome.REJECTED),
        (603, "", Outcome.REJECTED),
        (603, "Network Blocked", Outcome.BLOCKED),
        (603, "NETWORK BLOCKED", Outcome.BLOCKED),
        (603, "network_blocked", Outcome.BLOCKED),
        (603, "v=analytics1;url=https://example.com;id=7", Outcome.BLOCKED),
        (486, "Network Blocked", Outcome.BUSY),
        (403, "Forbidden", Outcome.TRUNK_FAULT),
        (403, "User channel limit exceeded D1", Outcome.THROTTLED),
        (403, "Unlimited plan required", Outcome.TRUNK_FAULT),
        (500, "CPS limit exceeded", Outcome.THROTTLED),
        (503, "cps limit exceeded", Outcome.THROTTLED),
        (503, "Concurrent call limit exceeded", Outcome.THROTTLED),
        (503, "Calls per second limit reached", Outcome.THROTTLED),
        (503, "Service Unavailable", Outcome.TRUNK_FAULT),
        (500, "Limited service", Outcome.TRUNK_FAULT),
    ],
)
def test_phrase_decides(code: int, reason: str, outcome: Outcome) -> None:
    """An analytics block is no decline, and a carrier's limit is no fault, whatever the code."""
    assert outcome_of(code, reason) is outcome


@pytest.mark.parametrize("wait_s", [0.0, 5.0])
def test_retry_after_makes_503_a_throttle(wait_s: float) -> None:
    """503 with Retry-After asks for fewer calls, even when it says 0 seconds."""
    assert outcome_of(503, "Service Unavailable", retry_after_s=wait_s) is Outcome.THROTTLED


@pytest.mark.parametrize("code", [404, 480, 486, 500, 600, 603])
def test_retry_after_elsewhere_changes_nothing(code: int) -> None:
    """RFC 3261 allows Retry-After beside other codes; there it says when the callee may be back."""
    assert outcome_of(code, retry_after_s=30.0) is outcome_of(code)


def test_no_code_is_a_ring_time_out_or_no_reply() -> None:
    """A ring time-out of ours has no code; neither has a carrier that is away."""
    assert outcome_of(None, ring_timeout=True) is Outcome.NO_ANSWER
    assert outcome_of(None) is Outcome.TRUNK_FAULT


def test_only_a_persons_no_is_a_rejection() -> None:
    """603 without the analytics phrase and 607: nothing else may ever become an opt-out."""
    assert {code for code in range(100, 800) if outcome_of(code) is Outcome.REJECTED} == {603, 607}


@pytest.mark.parametrize("code", sorted(code for codes in CODES.values() for code in codes))
def test_every_code_has_a_sentence(code: int) -> None:
    """A sentence that ends, with code and phrase behind it."""
    sentence = describe(code, "Some Phrase")
    assert sentence.endswith(f". (SIP {code} Some Phrase)")
    assert sentence[0].isupper()


def test_sentences_tell_the_two_603_apart() -> None:
    """The operator must see at once whether a person or the network said no."""
    assert "declined" in describe(603, "Decline")
    assert "blocked our caller ID" in describe(603, "Network Blocked")


def test_sentence_without_a_code() -> None:
    """No brackets when there is nothing to put into them."""
    assert describe(None, ring_timeout=True) == "Nobody answered before the ring time-out."
    assert "did not reply" in describe(None)


def test_sentence_names_retry_after() -> None:
    """How long the carrier wants us to wait."""
    assert describe(503, "Service Unavailable", retry_after_s=5.0).endswith(
        "(SIP 503 Service Unavailable, retry after 5 s)"
    )


def test_sentence_is_safe_to_show() -> None:
    """A carrier's phrase cannot steer a terminal."""
    assert "\x1b" not in describe(486, "Busy\x1b]52;c;aGk=\x07 Here")
