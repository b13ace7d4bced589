"""Was this number called a moment ago, by whichever campaign? Being rung twice in a row is what callees complain of."""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall, when
from dialconsole.compliance.recent import RecentCalls
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind


class GapCheck:
    """Holds until the campaign's minimum gap since the number's latest call is over.

    A gap longer than the calls are remembered for cannot be checked, so it holds (``gap_unknown``).
    """

    name = CheckName.GAP

    def __init__(self, recent: RecentCalls) -> None:
        self._recent = recent

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        gap = call.min_gap_s
        last = self._recent.last(call.number)
        if last is not None and at < last + gap:
            return _too_soon(last, gap)
        return _clear(gap) if gap <= self._recent.keep_s else _unknown(gap, self._recent.keep_s)


def _too_soon(last: float, gap: float) -> CheckResult:
    return CheckResult(
        check=CheckName.GAP,
        verdict=VerdictKind.HELD,
        code="too_soon",
        sentence=f"This number was called at {when(last)}; the next call to it, by any campaign, waits {_length(gap)}.",
        until=last + gap,
    )


@lru_cache(maxsize=1024)
def _clear(gap: float) -> CheckResult:
    return CheckResult(
        check=CheckName.GAP,
        verdict=VerdictKind.CLEAR,
        code="gap_kept",
        sentence=f"No call to this number in the last {_length(gap)}, by any campaign.",
    )


def _unknown(gap: float, keep: float) -> CheckResult:
    return CheckResult(
        check=CheckName.GAP,
        verdict=VerdictKind.HELD,
        code="gap_unknown",
        sentence=f"The campaign's minimum gap is {_length(gap)}, but calls are remembered for {_length(keep)} only, "
        "so it cannot be checked. Make the gap shorter.",
    )


def _length(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:g} s"
