"""The gate as a whole: it fails closed, and its fast path says what ``combine`` says."""

from __future__ import annotations

from typing import Any

import pytest

from dialconsole.compliance.gate import Gate, ProposedCall, when
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind, combine

CALL = ProposedCall(number=12015550123, zones=("America/New_York",), campaign="spring")
AT = 1_795_000_000.0


class Says:
    """A check that always says the same, or raises it."""

    def __init__(self, word: Any, name: CheckName = CheckName.NUMBER) -> None:
        self.name = name
        self.word = word

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        if isinstance(self.word, Exception):
            raise self.word
        return self.word  # type: ignore[no-any-return]


def result(verdict: VerdictKind, until: float | None = None, name: CheckName = CheckName.NUMBER) -> CheckResult:
    return CheckResult(check=name, verdict=verdict, code="code", sentence=f"It is {verdict}.", until=until)


CLEAR, HELD, REFUSED = (result(kind) for kind in VerdictKind)


def test_clear_needs_every_check() -> None:
    """All clear: clear, with each check's word as evidence, the zones and the instant."""
    verdict = Gate([Says(CLEAR), Says(CLEAR)]).judge(CALL, AT)
    assert verdict.clear
    assert (verdict.checks, verdict.zones, verdict.at) == ((CLEAR, CLEAR), CALL.zones, AT)
    assert verdict == combine((CLEAR, CLEAR), CALL.zones, AT)


@pytest.mark.parametrize("words", [[CLEAR, HELD], [HELD, CLEAR], [CLEAR, REFUSED], [REFUSED, HELD, CLEAR]])
def test_one_no_is_no(words: list[CheckResult]) -> None:
    """One check that holds or refuses decides, wherever it stands, and every check is still heard."""
    verdict = Gate([Says(word) for word in words]).judge(CALL, AT)
    assert not verdict.clear
    assert verdict == combine(tuple(words), CALL.zones, AT)


def test_a_hold_without_a_time_decides_before_those_that_end() -> None:
    """When their time comes it still holds, so it is what a person should hear."""
    timed, untimed = result(VerdictKind.HELD, AT + 60), result(VerdictKind.HELD)
    assert combine((CLEAR, timed, untimed), (), AT).decisive is untimed
    assert combine((timed, result(VerdictKind.HELD, AT + 90)), (), AT).decisive is timed
    assert combine((untimed, REFUSED), (), AT).decisive is REFUSED
    assert combine((CLEAR,), (), AT).decisive is None


def test_no_check_is_no_permission() -> None:
    """A gate without checks holds."""
    assert Gate([]).judge(CALL, AT).verdict is VerdictKind.HELD


@pytest.mark.parametrize("error", [OSError("disk away"), KeyError("x"), RuntimeError("bug"), RecursionError()])
def test_a_check_that_raises_holds(error: Exception) -> None:
    """The call is held, the check is named, and the other checks are still made."""
    verdict = Gate([Says(CLEAR), Says(error, CheckName.OPTOUT), Says(CLEAR)]).judge(CALL, AT)
    assert verdict.verdict is VerdictKind.HELD
    failed = verdict.checks[1]
    assert (failed.check, failed.code) == (CheckName.OPTOUT, "check_failed")
    assert type(error).__name__ in failed.sentence
    assert len(verdict.checks) == 3


def test_a_failed_check_does_not_hide_a_refusal() -> None:
    """A refusal stays one though another check could not be made."""
    assert Gate([Says(OSError()), Says(REFUSED)]).judge(CALL, AT).verdict is VerdictKind.REFUSED


@pytest.mark.parametrize(
    "nonsense", [None, True, "clear", CheckResult(CheckName.NUMBER, "clear", "code", "")]  # type: ignore[arg-type]
)  # fmt: skip
def test_what_is_no_verdict_is_no_permission(nonsense: object) -> None:
    """A check that answers nonsense is a check that was not made."""
    verdict = Gate([Says(CLEAR), Says(nonsense)]).judge(CALL, AT)
    assert verdict.verdict is VerdictKind.HELD
    assert verdict.checks[1].code == "check_failed"


def test_cancellation_is_not_swallowed() -> None:
    """Only errors hold a call; a request to end the program passes through."""

    class Ends:
        name = CheckName.NUMBER

        def __call__(self, call: ProposedCall, at: float) -> CheckResult:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Gate([Ends()]).judge(CALL, AT)


def test_the_second_look_leaves_out_what_the_claim_itself_changed() -> None:
    """Attempts, caps, gap and the call itself would hold each at its recheck; opt-outs, hours, campaign are asked."""
    gate = Gate([Says(result(VerdictKind.CLEAR, name=name), name) for name in CheckName])
    assert gate.names == tuple(CheckName)
    asked = {word.check for word in gate.recheck(CALL, AT).checks}
    assert asked == set(CheckName) - {CheckName.ATTEMPTS, CheckName.CAPS, CheckName.GAP, CheckName.IN_A_CALL}


def test_an_instant_in_a_sentence_is_utc() -> None:
    """ISO 8601 to the second."""
    assert when(0.0) == "1970-01-01T00:00:00Z"
