"""The gate: may this number be called now? A list of small checks, cheapest first, each tested alone.

It is asked twice for each call: just before the claim, and (``recheck``) just before the phone rings. It is also what
``explain`` and the do-not-call editor ask; there is no second implementation anywhere.

Fails closed: a check that cannot be made holds the call and says what is missing; a check that raises holds it too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from dialconsole.model.campaign import CallingWindow
from dialconsole.model.outcome import CampaignState
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind, combine

CHECK_FAILED = "check_failed"
"""The code of a check that could not be made."""


class ProposedCall(Struct, frozen=True, gc=False):
    """All that the checks may know of a call. What a check does not find here (opt-outs, recent calls) it was given."""

    number: int
    """E.164 digits without the plus."""
    zones: tuple[str, ...]
    """Candidate zones, sorted."""
    campaign: str | None = None
    """``None``: nobody's campaign, for ``explain`` without a workspace."""
    state: CampaignState = CampaignState.RUNNING
    window: CallingWindow = CallingWindow()
    ring_timeout_s: float = 30.0
    attempts: int = 0
    max_attempts: int = 3
    min_gap_s: float = 15 * 60.0
    jurisdictions: tuple[str, ...] = ()
    """Where the callee may be, ISO 3166-2 (``US-FL``) or the country alone (``GB``), sorted; the strictest wins."""
    purpose: Purpose = Purpose.MARKETING
    voice: Voice = Voice.AI
    line: LineType = LineType.UNKNOWN
    consent: ConsentBasis = ConsentBasis.UNKNOWN
    last_purchase: float | None = None
    """POSIX seconds; with ``last_inquiry`` the established business relationship."""
    last_inquiry: float | None = None
    registry_exempt: str = ""
    """Why the campaign's owner says that no registry binds it; empty: they bind."""
    client: str = ""
    """On whose behalf the campaign calls, as its owner wrote it; empty: nobody's in particular."""
    trunk: str = ""
    allowed: frozenset[int] | None = None
    """The only numbers (digits) that the trunk may call as long as it is not released; ``None``: any."""
    rehearsed: bool = False
    """The trunk reaches no telephone (fake backend). For such calls alone a demonstration's registry will do."""
    registry_exempt_by: str = ""
    """Whose word ``registry_exempt`` is; empty: nobody kept it."""


class Check(Protocol):
    """One question. Stateless but for the data it looks up; no I/O, no clock: ``at`` is POSIX seconds."""

    name: CheckName

    def __call__(self, call: ProposedCall, at: float) -> CheckResult: ...


class Gate:
    """All checks together. They are all made, also after one has said no: "why not?" wants every reason."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._last = tuple(c for c in checks if c.name in _MAY_CHANGE_MEANWHILE)

    def judge(self, call: ProposedCall, at: float) -> Verdict:
        """Every check, in order; the verdict with all reasons and evidence."""
        return _judged(self._checks, call, at)

    def recheck(self, call: ProposedCall, at: float) -> Verdict:
        """Only what may have changed since the claim: the campaign, the opt-outs, the registry, the hours."""
        return _judged(self._last, call, at)

    def without(self, names: Collection[CheckName]) -> Gate:
        """The same gate less some checks: for questions that have nothing to check them on."""
        return Gate([check for check in self._checks if check.name not in names])

    @property
    def names(self) -> tuple[CheckName, ...]:
        return tuple(check.name for check in self._checks)


# Left out of the second look: what the claim itself has just changed.
_MAY_CHANGE_MEANWHILE = frozenset(CheckName) - {
    CheckName.ATTEMPTS,
    CheckName.CAPS,
    CheckName.GAP,
    CheckName.IN_A_CALL,
}


def _judged(checks: tuple[Check, ...], call: ProposedCall, at: float) -> Verdict:
    results: list[CheckResult] = []
    clear = bool(checks)
    yes = VerdictKind.CLEAR  # looked up once: a member of an enum costs as much as a call
    for check in checks:
        try:
            result = check(call, at)
            if result.verdict is not yes:
                clear = False
                if result.verdict is not VerdictKind.HELD and result.verdict is not VerdictKind.REFUSED:
                    raise TypeError(f"{result.verdict!r} is no verdict")  # no answer is no permission
        except Exception as error:
            result = _not_made(check.name, error)
            clear = False
        results.append(result)
    if clear:  # nearly every call that gets this far; ``combine`` would look at each result four times over
        return Verdict(yes, tuple(results), call.zones, at)
    return combine(tuple(results), call.zones, at)


def _not_made(check: CheckName, error: Exception) -> CheckResult:
    return CheckResult(
        check=check,
        verdict=VerdictKind.HELD,
        code=CHECK_FAILED,
        sentence=f"The check '{check}' could not be made ({type(error).__name__}), so nothing is dialed.",
    )


def when(at: float) -> str:
    """An instant in a sentence of the evidence: ISO 8601, UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
