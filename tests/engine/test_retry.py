"""Every row of the table in docs/architecture.md: what follows from an outcome."""

from __future__ import annotations

import pytest

from dialconsole.engine.retry import Decision, decide
from dialconsole.model.campaign import LONGEST_DELAY_S, Campaign, RetryPolicy
from dialconsole.model.outcome import ContactStatus, OnMachine, Outcome
from dialconsole.telephony.backend import CallEnd

NOW = 1_000_000.0
CAMPAIGN = Campaign(name="c", trunk="t")
HOUR = 3600.0


def after(outcome: Outcome, *, attempts: int = 0, dialed: bool = True, campaign: Campaign = CAMPAIGN) -> Decision:
    return decide(campaign, CallEnd(outcome), attempts=attempts, dialed=dialed, now=NOW)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.ANSWERED, ContactStatus.COMPLETED),
        (Outcome.REJECTED, ContactStatus.SUPPRESSED),
        (Outcome.BAD_NUMBER, ContactStatus.FAILED),
        (Outcome.BLOCKED, ContactStatus.FAILED),
        (Outcome.UNKNOWN, ContactStatus.FAILED),
    ],
)
def test_these_outcomes_end_the_contact_at_once(outcome: Outcome, status: ContactStatus) -> None:
    """However many attempts are left, nothing is dialed again after these."""
    decision = after(outcome)
    assert (decision.status, decision.attempts, decision.next_at) == (status, 1, None)
    assert decision.reason


def test_only_a_decline_puts_the_number_on_the_do_not_call_list() -> None:
    """603 Decline is the callee's wish; a network block, a wrong number or a busy line is not."""
    assert {outcome for outcome in Outcome if after(outcome).opt_out} == {Outcome.REJECTED}


@pytest.mark.parametrize(
    ("outcome", "delay"),
    [(Outcome.NO_ANSWER, 2 * HOUR), (Outcome.BUSY, HOUR / 4), (Outcome.VOICEMAIL, 24 * HOUR)],
)
def test_an_unreached_callee_is_tried_again_after_the_outcomes_own_delay(outcome: Outcome, delay: float) -> None:
    """The defaults: two hours, a quarter of an hour, a day."""
    decision = after(outcome)
    assert (decision.status, decision.attempts, decision.next_at) == (ContactStatus.RETRY, 1, NOW + delay)


def test_busy_waits_twice_as_long_each_time() -> None:
    """15, 30 minutes; the third attempt is the last."""
    assert after(Outcome.BUSY, attempts=0).next_at == NOW + 15 * 60
    assert after(Outcome.BUSY, attempts=1).next_at == NOW + 30 * 60
    assert after(Outcome.BUSY, attempts=2).next_at is None


@pytest.mark.parametrize("outcome", [Outcome.TRUNK_FAULT, Outcome.THROTTLED, Outcome.AGENT_UNAVAILABLE])
def test_the_trunks_troubles_cost_the_contact_no_attempt(outcome: Outcome) -> None:
    """The callee was not asked anything, so it is still the first attempt, five minutes later, however often."""
    for attempts in (0, 2):
        decision = after(outcome, attempts=attempts, dialed=False)
        assert (decision.status, decision.attempts) == (ContactStatus.RETRY, attempts)
        assert decision.next_at == NOW + 300


def test_a_call_cancelled_before_the_invite_never_happened() -> None:
    """Paused or opted out between claim and dial: the contact is where it was, due at once."""
    decision = after(Outcome.CANCELLED, attempts=1, dialed=False)
    assert (decision.status, decision.attempts, decision.next_at) == (ContactStatus.RETRY, 1, NOW)


def test_a_call_that_a_person_hung_up_is_not_repeated_at_once() -> None:
    """Nobody rang, so it is no attempt; but whoever hung it up does not want to see it begin again."""
    end = CallEnd(Outcome.CANCELLED)
    decision = decide(CAMPAIGN, end, attempts=1, dialed=False, hung_up=True, now=NOW)
    assert (decision.status, decision.attempts, decision.next_at) == (ContactStatus.RETRY, 1, NOW + 2 * HOUR)


def test_a_call_we_hung_up_while_it_rang_counts() -> None:
    """The phone rang; calling again at once would be a nuisance."""
    decision = after(Outcome.CANCELLED, attempts=0, dialed=True)
    assert (decision.attempts, decision.next_at) == (1, NOW + 2 * HOUR)


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.BUSY])
def test_the_last_attempt_fails_the_contact(outcome: Outcome) -> None:
    """Attempt caps hold, and the reason names the last outcome."""
    decision = after(outcome, attempts=2)
    assert (decision.status, decision.attempts, decision.next_at) == (ContactStatus.FAILED, 3, None)
    assert "3 of 3" in decision.reason


@pytest.mark.parametrize(
    ("on_machine", "status"),
    [(OnMachine.LEAVE_MESSAGE, ContactStatus.COMPLETED), (OnMachine.HANG_UP, ContactStatus.FAILED)],
)
def test_a_last_voicemail_completes_only_if_a_message_was_left(on_machine: OnMachine, status: ContactStatus) -> None:
    """Hanging up on a machine three times reached nobody."""
    campaign = Campaign(name="c", trunk="t", on_machine=on_machine)
    assert after(Outcome.VOICEMAIL, attempts=2, campaign=campaign).status is status


def test_a_caller_who_asked_to_stop_is_suppressed_whatever_the_outcome() -> None:
    """What the callee said ("do not call me again") outlives the call it was said in."""
    end = CallEnd(Outcome.ANSWERED)
    decision = decide(CAMPAIGN, end, attempts=0, dialed=True, now=NOW, asked_to_stop=True)
    assert (decision.status, decision.next_at) == (ContactStatus.SUPPRESSED, None)


def test_attempts_allowed_is_the_campaigns_own_number() -> None:
    """``max_attempts`` 1 makes the first no answer the last."""
    campaign = Campaign(name="c", trunk="t", retry=RetryPolicy(max_attempts=1))
    assert after(Outcome.NO_ANSWER, campaign=campaign).status is ContactStatus.FAILED


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("dialed", [True, False])
def test_once_is_once(outcome: Outcome, dialed: bool) -> None:
    """With ``once`` nothing at all leads to a second call, whatever attempts are left."""
    campaign = Campaign(name="c", trunk="t", retry=RetryPolicy(max_attempts=20, once=True))
    decision = after(outcome, dialed=dialed, campaign=campaign)
    assert decision.status.final
    assert decision.next_at is None
    assert decision.reason


def test_trunk_faults_in_a_row_are_tried_less_and_less_often_and_then_not_any_more() -> None:
    """Five minutes, doubling up to four hours; the eighth sets the contact aside, with the reason."""
    end = CallEnd(Outcome.TRUNK_FAULT, sip_code=503)
    decisions = [decide(CAMPAIGN, end, attempts=1, dialed=True, now=NOW, faults=faults) for faults in range(1, 9)]
    delays = [round((d.next_at - NOW) / 60) for d in decisions if d.next_at is not None]
    assert delays == [5, 10, 20, 40, 80, 160, 240]
    last = decisions[-1]
    assert (last.status, last.attempts, last.next_at) == (ContactStatus.FAILED, 1, None)
    assert last.reason == "the trunk failed in 8 calls to this number in a row; set aside"


def test_a_long_delay_of_the_campaign_is_not_shortened() -> None:
    """Whoever waits six hours after a fault waits six hours."""
    campaign = Campaign(name="c", trunk="t", retry=RetryPolicy(trunk_fault_s=6 * HOUR))
    end = CallEnd(Outcome.TRUNK_FAULT)
    for faults in (1, 5):
        assert decide(campaign, end, attempts=0, dialed=True, now=NOW, faults=faults).next_at == NOW + 6 * HOUR


def test_a_wait_that_grows_stays_one_that_can_be_written_down() -> None:
    """However the settings multiply: the ledger keeps instants in 64 bits, and ends with one that does not fit."""
    policy = RetryPolicy(max_attempts=20, busy_s=LONGEST_DELAY_S, busy_growth=10.0)
    decision = decide(
        Campaign(name="c", trunk="t", retry=policy), CallEnd(Outcome.BUSY), attempts=18, dialed=True, now=NOW
    )
    assert decision.next_at == NOW + LONGEST_DELAY_S
