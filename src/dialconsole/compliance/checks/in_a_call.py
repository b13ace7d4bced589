"""Is a call of ours to this number going on, by whichever campaign? Two of them must not ring one telephone at once.

The minimum gap says nothing of that: it may be none, and a call may last longer than any gap.
"""

from __future__ import annotations

from typing import Final

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.live import LiveNumbers
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

LOOK_AGAIN_S: Final = 60.0
"""Nobody knows when a call will end, so a contact that waits for that is looked at again after this."""

_CLEAR = CheckResult(
    check=CheckName.IN_A_CALL,
    verdict=VerdictKind.CLEAR,
    code="not_in_a_call",
    sentence="No call to this number is going on, by any campaign.",
)


class InACallCheck:
    """Holds for ``LOOK_AGAIN_S`` while a call to the number is going on, a test call too; code ``in_a_call``."""

    name = CheckName.IN_A_CALL

    def __init__(self, live: LiveNumbers) -> None:
        self._live = live

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        return _held(at) if call.number in self._live else _CLEAR


def _held(at: float) -> CheckResult:
    return CheckResult(
        check=CheckName.IN_A_CALL,
        verdict=VerdictKind.HELD,
        code="in_a_call",
        sentence="A call to this number is going on, by this campaign or another; it is not called a second time.",
        until=at + LOOK_AGAIN_S,
    )
