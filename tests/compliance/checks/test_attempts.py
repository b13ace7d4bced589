"""Has this contact been tried often enough?"""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.attempts import AttemptsCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.verdict import VerdictKind


@pytest.mark.parametrize(
    ("attempts", "most", "verdict", "sentence"),
    [
        (0, 3, VerdictKind.CLEAR, "Attempt 1 of 3."),
        (2, 3, VerdictKind.CLEAR, "Attempt 3 of 3."),
        (3, 3, VerdictKind.REFUSED, "Called 3 of at most 3 times in this campaign."),
        (5, 3, VerdictKind.REFUSED, "Called 5 of at most 3 times in this campaign."),
    ],
)
def test_attempts_are_used_up_at_the_limit(attempts: int, most: int, verdict: VerdictKind, sentence: str) -> None:
    """The last attempt allowed is clear, the next is refused; so is one that a lowered limit overtook."""
    call = ProposedCall(number=12015550123, zones=(), attempts=attempts, max_attempts=most)
    found = AttemptsCheck()(call, 0.0)
    assert (found.verdict, found.sentence) == (verdict, sentence)
