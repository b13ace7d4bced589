"""The words for what became of a call and of a contact."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What one attempt came to. Exactly one for each attempt, set once, in the transaction that ends it."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked"
    """The network refused our caller ID (603 "Network Blocked", 608). Says nothing about the callee's wishes."""
    TRUNK_FAULT = "trunk_fault"
    THROTTLED = "throttled"
    AGENT_UNAVAILABLE = "agent_unavailable"
    CANCELLED = "cancelled"
    """We ended it before anyone answered: hang up, drain, or the check just before the dial said no."""
    UNKNOWN = "unknown"
    """Nobody can say whether the phone rang. Never dialed again by itself."""

    @property
    def reached_the_callee(self) -> bool:
        """Whether this counts as an attempt against the contact: the phone rang, or may have."""
        return self not in _NOT_THE_CONTACTS


_NOT_THE_CONTACTS = frozenset({Outcome.TRUNK_FAULT, Outcome.THROTTLED, Outcome.AGENT_UNAVAILABLE, Outcome.CANCELLED})


class ContactStatus(StrEnum):
    """Where a contact stands in its campaign. A row that never became a contact is a ``RejectedRow``."""

    PENDING = "pending"
    CALLING = "calling"
    RETRY = "retry"
    COMPLETED = "completed"
    FAILED = "failed"
    SUPPRESSED = "suppressed"

    @property
    def final(self) -> bool:
        return self in (ContactStatus.COMPLETED, ContactStatus.FAILED, ContactStatus.SUPPRESSED)


class CampaignState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    DRAINING = "draining"
    """Calls in progress go on, no new ones start; then the campaign is finished."""
    FINISHED = "finished"


class CallPhase(StrEnum):
    """What a live call is doing now."""

    PREPARING = "preparing"
    """Claimed in the ledger; the room and the agent are being set up. The phone has not rung."""
    DIALING = "dialing"
    RINGING = "ringing"
    LISTENING = "listening"
    """Answered; a person or a machine is not yet known."""
    TALKING = "talking"
    MACHINE = "machine"
    ENDED = "ended"


class OnMachine(StrEnum):
    """What a campaign does when a machine answers."""

    LEAVE_MESSAGE = "leave_message"
    HANG_UP = "hang_up"
