"""The seam between the engine and whoever places calls.

A backend places one call, hangs one up, and finds a call again after a crash; nothing else. It never retries, never
queues, never decides whether a number may be called: those belong to the engine, in one place.

``place`` lives as long as the call. The engine hands it a ``CallLine`` to speak into. When the phone could ring, the
backend waits for its turn; after a long wait it looks once more whether the agent still listens, so that nobody picks
up to an empty room; then it asks the line whether it may still dial, and dials at once. Rejected: a stream of events
to iterate (the end of a call then has two forms, an event and the end of the stream) and polling ``status()`` (late,
and expensive at 10,000 calls).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import OnMachine, Outcome


class CallOrder(Struct, frozen=True, gc=False):
    """All a backend needs to place one call. ``attempt`` is room name and participant identity, unique for ever."""

    attempt: str
    number: str
    caller_id: str
    campaign: str
    trunk: str
    attempt_no: int = 1
    ring_timeout_s: float = 30.0
    max_call_s: float = 600.0
    silence_after_s: float = 3.5
    on_machine: OnMachine = OnMachine.LEAVE_MESSAGE
    agent: str | None = None
    name: str = ""
    variables: dict[str, str] = {}
    dialed_at: float | None = None
    """Only when a call is adopted: what the ledger knows of it, in POSIX seconds."""
    answered_at: float | None = None
    heard: EventKind | None = None
    """``HUMAN`` or ``MACHINE``: who it is has been found out, and is not judged anew."""


class CallEnd(Struct, frozen=True, gc=False):
    """How a call ended. ``sip_reason`` is the phrase beside the code, safe to show."""

    outcome: Outcome
    sip_code: int | None = None
    sip_reason: str = ""
    detail: str = ""
    stops_trunk: bool = False
    """No call of this trunk can work until somebody mends it (wrong key, unknown trunk): ``detail`` says what."""
    retry_after_s: float | None = None
    """The carrier's Retry-After, where it sent one."""


def outcome_of_gone(answered_at: float | None, heard: EventKind | None) -> Outcome:
    """What a call came to that ended while nobody watched, by what was known of it before."""
    if heard is EventKind.MACHINE:
        return Outcome.VOICEMAIL
    return Outcome.UNKNOWN if answered_at is None and heard is None else Outcome.ANSWERED


def end_of_gone(order: CallOrder) -> CallEnd:
    """What ``adopt`` returns for a call that is not there any more."""
    outcome = outcome_of_gone(order.answered_at, order.heard)
    known = outcome is not Outcome.UNKNOWN
    return CallEnd(outcome, detail=_OVER if known else _NO_SUCH_CALL)


_OVER: Final = "It was answered, and ended while nobody here watched it."
_NO_SUCH_CALL: Final = "There is no such call any more; how it ended is not known."


class CallLine(Protocol):
    """The engine's end of one call."""

    async def turn(self) -> None:
        """Wait until it is this call's turn at the trunk, asked once, when the agent is ready.

        May take minutes (the trunk's spacing between calls is kept here), and what was seen before it may be so no
        more. From here on the trunk's other calls wait: look at what must be looked at, then ask ``may_dial``.
        """

    async def may_dial(self) -> bool:
        """The last check, asked exactly once, after ``turn``, when all is ready and the next step is the INVITE.

        False: the backend must not dial; it cleans up and returns ``CallEnd(CANCELLED)``. May take half a second
        (the rest of the spacing); the start is counted here, so nothing may happen between True and the INVITE.
        """

    def event(self, event: CallEvent) -> None:
        """A step of the call. Never blocks, never raises."""


STALE_S: Final = 1.0
"""A turn that took longer than this lets the agent be looked at once more."""


class Found(StrEnum):
    ALIVE = "alive"
    GONE = "gone"
    """The backend answered, and knows no such call: it is over, or was never placed."""
    UNREACHABLE = "unreachable"
    """The backend could not be asked. Says nothing about the call."""


class Backend(Protocol):
    """One trunk's way of placing calls. Implementations: ``telephony.fake``, ``telephony.livekit``."""

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        """Place the call and stay with it until it is over.

        Never raises for anything that a call can do, however it fails: each failure is a ``CallEnd``. Cancelling
        the task hangs the call up.
        """

    async def hang_up(self, attempt: str) -> None:
        """End the call, whatever it is doing; ``place`` then returns soon. Unknown attempts are ignored."""

    async def find(self, attempt: str) -> Found:
        """Look for a call that this process does not supervise (after a crash)."""

    async def adopt(self, order: CallOrder, line: CallLine) -> CallEnd:
        """Supervise a call that ``find`` found alive, to its end. Never dials; nothing is asked of the line."""

    async def close(self) -> None:
        """Give back sessions and timers. Calls in progress are not hung up."""
