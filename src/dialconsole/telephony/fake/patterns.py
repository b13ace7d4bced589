"""Numbers whose last two digits fix what the callee does: +1 NXX 555-01dd, in any area code.

Trainers need the rare cases on demand, and tests need each exactly once. 555-0100 to 555-0199 are set aside for
fiction in every area code, so a list written for a training can never ring a stranger's phone.
The digits fix the behaviour; the times still vary with the seed. Other endings behave as the scenario's weights say.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from dialconsole.model.outcome import Outcome
from dialconsole.telephony.fake.behaviour import Behaviour


class Pattern(NamedTuple):
    """One ending. ``outcome`` is what a campaign with default settings makes of it."""

    digits: str
    behaviour: Behaviour
    outcome: Outcome
    description: str


PATTERNS: Final = (
    Pattern("10", Behaviour.ANSWERED, Outcome.ANSWERED, "A person answers and talks to the agent."),
    Pattern("11", Behaviour.VOICEMAIL, Outcome.VOICEMAIL, "Voicemail with a greeting of several seconds."),
    Pattern(
        "12",
        Behaviour.VOICEMAIL_SILENT,
        Outcome.VOICEMAIL,
        "Answered, then nothing is said: a machine by the silence rule.",
    ),
    Pattern("13", Behaviour.NO_ANSWER, Outcome.NO_ANSWER, "Rings until the carrier gives up (SIP 408)."),
    Pattern("14", Behaviour.BUSY, Outcome.BUSY, "Busy (SIP 486)."),
    Pattern(
        "15", Behaviour.DECLINED, Outcome.REJECTED, "Rings, then the callee declines (SIP 603 Decline): an opt-out."
    ),
    Pattern(
        "16",
        Behaviour.BLOCKED,
        Outcome.BLOCKED,
        "The network blocks our caller ID (SIP 603 Network Blocked): never an opt-out.",
    ),
    Pattern("17", Behaviour.BAD_NUMBER, Outcome.BAD_NUMBER, "The number does not exist (SIP 404)."),
    Pattern("18", Behaviour.UNAVAILABLE, Outcome.NO_ANSWER, "Phone switched off or out of reach (SIP 480)."),
    Pattern("19", Behaviour.TRUNK_FAULT, Outcome.TRUNK_FAULT, "The carrier is out of service (SIP 503)."),
    Pattern("20", Behaviour.OPT_OUT, Outcome.ANSWERED, "A person answers and asks not to be called again: an opt-out."),
    Pattern("21", Behaviour.RINGS_ON, Outcome.NO_ANSWER, "Never answers: rings for the whole ring time-out."),
    Pattern("22", Behaviour.LONG_CALL, Outcome.ANSWERED, "A person talks for 15 minutes or more."),
    Pattern("23", Behaviour.HANGS_UP, Outcome.ANSWERED, "A person answers and hangs up at once."),
)

_BY_DIGITS: Final = {pattern.digits: pattern for pattern in PATTERNS}


def pattern_of(number: str) -> Pattern | None:
    """The pattern an E.164 number falls under, None if it is free to do what the scenario says."""
    if len(number) == 12 and number[5:10] == "55501" and number.startswith("+1"):
        return _BY_DIGITS.get(number[10:])
    return None
