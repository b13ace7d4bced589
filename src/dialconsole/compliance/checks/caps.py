"""Has this number been called as often as the law of its place allows, by all campaigns together?

Windows roll: a cap of 3 in 24 h holds for any 24 hours, not for a day of the calendar. Where the law counts by subject,
by debt or by calendar days, all calls are counted over rolling hours, which never allows more.
"""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall, when
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.rules.bound import BoundRules
from dialconsole.compliance.rules.row import Cap, Length, RuleRow
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_CONSENTED = (ConsentBasis.WRITTEN, ConsentBasis.ORAL)

_NO_CAP = CheckResult(
    check=CheckName.CAPS,
    verdict=VerdictKind.CLEAR,
    code="no_cap",
    sentence="No law's cap on the number of calls binds this one.",
)


class CapsCheck:
    """Held until the last of the caps that are used up frees a call: ``cap_reached``, ``quiet_after_conversation``.

    ``caps_unknown`` where calls are not remembered for as long as a cap counts them; the codes of ``Fault`` where
    nobody knows which rules bind.
    """

    name = CheckName.CAPS

    def __init__(self, book: RuleBook, history: CallHistory) -> None:
        self._book = book
        self._history = history

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        rules = self._book.rules_for(call.jurisdictions, call.purpose, call.voice, call.line)
        if rules.fault is not None:
            return rules.fault.answer(CheckName.CAPS)
        consented = call.consent in _CONSENTED
        caps = [(row, cap) for row, cap in rules.caps if not (cap.without_consent and consented)]
        if not caps and not rules.quiet:
            return _NO_CAP
        holds = self._reached(call.number, caps, at) + self._quiet(call.number, rules, at)
        if holds:
            return max(holds, key=lambda hold: hold.until or 0.0)
        lengths = [cap.within.seconds for _, cap in caps] + [length.seconds for _, length in rules.quiet]
        if max(lengths) > self._history.keep_s:
            return _unknown(self._history.keep_s)
        calls = self._history.calls(call.number)
        return _within(rules, consented, tuple(_counted(calls, cap, at) for _, cap in caps))

    def _reached(self, number: int, caps: list[tuple[RuleRow, Cap]], at: float) -> list[CheckResult]:
        calls = self._history.calls(number)
        return [
            _cap_reached(row, cap, sorted(calls)[-cap.calls] + cap.within.seconds, counted)
            for row, cap in caps
            if (counted := _counted(calls, cap, at)) >= cap.calls
        ]

    def _quiet(self, number: int, rules: BoundRules, at: float) -> list[CheckResult]:
        last = self._history.conversation(number)
        if last is None:
            return []
        return [_spoken(row, length, last) for row, length in rules.quiet if at < last + length.seconds]


def _counted(calls: tuple[float, ...], cap: Cap, at: float) -> int:
    # A call in the future counts too: the clock went back, the call was made.
    return sum(at < call + cap.within.seconds for call in calls)


def _cap_reached(row: RuleRow, cap: Cap, until: float, counted: int) -> CheckResult:
    return CheckResult(
        check=CheckName.CAPS,
        verdict=VerdictKind.HELD,
        code="cap_reached",
        sentence=f"Called {counted} times in the last {cap.within.text}, by all campaigns together; {row.place} allows "
        f"{cap.calls} {row.calls} in {cap.within.text} {row.cited}. The next may follow at {when(until)}.",
        until=until,
    )


def _spoken(row: RuleRow, length: Length, last: float) -> CheckResult:
    until = last + length.seconds
    return CheckResult(
        check=CheckName.CAPS,
        verdict=VerdictKind.HELD,
        code="quiet_after_conversation",
        sentence=f"A person answered at {when(last)}; {row.place} allows no {row.calls} for {length.text} "
        f"after a conversation {row.cited}. The next may follow at {when(until)}.",
        until=until,
    )


@lru_cache(maxsize=4096)
def _within(rules: BoundRules, consented: bool, counted: tuple[int, ...]) -> CheckResult:
    caps = [(row, cap) for row, cap in rules.caps if not (cap.without_consent and consented)]
    used = [
        f"{n} of {cap.calls} calls in {cap.within.text} ({row.place}, row {row.tag})"
        for n, (row, cap) in zip(counted, caps, strict=True)
    ]
    used += [f"no conversation in {length.text} ({row.place}, row {row.tag})" for row, length in rules.quiet]
    return CheckResult(
        check=CheckName.CAPS,
        verdict=VerdictKind.CLEAR,
        code="within_caps",
        sentence=f"Caps over all campaigns: {'; '.join(used)}.",
    )


def _unknown(keep_s: float) -> CheckResult:
    return CheckResult(
        check=CheckName.CAPS,
        verdict=VerdictKind.HELD,
        code="caps_unknown",
        sentence=f"Calls are remembered for {keep_s / 86_400:g} days only, less than a cap on this call counts them, "
        "so it cannot be checked. Nothing is dialed.",
    )
