"""The gate of an engine, with all its checks together."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.checks.attempts import AttemptsCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours
from dialconsole.compliance.live import LiveNumbers
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.standard import bare_gate, standard_gate
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CampaignState
from dialconsole.model.verdict import CheckName, VerdictKind

NUMBER = 12015550123
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC).timestamp()
"""Noon in New York, on a Monday."""

CALL = ProposedCall(number=NUMBER, zones=("America/New_York",), campaign="spring")


def test_the_checks_in_the_order_of_the_evidence() -> None:
    """An engine's gate makes all checks; without a workspace only two can be made."""
    assert standard_gate(OptOutIndex(), RecentCalls(), CallingHours()).names == (
        CheckName.NUMBER,
        CheckName.CAMPAIGN,
        CheckName.ALLOWED,
        CheckName.OPTOUT,
        CheckName.ATTEMPTS,
        CheckName.GAP,
        CheckName.HOURS,
    )
    assert bare_gate(CallingHours()).names == (CheckName.NUMBER, CheckName.HOURS)


def test_the_checks_by_rule_stand_where_the_evidence_wants_them() -> None:
    """With a rule book: consent after the opt-outs, caps after the attempts; the registry's check before consent."""
    book = RuleBook.read()
    registry = AttemptsCheck()
    gate = standard_gate(OptOutIndex(), RecentCalls(), CallingHours(), book, CallHistory(), registry, LiveNumbers())
    assert gate.names == (
        CheckName.NUMBER,
        CheckName.CAMPAIGN,
        CheckName.ALLOWED,
        CheckName.OPTOUT,
        registry.name,
        CheckName.CONSENT,
        CheckName.ATTEMPTS,
        CheckName.CAPS,
        CheckName.GAP,
        CheckName.IN_A_CALL,
        CheckName.HOURS,
    )
    assert bare_gate(CallingHours(), book).names == (CheckName.NUMBER, CheckName.CONSENT, CheckName.HOURS)


def test_a_callable_contact_is_clear_with_evidence() -> None:
    """Each check leaves a sentence for the record of the call."""
    verdict = standard_gate(OptOutIndex(), RecentCalls(), CallingHours()).judge(CALL, NOON)
    assert verdict.clear
    assert all(check.sentence for check in verdict.checks)


def test_a_hold_ends_when_all_holds_end() -> None:
    """Called 19:55 the evening before, gap 15 min, outside hours at 20:05: the opening at 9:00 decides."""
    recent = RecentCalls()
    evening = NOON + 8 * 3600 + 300
    recent.note(NUMBER, evening - 600)
    verdict = standard_gate(OptOutIndex(), recent, CallingHours()).judge(CALL, evening)
    assert verdict.verdict is VerdictKind.HELD
    assert {c.check for c in verdict.checks if c.verdict is VerdictKind.HELD} == {CheckName.GAP, CheckName.HOURS}
    assert verdict.until == NOON + 21 * 3600


def test_the_second_look_sees_an_opt_out_and_a_pause() -> None:
    """Between claim and dial a callee opts out, or the campaign is paused: the telephone does not ring."""
    optouts, recent = OptOutIndex(), RecentCalls()
    gate = standard_gate(optouts, recent, CallingHours())
    recent.note(NUMBER, NOON)
    assert gate.recheck(CALL, NOON).clear
    paused = ProposedCall(number=NUMBER, zones=CALL.zones, campaign="spring", state=CampaignState.PAUSED)
    assert gate.recheck(paused, NOON).verdict is VerdictKind.HELD
    optouts.add(OptOut(number=f"+{NUMBER}", source=OptOutSource.CALLER, reason="", by="agent", at=NOON))
    assert gate.recheck(CALL, NOON).verdict is VerdictKind.REFUSED


@settings(max_examples=200, deadline=None)
@given(
    zones=st.lists(st.sampled_from(("America/New_York", "America/Chicago", "Pacific/Honolulu"))).map(tuple),
    state=st.sampled_from(CampaignState),
    attempts=st.integers(0, 5),
    at=st.floats(NOON - 1e7, NOON + 1e7),
    scope=st.sampled_from(("", "spring")),
)
def test_a_number_on_the_list_is_never_clear(
    zones: tuple[str, ...], state: CampaignState, attempts: int, at: float, scope: str
) -> None:
    """Refused at any instant, in any zone, in any state: at the claim and at the second look."""
    entry = OptOut(number=f"+{NUMBER}", source=OptOutSource.IMPORT, reason="", by="ana", at=0.0, scope=scope)
    gate = standard_gate(OptOutIndex([entry]), RecentCalls(), CallingHours())
    call = ProposedCall(number=NUMBER, zones=zones, campaign="spring", state=state, attempts=attempts)
    assert gate.judge(call, at).verdict is VerdictKind.REFUSED
    assert gate.recheck(call, at).verdict is VerdictKind.REFUSED
