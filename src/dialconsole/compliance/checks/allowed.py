"""May the trunk call this number yet? A trunk to the real network calls an allow list alone until an admin lifts that.

The first calls of a new set-up are the ones that go wrong: a list of the wrong people, an agent that says the wrong
thing. They go to telephones of the people who try it out.
"""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_ANY = CheckResult(
    check=CheckName.ALLOWED,
    verdict=VerdictKind.CLEAR,
    code="any_number",
    sentence="The trunk may call any number.",
)
_ON_THE_LIST = CheckResult(
    check=CheckName.ALLOWED,
    verdict=VerdictKind.CLEAR,
    code="on_allow_list",
    sentence="On the allow list of the trunk, which is not released for other numbers.",
)


class AllowedCheck:
    """Holds, without a time, what is not on the allow list of a trunk that is not released."""

    name = CheckName.ALLOWED

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        allowed = call.allowed
        if allowed is None:
            return _ANY
        return _ON_THE_LIST if call.number in allowed else _held(call.trunk, len(allowed))


@lru_cache(maxsize=256)
def _held(trunk: str, count: int) -> CheckResult:
    numbers = "which is empty" if not count else f"{count} number{'s' * (count != 1)}"
    return CheckResult(
        check=CheckName.ALLOWED,
        verdict=VerdictKind.HELD,
        code="not_on_allow_list",
        sentence=f"Trunk {trunk} calls only its allow list ({numbers}) until an admin releases it: "
        f"dialconsole trunk release {trunk}",
    )
