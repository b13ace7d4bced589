"""What a SIP final response says about a call: one table for every backend.

Codes alone are not enough. Since 2026-03-25 US carriers answer *analytics blocking* with 603 and the phrase "Network
Blocked" (ATIS-1000099, FCC 25-15): that is a fault of our caller ID's reputation, while 603 "Decline" is a person's
wish and becomes a do-not-call entry. Carriers likewise hide their limits in phrases: Telnyx sends 403 "User channel
limit exceeded", others a 5xx with "CPS limit exceeded". So the phrase is read before the code.

Rejected: going by the class of the code (4xx, 5xx). 403, 480 and 503 each have two meanings that must not be mixed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dialconsole.model.outcome import Outcome
from dialconsole.model.text import safe_text

_ANALYTICS: Final = re.compile(r"network[\s_-]*blocked|v=analytics", re.IGNORECASE)
"""The phrase of ATIS-1000099, or the text of its Reason header where a gateway puts that into the phrase."""

_CARRIER_LIMIT: Final = re.compile(r"\b(cps|calls? per second|concurrent calls?)\s+limit", re.IGNORECASE)
_LIMIT: Final = re.compile(r"\blimit", re.IGNORECASE)


class Meaning(NamedTuple):
    """What a response comes to, for the engine and for people."""

    outcome: Outcome
    sentence: str


_RING_TIMEOUT: Final = Meaning(Outcome.NO_ANSWER, "Nobody answered before the ring time-out.")
_NO_REPLY: Final = Meaning(
    Outcome.TRUNK_FAULT, "The carrier did not reply to the call at all; check the trunk's address."
)
_ANALYTICS_BLOCK: Final = Meaning(
    Outcome.BLOCKED, "The network blocked our caller ID; the callee did not decline and was never asked."
)
_CHANNEL_LIMIT: Final = Meaning(
    Outcome.THROTTLED, "The carrier's limit on our calls is reached; the trunk must go slower."
)
_TOO_FAST: Final = Meaning(Outcome.THROTTLED, "The carrier asks for fewer calls.")

_CODES: Final[dict[int, Meaning]] = {
    300: Meaning(Outcome.BAD_NUMBER, "The number leads to several places and none of them rings."),
    301: Meaning(Outcome.BAD_NUMBER, "The number has moved for good."),
    302: Meaning(Outcome.BAD_NUMBER, "The number has moved."),
    400: Meaning(Outcome.BAD_NUMBER, "The carrier cannot read the number."),
    401: Meaning(Outcome.TRUNK_FAULT, "The carrier does not accept the trunk's credentials."),
    402: Meaning(Outcome.TRUNK_FAULT, "The carrier wants to be paid: the account has no balance."),
    403: Meaning(Outcome.TRUNK_FAULT, "The carrier refuses the call: caller ID, destination or account not allowed."),
    404: Meaning(Outcome.BAD_NUMBER, "The number does not exist."),
    407: Meaning(Outcome.TRUNK_FAULT, "The carrier's proxy does not accept the trunk's credentials."),
    408: Meaning(Outcome.NO_ANSWER, "Nobody answered before the carrier gave up."),
    410: Meaning(Outcome.BAD_NUMBER, "The number is no longer in service."),
    428: Meaning(Outcome.TRUNK_FAULT, "The carrier wants a signed caller identity (STIR) and got none."),
    429: _TOO_FAST,
    433: Meaning(Outcome.TRUNK_FAULT, "The callee's network takes no calls without a caller ID."),
    436: Meaning(Outcome.TRUNK_FAULT, "The carrier could not fetch the certificate of our caller identity (STIR)."),
    437: Meaning(Outcome.TRUNK_FAULT, "The carrier does not trust the certificate of our caller identity (STIR)."),
    438: Meaning(Outcome.TRUNK_FAULT, "The signature of our caller identity (STIR) is not valid."),
    480: Meaning(Outcome.NO_ANSWER, "The phone is switched off or out of reach."),
    484: Meaning(Outcome.BAD_NUMBER, "The number is incomplete."),
    485: Meaning(Outcome.BAD_NUMBER, "The number is ambiguous."),
    486: Meaning(Outcome.BUSY, "The line is busy."),
    487: Meaning(Outcome.NO_ANSWER, "The call was ended before anyone answered."),
    488: Meaning(Outcome.TRUNK_FAULT, "The carrier accepts none of the codecs offered."),
    500: Meaning(Outcome.TRUNK_FAULT, "The carrier has a fault of its own."),
    501: Meaning(Outcome.TRUNK_FAULT, "The carrier does not support what the trunk asked for."),
    502: Meaning(Outcome.TRUNK_FAULT, "The carrier got nonsense from the network behind it."),
    503: Meaning(Outcome.TRUNK_FAULT, "The carrier is out of service or full."),
    504: Meaning(Outcome.TRUNK_FAULT, "The network behind the carrier did not reply in time."),
    600: Meaning(Outcome.BUSY, "Every line of the callee is busy."),
    603: Meaning(Outcome.REJECTED, "The callee declined the call."),
    604: Meaning(Outcome.BAD_NUMBER, "The number does not exist anywhere."),
    606: Meaning(Outcome.TRUNK_FAULT, "The callee's network cannot carry the call as it was offered."),
    607: Meaning(Outcome.REJECTED, "The callee marked the call as unwanted."),  # RFC 8197
    608: Meaning(Outcome.BLOCKED, "A blocking service between us and the callee rejected the call."),  # RFC 8688
}

_ANSWERED: Final = Meaning(Outcome.ANSWERED, "The call was answered.")
_OTHER_FAULT: Final = Meaning(Outcome.TRUNK_FAULT, "The carrier could not carry the call.")
_UNREADABLE: Final = Meaning(
    Outcome.UNKNOWN, "The reply is none that ends a call; whether the phone rang is not known."
)


def outcome_of(
    code: int | None, reason: str = "", *, retry_after_s: float | None = None, ring_timeout: bool = False
) -> Outcome:
    """The outcome of a call that ended with SIP ``code`` and its reason phrase.

    ``code`` None: no response came; then ``ring_timeout`` tells "it rang in vain" (a ring time-out of ours has no
    code) from "the carrier never replied". ``retry_after_s`` is the Retry-After header, None without one.
    A backend that hung up by itself does not ask: it knows that the call is ``CANCELLED``.
    """
    return _meaning(code, reason, retry_after_s, ring_timeout).outcome


def describe(
    code: int | None, reason: str = "", *, retry_after_s: float | None = None, ring_timeout: bool = False
) -> str:
    """The same for people: a sentence, with code and phrase in brackets. Safe to show."""
    sentence = _meaning(code, reason, retry_after_s, ring_timeout).sentence
    if code is None:
        return sentence
    source = f"SIP {code} {safe_text(reason)}".rstrip()
    if retry_after_s is not None:
        source += f", retry after {retry_after_s:g} s"
    return f"{sentence} ({source})"


def _meaning(code: int | None, reason: str, retry_after_s: float | None, ring_timeout: bool) -> Meaning:
    if code is None:
        return _RING_TIMEOUT if ring_timeout else _NO_REPLY
    by_phrase = _by_phrase(code, reason, retry_after_s)
    return by_phrase or _CODES.get(code) or _by_class(code)


def _by_phrase(code: int, reason: str, retry_after_s: float | None) -> Meaning | None:
    """The cases in which the code does not say it all."""
    if code == 603 and _ANALYTICS.search(reason):
        return _ANALYTICS_BLOCK
    if code == 403 and _LIMIT.search(reason):
        return _CHANNEL_LIMIT
    if 500 <= code <= 599 and _CARRIER_LIMIT.search(reason):
        return _CHANNEL_LIMIT
    if code == 503 and retry_after_s is not None:
        return _TOO_FAST
    return None


def _by_class(code: int) -> Meaning:
    """Codes nobody named. An unheard-of 6xx may be a person's no: a person must look, it is not dialed again."""
    if 200 <= code <= 299:
        return _ANSWERED
    return _OTHER_FAULT if 300 <= code <= 599 else _UNREADABLE
