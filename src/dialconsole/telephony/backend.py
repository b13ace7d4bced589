"""The seam between the engine and whoever places calls.

A backend places one call, hangs one up, and finds a call again after a crash; nothing else. It never retries, never
queues, never decides whether a number may be called: those belong to the engine, in one place.

``place`` lives as long as the call. The engine hands it a ``CallLine`` to speak into; the backend asks the line
once, just before the phone would ring, whether it may still dial. Rejected: a stream of events to iterate (the end of
a call then has two forms, an event and the end of the stream) and polling ``status()`` (late, and expensive at
10,000 calls).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from dialconsole.model.attempt import CallEvent
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


class CallLine(Protocol):
    """The engine's end of one call."""

    async def may_dial(self) -> bool:
        """The last check, asked exactly once, when all is ready and the next step is the INVITE.

        False: the backend must not dial; it cleans up and returns ``CallEnd(CANCELLED)``. May take a moment (the
        trunk's spacing between starts is kept here), so nothing may happen between True and the INVITE.
        """

    def event(self, event: CallEvent) -> None:
        """A step of the call. Never blocks, never raises."""


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
        """Supervise a call that ``find`` found alive, to its end. Never dials; ``may_dial`` is not asked."""

    async def close(self) -> None:
        """Give back sessions and timers. Calls in progress are not hung up."""
