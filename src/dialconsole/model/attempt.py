"""One attempt to reach one contact, and what is told about it while it lives."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.terms import CallTerms
from dialconsole.model.verdict import Verdict


class EventKind(StrEnum):
    """Steps of a call, as the ladder shows them."""

    CLAIMED = "claimed"
    ROOM = "room"
    AGENT_READY = "agent_ready"
    RECHECKED = "rechecked"
    DIALING = "dialing"
    RINGING = "ringing"
    ANSWERED = "answered"
    HUMAN = "human"
    MACHINE = "machine"
    MESSAGE = "message"
    OPT_OUT = "opt_out"
    HANG_UP = "hang_up"
    ADOPTED = "adopted"
    DISPOSITION = "disposition"
    """What the agent says the conversation came to."""
    AGENT_LOST = "agent_lost"
    ENDED = "ended"


class CallEvent(Struct, frozen=True, gc=False):
    kind: EventKind
    at: float
    """POSIX seconds."""
    detail: str = ""
    """What the source said, already safe to show."""


class Claim(Struct, frozen=True, gc=False):
    """Written durably before anything is sent. ``seq`` counts attempts of a workspace; the id is made from it."""

    seq: int
    attempt: str
    contact: int
    number: str
    campaign: str
    trunk: str
    caller_id: str
    attempt_no: int
    at: float
    evidence: Verdict
    terms: CallTerms | None = None
    """``None``: recorded before terms were."""


class Settlement(Struct, frozen=True, gc=False):
    """The end of an attempt: outcome, the contact's next state and the opt-out it caused, one transaction."""

    seq: int
    contact: int
    outcome: Outcome
    status: ContactStatus
    attempts: int
    """Attempts now counted against the contact."""
    ended_at: float
    dialed_at: float | None = None
    answered_at: float | None = None
    next_at: float | None = None
    sip_code: int | None = None
    sip_reason: str = ""
    reasons: tuple[str, ...] = ()
    opt_out: OptOut | None = None


class AttemptRecord(Struct, frozen=True):
    """An attempt as it stands in the ledger."""

    seq: int
    attempt: str
    contact: int
    number: str
    name: str
    campaign: str
    trunk: str
    caller_id: str
    attempt_no: int
    claimed_at: float
    dialed_at: float | None
    answered_at: float | None
    ended_at: float | None
    outcome: Outcome | None
    sip_code: int | None
    sip_reason: str
    zones: tuple[str, ...]
