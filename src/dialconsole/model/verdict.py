"""What the gate says about one number at one instant, with its reasons and its evidence."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class VerdictKind(StrEnum):
    CLEAR = "clear"
    HELD = "held"
    """Not now; ``until`` says when to look again (``None``: when something changes)."""
    REFUSED = "refused"
    """Not in this campaign, ever, as things stand."""


class CheckName(StrEnum):
    NUMBER = "number"
    CAMPAIGN = "campaign"
    OPTOUT = "optout"
    HOURS = "hours"
    ATTEMPTS = "attempts"
    GAP = "gap"
    IN_A_CALL = "in_a_call"
    REGISTRY = "registry"
    CONSENT = "consent"
    CAPS = "caps"
    ALLOWED = "allowed"
    """Whether the trunk may call this number before an admin releases it."""


class CheckResult(Struct, frozen=True, gc=False):
    """One check's word. ``until`` is POSIX seconds."""

    check: CheckName
    verdict: VerdictKind
    code: str
    """For programs and counters: ``before_hours``, ``opted_out`` ..."""
    sentence: str
    """For people, complete in itself."""
    until: float | None = None


class Verdict(Struct, frozen=True, gc=False):
    """All checks together: refused if any refuses, else held if any holds, else clear."""

    verdict: VerdictKind
    checks: tuple[CheckResult, ...]
    zones: tuple[str, ...]
    at: float
    until: float | None = None
    """Held only: when every hold that names a time is over."""

    @property
    def clear(self) -> bool:
        return self.verdict is VerdictKind.CLEAR

    @property
    def decisive(self) -> CheckResult | None:
        """The check that decided: the first that refuses, else the first that holds; ``None`` when clear.

        Of holds one that names no time goes before those that do: when their time comes, it still holds.
        """
        if self.clear:
            return None
        decided = [c for c in self.checks if c.verdict is self.verdict]
        return next((c for c in decided if c.until is None), decided[0] if decided else None)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(c.sentence for c in self.checks if c.verdict is not VerdictKind.CLEAR)


def combine(checks: tuple[CheckResult, ...], zones: tuple[str, ...], at: float) -> Verdict:
    """The verdict of several checks. No check at all is no permission: the result is then held."""
    if any(c.verdict is VerdictKind.REFUSED for c in checks):
        kind = VerdictKind.REFUSED
    elif not checks or any(c.verdict is VerdictKind.HELD for c in checks):
        kind = VerdictKind.HELD
    else:
        kind = VerdictKind.CLEAR
    times = [c.until for c in checks if c.verdict is VerdictKind.HELD]
    known = [t for t in times if t is not None]
    until = max(known) if kind is VerdictKind.HELD and known and len(known) == len(times) else None
    return Verdict(verdict=kind, checks=checks, zones=zones, at=at, until=until)
