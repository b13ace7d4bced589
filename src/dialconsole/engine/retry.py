"""What follows from an outcome: called again at T, done, failed, or never to be called.

A pure function of the campaign's settings and what happened, so that every row of the table in
``docs/architecture.md`` is one test. Nothing else in the engine decides about a second call.
"""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.campaign import LONGEST_DELAY_S, RETRYABLE, Campaign
from dialconsole.model.outcome import ContactStatus, OnMachine, Outcome
from dialconsole.telephony.backend import CallEnd


class Decision(Struct, frozen=True, gc=False):
    status: ContactStatus
    attempts: int
    """Attempts counted against the contact from now on."""
    next_at: float | None = None
    """POSIX seconds; only with status retry."""
    reason: str = ""
    opt_out: bool = False
    """The callee refused: the number goes on the do-not-call list."""


FAULT_GROWTH = 2.0
LONGEST_FAULT_DELAY_S = 4 * 3600.0
MOST_FAULTS = 8
"""Calls in a row in which the trunk failed, after which it is taken for the number's: with the delays growing from five
minutes that is a good eight hours of calling."""


def decide(
    campaign: Campaign,
    end: CallEnd,
    *,
    attempts: int,
    dialed: bool,
    now: float,
    asked_to_stop: bool = False,
    hung_up: bool = False,
    faults: int = 1,
) -> Decision:
    """The contact's next state after a call that ended with ``end``.

    ``attempts`` were counted before this one; ``dialed`` says whether the INVITE went out, for an outcome alone does
    not tell (a cancelled call may have rung for 20 seconds). ``hung_up``: a person wanted this call to end, and would
    not understand if the next began at once. ``faults``: calls to this contact in a row in which the
    trunk failed, with this one.
    """
    outcome = end.outcome
    counted = attempts + (1 if outcome.reached_the_callee or (outcome is Outcome.CANCELLED and dialed) else 0)
    if asked_to_stop:
        return Decision(ContactStatus.SUPPRESSED, counted, reason="the callee asked not to be called again")
    final = _FINAL.get(outcome)
    if final is not None:
        status, reason = final
        return Decision(status, counted, reason=reason, opt_out=outcome is Outcome.REJECTED)
    if outcome is Outcome.TRUNK_FAULT and faults >= MOST_FAULTS:
        reason = f"the trunk failed in {faults} calls to this number in a row; set aside"
        return Decision(ContactStatus.FAILED, counted, reason=reason)
    exhausted = counted >= campaign.retry.max_attempts and outcome in RETRYABLE and counted > attempts
    if exhausted or campaign.retry.once:
        return _exhausted(campaign, end, counted)
    return Decision(
        ContactStatus.RETRY,
        counted,
        next_at=now + _delay(campaign, end, counted, dialed or hung_up, faults),
        reason=_WHY[outcome],
    )


def _exhausted(campaign: Campaign, end: CallEnd, attempts: int) -> Decision:
    left_message = end.outcome is Outcome.VOICEMAIL and campaign.on_machine is OnMachine.LEAVE_MESSAGE
    status = ContactStatus.COMPLETED if left_message else ContactStatus.FAILED
    made = "called once" if campaign.retry.once else f"{attempts} of {attempts} attempts made; the last"
    return Decision(status, attempts, reason=f"{made}: {_WHY[end.outcome]}")


def _delay(campaign: Campaign, end: CallEnd, attempts: int, later: bool, faults: int) -> float:
    """``later``: a cancelled call is not simply made up for."""
    retry = campaign.retry
    match end.outcome:
        case Outcome.BUSY:
            return min(retry.busy_s * retry.busy_growth ** max(0, attempts - 1), LONGEST_DELAY_S)
        case Outcome.VOICEMAIL:
            return retry.voicemail_s
        case Outcome.NO_ANSWER:
            return retry.no_answer_s
        case Outcome.CANCELLED:
            return retry.no_answer_s if later else 0.0
        case Outcome.TRUNK_FAULT:
            grown = retry.trunk_fault_s * FAULT_GROWTH ** max(0, faults - 1)
            return min(grown, max(LONGEST_FAULT_DELAY_S, retry.trunk_fault_s))
        case _:
            return retry.trunk_fault_s


_FINAL = {
    Outcome.ANSWERED: (ContactStatus.COMPLETED, "answered"),
    Outcome.REJECTED: (ContactStatus.SUPPRESSED, "the callee declined (603): not called again"),
    Outcome.BAD_NUMBER: (ContactStatus.FAILED, "the number does not exist"),
    Outcome.BLOCKED: (ContactStatus.FAILED, "the network blocked our caller ID; the callee was not asked"),
    Outcome.UNKNOWN: (
        ContactStatus.FAILED,
        "nobody can say whether the phone rang, so it is not dialed again by itself",
    ),
}

_WHY = {
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.VOICEMAIL: "voicemail",
    Outcome.TRUNK_FAULT: "the trunk failed; not an attempt against the contact",
    Outcome.THROTTLED: "the trunk asked us to slow down; not an attempt against the contact",
    Outcome.AGENT_UNAVAILABLE: "no agent was ready; the phone never rang",
    Outcome.CANCELLED: "cancelled before anyone answered",
}
