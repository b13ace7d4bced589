"""How many contacts of a campaign may be called, and why not the others: what the preflight and its lists say."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.outcome import CampaignState

CALLABLE = "ready"
"""In place of a reason: contacts that may be called now."""

RETRY = "retry"
"""The reason of contacts that the gate would let through, but whose next attempt is not due."""


class ReasonCount(Struct, frozen=True):
    """Contacts that may not be called now, by the check that decides it."""

    check: str
    """A ``CheckName``; ``retry`` for those whose next attempt is not due."""
    code: str
    words: str
    """The code in a few words, for a narrow column."""
    sentence: str
    """The gate's own, if it says the same of all of them."""
    count: int
    refused: bool
    """As things stand they will not be called at all; else they wait."""
    today: int = 0
    """How many of them may be called later on the operator's day."""
    until: float | None = None
    """When the first of them may be called (POSIX seconds); ``None`` if no time is known."""

    @property
    def untimed(self) -> bool:
        """No hour will end it: something must change first, or nothing can."""
        return self.until is None and self.code != RETRY


class DialableReport(Struct, frozen=True):
    """The gate's word on every contact that waits, as if the campaign ran.

    ``total`` = ``ready`` + ``today`` + ``later`` + ``waiting`` + ``refused`` + ``live`` + all of ``done``, but for what
    moved while it was counted.
    """

    campaign: str
    state: CampaignState
    at: float
    total: int
    ready: int
    """May be called at ``at``."""
    today: int
    """Later on the operator's day."""
    later: int
    """On another day."""
    waiting: int
    """Not before something changes: a registry is imported, a zone becomes known."""
    refused: int
    """Not in this campaign, as things stand."""
    live: int
    done: dict[str, int]
    """By final status; empty ones left out."""
    reasons: tuple[ReasonCount, ...]
    """Of all that wait or would be refused, the largest first."""

    @property
    def open(self) -> int:
        """Contacts that are neither done nor being called."""
        return self.ready + self.today + self.later + self.waiting + self.refused

    @property
    def line(self) -> str:
        """The whole in a line, for a start."""
        parts = [f"{self.ready:,} may be called now"]
        parts += [
            f"{count:,} {words}"
            for count, words in (
                (self.today, "later today"),
                (self.later, "on another day"),
                (self.waiting, "held until something changes"),
                (self.refused, "refused"),
            )
            if count
        ]
        return f"Of {self.open:,} contact{'s' * (self.open != 1)}: {', '.join(parts)}."


class UndialableContact(Struct, frozen=True):
    """One contact of a reason's list, with the gate's word on it at the moment it is listed."""

    id: int
    number: str
    name: str
    list: str
    line: int
    attempts: int
    sentence: str
    """Of the reason it is listed under."""
    reasons: tuple[str, ...]
    """All that keeps it from being called."""
    until: float | None
    """From when it may be called; ``None`` if it may now, or no time is known."""
    zones: tuple[str, ...]


class UndialablePage(Struct, frozen=True):
    contacts: tuple[UndialableContact, ...]
    next: int | None
    """Ask on with this as ``after``; ``None``: that was all."""
