"""What a simulated callee can do: the words of scenarios and number patterns.

A behaviour is not an outcome: several lead to one outcome (a voicemail with and without a greeting), and the outcome
also depends on the campaign (a callee who rings for 20 s is not reached with a ring time-out of 15).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from dialconsole.model.outcome import Outcome
from dialconsole.telephony import sip


class Behaviour(StrEnum):
    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    VOICEMAIL_SILENT = "voicemail_silent"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    BLOCKED = "blocked"
    BAD_NUMBER = "bad_number"
    UNAVAILABLE = "unavailable"
    TRUNK_FAULT = "trunk_fault"
    OPT_OUT = "opt_out"
    RINGS_ON = "rings_on"
    LONG_CALL = "long_call"
    HANGS_UP = "hangs_up"


class Refusal(NamedTuple):
    """A final response other than 200."""

    code: int
    reason: str
    rings: bool = False
    """Whether the phone rings before: a person who declines has heard it."""
    retry_after_s: float | None = None

    @property
    def outcome(self) -> Outcome:
        return sip.outcome_of(self.code, self.reason, retry_after_s=self.retry_after_s)


REFUSALS: Final[dict[Behaviour, Refusal]] = {
    Behaviour.NO_ANSWER: Refusal(408, "Request Timeout", rings=True),
    Behaviour.BUSY: Refusal(486, "Busy Here"),
    Behaviour.DECLINED: Refusal(603, "Decline", rings=True),
    Behaviour.BLOCKED: Refusal(603, "Network Blocked"),
    Behaviour.BAD_NUMBER: Refusal(404, "Not Found"),
    Behaviour.UNAVAILABLE: Refusal(480, "Temporarily Unavailable"),
    Behaviour.TRUNK_FAULT: Refusal(503, "Service Unavailable"),
}
