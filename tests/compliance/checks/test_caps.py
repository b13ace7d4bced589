"""Caps over rolling time: counted over all campaigns, freed to the second, told with their counts."""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.caps import CapsCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckResult, VerdictKind

NUMBER = 12015550123
AT = 1_795_000_000.0
HOUR_S, DAY_S = 3600.0, 86_400.0
BOOK = RuleBook.read()


def judged(
    history: CallHistory,
    place: str,
    at: float = AT,
    *,
    purpose: Purpose = Purpose.MARKETING,
    voice: Voice = Voice.AI,
    line: LineType = LineType.UNKNOWN,
    consent: ConsentBasis = ConsentBasis.WRITTEN,
) -> CheckResult:
    call = ProposedCall(
        number=NUMBER, zones=(), jurisdictions=(place,), purpose=purpose, voice=voice, line=line, consent=consent
    )
    return CapsCheck(BOOK, history)(call, at)


def called(*ago: float, answered: float | None = None) -> CallHistory:
    """A history of 30 days in which the number was called so many seconds ago."""
    history = CallHistory(BOOK.longest_window_s)
    history.load((NUMBER, AT - seconds, AT - seconds if seconds == answered else None) for seconds in ago)
    return history


@pytest.mark.parametrize("place", ["US-FL", "US-MD", "US-OK", "US-OR"])
def test_the_fourth_call_in_a_day_is_held(place: str) -> None:
    """Until the first of the three is a day old; then there are two again."""
    history = called(23 * HOUR_S, 5 * HOUR_S, 2 * HOUR_S)
    found = judged(history, place)
    assert (found.verdict, found.code) == (VerdictKind.HELD, "cap_reached")
    assert found.until == AT + HOUR_S
    assert judged(history, place, AT + HOUR_S - 1).verdict is VerdictKind.HELD
    assert judged(history, place, AT + HOUR_S).verdict is VerdictKind.CLEAR


def test_the_sentence_has_the_count_the_law_and_the_instant() -> None:
    """Complete in itself."""
    found = judged(called(23 * HOUR_S, 5 * HOUR_S, 2 * HOUR_S), "US-FL")
    assert found.sentence == (
        "Called 3 times in the last 24 h, by all campaigns together; Florida allows 3 sales calls in 24 h "
        "(Fla. Stat. 501.616(6); row US-FL v1). The next may follow at 2026-11-18T12:06:40Z."
    )


def test_the_window_rolls() -> None:
    """Three calls yesterday evening count this morning; a calendar's days would let three more through."""
    evening = called(14 * HOUR_S, 13 * HOUR_S, 12 * HOUR_S)
    assert judged(evening, "US-FL").verdict is VerdictKind.HELD


def test_more_calls_than_the_cap_wait_longer() -> None:
    """Made before the rule bound (another purpose, another state): all but two must grow old."""
    found = judged(called(20 * HOUR_S, 10 * HOUR_S, 5 * HOUR_S, 4 * HOUR_S, 3 * HOUR_S), "US-FL")
    assert found.sentence.startswith("Called 5 times")
    assert found.until == AT + DAY_S - 5 * HOUR_S


def test_a_clear_call_tells_what_is_used() -> None:
    """Evidence: how many of how many, by which row."""
    found = judged(called(5 * HOUR_S), "US-FL")
    assert (found.verdict, found.code) == (VerdictKind.CLEAR, "within_caps")
    assert found.sentence == "Caps over all campaigns: 1 of 3 calls in 24 h (Florida, row US-FL v1)."


def test_no_cap_binds() -> None:
    """Other states, other purposes."""
    busy = called(*(n * HOUR_S for n in range(1, 9)))
    for place, purpose in (("US-CO", Purpose.MARKETING), ("US-FL", Purpose.SURVEY)):
        found = judged(busy, place, purpose=purpose)
        assert (found.verdict, found.code) == (VerdictKind.CLEAR, "no_cap")


def test_debt_seven_calls_in_seven_days() -> None:
    """Regulation F, in rolling hours."""
    history = called(*(n * 20 * HOUR_S for n in range(1, 8)))
    found = judged(history, "US-CO", purpose=Purpose.DEBT_COLLECTION)
    assert found.code == "cap_reached"
    assert found.until == AT - 140 * HOUR_S + 7 * DAY_S
    assert "US federal law allows 7 debt collection calls in 7 d" in found.sentence


def test_debt_none_for_seven_days_after_a_conversation() -> None:
    """Of one call; a machine that answered was nobody."""
    found = judged(called(2 * DAY_S, answered=2 * DAY_S), "US-CO", purpose=Purpose.DEBT_COLLECTION)
    assert (found.code, found.until) == ("quiet_after_conversation", AT + 5 * DAY_S)
    assert "allows no debt collection calls for 7 d after a conversation" in found.sentence
    silent = judged(called(2 * DAY_S), "US-CO", purpose=Purpose.DEBT_COLLECTION)
    assert silent.sentence == (
        "Caps over all campaigns: 1 of 7 calls in 7 d (US federal law, row US-debt v1); "
        "no conversation in 7 d (US federal law, row US-debt v1)."
    )


def test_of_several_caps_the_last_to_free_is_told() -> None:
    """Massachusetts: 2 debt calls in 7 days, beside the federal 7 and the conversation."""
    found = judged(called(6 * DAY_S, 1 * DAY_S, answered=1 * DAY_S), "US-MA", purpose=Purpose.DEBT_COLLECTION)
    assert (found.code, found.until) == ("quiet_after_conversation", AT + 6 * DAY_S)


def test_maine_leaves_eight_hours_after_a_conversation() -> None:
    """For a machine only."""
    history = called(5 * HOUR_S, answered=5 * HOUR_S)
    assert judged(history, "US-ME", purpose=Purpose.SURVEY).until == AT + 3 * HOUR_S
    assert judged(history, "US-ME", purpose=Purpose.SURVEY, voice=Voice.HUMAN).code == "no_cap"


def test_home_lines_without_consent() -> None:
    """Three artificial calls in 30 days; consent lifts that, also if nothing else is remembered so long."""
    history = called(25 * DAY_S, 10 * DAY_S, 9 * DAY_S)
    asked = {"purpose": Purpose.INFORMATIONAL, "line": LineType.LANDLINE}
    found = judged(history, "US-CO", consent=ConsentBasis.NONE, **asked)  # type: ignore[arg-type]
    assert (found.code, found.until) == ("cap_reached", AT + 5 * DAY_S)
    assert judged(history, "US-CO", consent=ConsentBasis.ORAL, **asked).code == "no_cap"  # type: ignore[arg-type]
    assert judged(CallHistory(), "US-CO", consent=ConsentBasis.ORAL, **asked).code == "no_cap"  # type: ignore[arg-type]


def test_calls_remembered_for_too_short_a_time_hold() -> None:
    """A cap that cannot be counted is not kept by luck."""
    found = judged(CallHistory(), "US-CO", purpose=Purpose.SURVEY, line=LineType.LANDLINE, consent=ConsentBasis.UNKNOWN)
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "caps_unknown", None)
    assert "remembered for 7 days only" in found.sentence


def test_a_clock_that_went_back_does_not_forget_calls() -> None:
    """A call in the future was made all the same."""
    assert judged(called(-60.0, -120.0, -180.0), "US-FL").verdict is VerdictKind.HELD


@pytest.mark.parametrize("place", ["JM", "US-ZZ"])
def test_a_place_without_rules_is_held(place: str) -> None:
    """Nobody knows which caps there are."""
    assert judged(called(), place).code == "no_rules"
