"""Has this contact been tried as often as the campaign allows?"""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind


class AttemptsCheck:
    """Attempts that never reached the network are not counted, so they do not use a contact up."""

    name = CheckName.ATTEMPTS

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        return _result(call.attempts, call.max_attempts)


@lru_cache(maxsize=1024)
def _result(attempts: int, most: int) -> CheckResult:
    if attempts < most:
        return CheckResult(
            check=CheckName.ATTEMPTS,
            verdict=VerdictKind.CLEAR,
            code="attempts_left",
            sentence=f"Attempt {attempts + 1} of {most}.",
        )
    return CheckResult(
        check=CheckName.ATTEMPTS,
        verdict=VerdictKind.REFUSED,
        code="attempts_used",
        sentence=f"Called {attempts} of at most {most} times in this campaign.",
    )
