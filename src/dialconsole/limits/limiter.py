"""The seam for limits: slots under one or more scopes.

A *scope* is whatever has limits of its own: ``trunk:main``, ``campaign:reminders``. A *slot* is the permission for
one call under all the scopes it joined. It counts against concurrency from the grant to its release, and against
the 60-second window from the grant until a minute after the call really *started* (its INVITE). So a grant that is
still setting up its agent holds its place, and no 60 s as the carrier counts them can ever see one start too many:
every start of such a window holds a place at the moment of the window's last start.

Two implementations: in this process (``limits.local``); a shared one on Redis fits the same protocol, which is why
whatever may need a round trip is a coroutine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from dialconsole.model.campaign import Limits

WINDOW_S = 60.0
"""Limits per minute hold in any window of this length."""

TURN_S = 0.5
"""How long before its start a slot may have its turn: time for a last look that costs the trunk no pace."""

GUARD_S = 0.25
"""Added to the window: the carrier counts at its own end, and the network's jitter must not make N + 1 there."""


class Usage(Struct, frozen=True):
    """What the gauges show of one scope."""

    limits: Limits
    live: int
    starts: int
    """Starts in the last 60 s, with the reservations that have not started yet."""
    waiting: int
    next_at: float | None
    """Loop time at which a place in the window or the spacing comes free, if that is what is missing."""
    full: str
    """``concurrent``, ``per_minute``, ``per_second`` or empty."""


class Slot(Protocol):
    """One call's permission. Obtained from ``Limiter.acquire``; ``release`` it exactly once (twice is harmless)."""

    async def join(self, scope: str) -> bool:
        """Take a place under one more scope if it has one *now*; False takes nothing."""

    async def turn(self) -> None:
        """Wait until the spacing of each scope lets this slot start within ``TURN_S``; nobody starts before it then.

        For what must be looked at between a long wait and the INVITE. Keep it short: the scopes wait for the start, or
        the release. Who has nothing to look at need not ask; ``start`` waits too. A limit that is cut after the turn
        was given does not take it back.
        """

    async def start(self) -> None:
        """Called right before the INVITE: waits until the spacing of each scope allows a start, then stamps it.

        After ``turn`` that is ``TURN_S`` at most.
        """

    def release(self) -> None:
        """The call is over. A slot that never started leaves no trace in the window.

        Whoever waits for its turn or its start meanwhile gets a ``RuntimeError``.
        """


class Limiter(Protocol):
    """Exact, first come first served, editable while calls wait."""

    def set_limits(self, scope: str, limits: Limits) -> None:
        """Set or replace the limits of a scope; takes effect at once, up or down. Live calls are never cut."""

    def remove(self, scope: str) -> None:
        """Forget a scope. Slots already under it stay valid."""

    async def acquire(self, scope: str) -> Slot:
        """Wait for a place under ``scope``, in order of arrival. Cancelling gives the place in the line back."""

    def occupy(self, scopes: Sequence[str], *, started_ago: float) -> Slot:
        """A place taken without asking, beyond the limits if need be: a call that outlived a crash.

        It started ``started_ago`` seconds ago and counts in the window from then on, also after its release.
        """

    def has_room(self, scope: str) -> bool:
        """Whether ``join`` would succeed now."""

    def usage(self, scope: str) -> Usage:
        """Figures for the gauges, O(1)."""

    def on_room(self, callback: Callable[[str], None]) -> None:
        """Call ``callback(scope)`` whenever a scope that was full (for ``join`` or ``has_room``) has room again."""
