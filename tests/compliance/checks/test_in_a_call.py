"""Is a call of ours to this number going on?"""

from __future__ import annotations

from dialconsole.compliance.checks.in_a_call import LOOK_AGAIN_S, InACallCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.live import LiveNumbers
from dialconsole.model.verdict import VerdictKind

AT = 1_795_000_000.0
NUMBER = 12015550123
CALL = ProposedCall(number=NUMBER, zones=(), min_gap_s=0.0)


def test_a_number_in_a_call_waits_whatever_the_gap() -> None:
    """Held while the call goes on, and looked at again in a minute, because nobody knows when it ends."""
    live = LiveNumbers()
    check = InACallCheck(live)
    assert check(CALL, AT).verdict is VerdictKind.CLEAR
    live.enter(NUMBER)
    found = check(CALL, AT)
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "in_a_call", AT + LOOK_AGAIN_S)
    live.leave(NUMBER)
    assert check(CALL, AT).verdict is VerdictKind.CLEAR


def test_of_two_calls_to_a_number_both_must_be_over() -> None:
    """An engine that comes up may find two; with their last one the number is forgotten."""
    live = LiveNumbers()
    for _ in range(2):
        live.enter(NUMBER)
    live.leave(NUMBER)
    assert NUMBER in live
    assert (list(live.among([NUMBER, 1])), list(live.numbers())) == ([NUMBER], [NUMBER])
    live.leave(NUMBER)
    assert NUMBER not in live
    assert (list(live.among([NUMBER])), len(live)) == ([], 0)
