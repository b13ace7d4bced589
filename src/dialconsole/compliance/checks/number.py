"""Is this a number that anybody may be called at, whatever the campaign and the hour?

Asked at every call although lists are read by the same rule: a contact may be older than the numbering plan it was read
with, and ``explain`` is asked about numbers that no list ever held.
"""

from __future__ import annotations

from functools import cache

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.zones import zones_of_number
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind
from dialconsole.model.zone import NumberFault

_CLEAR = CheckResult(
    check=CheckName.NUMBER,
    verdict=VerdictKind.CLEAR,
    code="callable_number",
    sentence="A valid number of a kind that is called (fixed line or mobile).",
)


class NumberCheck:
    """Refuses with the codes of ``NumberFault``."""

    name = CheckName.NUMBER

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        found = zones_of_number(call.number)
        return _CLEAR if found.fault is None else _refusal(found.fault, found.sentence)


@cache
def _refusal(fault: NumberFault, sentence: str) -> CheckResult:
    return CheckResult(check=CheckName.NUMBER, verdict=VerdictKind.REFUSED, code=fault.value, sentence=sentence)
