"""Is this a number that anybody may be called at?"""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.number import NumberCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.verdict import VerdictKind


def test_a_consumers_number_is_clear() -> None:
    """A valid number passes, and the evidence is a sentence."""
    found = NumberCheck()(ProposedCall(number=12015550123, zones=("America/New_York",)), 0.0)
    assert (found.verdict, found.code) == (VerdictKind.CLEAR, "callable_number")
    assert found.sentence


@pytest.mark.parametrize(
    ("number", "code"),
    [(18005550123, "toll_free"), (19005550123, "premium"), (15005550123, "personal"), (12225550123, "invalid_number"),
     (1201555, "invalid_number"), (0, "invalid_number"), (-1, "invalid_number")],
)  # fmt: skip
def test_other_numbers_are_refused_whatever_zone_the_list_gave(number: int, code: str) -> None:
    """A zone column makes no telephone of a toll-free, premium, personal or unassigned number."""
    found = NumberCheck()(ProposedCall(number=number, zones=("America/New_York",)), 0.0)
    assert (found.verdict, found.code) == (VerdictKind.REFUSED, code)
    assert found.sentence
