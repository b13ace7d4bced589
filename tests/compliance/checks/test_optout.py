"""Has the callee said not to call?"""

from __future__ import annotations

import msgspec
import pytest

from dialconsole.compliance.checks.optout import OptOutCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.verdict import VerdictKind

CALL = ProposedCall(number=12015550123, zones=("America/New_York",), campaign="spring")


def entry(
    source: OptOutSource = OptOutSource.OPERATOR, scope: str = EVERYWHERE, reason: str = "wrote a letter"
) -> OptOut:
    return OptOut(number="+12015550123", source=source, reason=reason, by="ana", at=1_795_000_000.0, scope=scope)


def test_who_is_not_on_the_list_may_be_called() -> None:
    """Clear, with that as evidence."""
    found = OptOutCheck(OptOutIndex())(CALL, 0.0)
    assert (found.verdict, found.code) == (VerdictKind.CLEAR, "not_opted_out")


@pytest.mark.parametrize("source", OptOutSource)
def test_who_is_on_the_list_is_refused_with_the_reason(source: OptOutSource) -> None:
    """The sentence tells where it holds, since when, how it came and why."""
    found = OptOutCheck(OptOutIndex([entry(source)]))(CALL, 0.0)
    assert (found.verdict, found.code, found.until) == (VerdictKind.REFUSED, "opted_out", None)
    assert "The number itself is on the do-not-call list for every campaign since 2026-11-18T" in found.sentence
    assert found.sentence.endswith(": wrote a letter).")


def test_an_entry_of_one_campaign_says_so() -> None:
    """Its scope is named; an entry without a reason has none in the sentence."""
    index = OptOutIndex([entry(scope="spring", reason="")])
    found = OptOutCheck(index)(CALL, 0.0)
    assert "for the campaign spring since" in found.sentence
    assert found.sentence.endswith("(entered by an operator).")


def test_an_entry_added_meanwhile_refuses_the_next_look() -> None:
    """The check asks the index each time: nothing about a person's wish is kept."""
    index = OptOutIndex()
    check = OptOutCheck(index)
    assert check(CALL, 0.0).verdict is VerdictKind.CLEAR
    index.add(entry())
    assert check(CALL, 0.0).verdict is VerdictKind.REFUSED
    index.add(msgspec.structs.replace(entry(), removed=True))
    assert check(CALL, 0.0).verdict is VerdictKind.CLEAR


def test_a_pattern_is_named_with_its_scope_and_date() -> None:
    """A wildcard for one client refuses its campaigns' calls and says which entry did."""
    blocked = msgspec.structs.replace(entry(OptOutSource.IMPORT, "client:acme"), number="+1201555*")
    check = OptOutCheck(OptOutIndex([blocked]))
    assert check(CALL, 0.0).verdict is VerdictKind.CLEAR
    found = check(msgspec.structs.replace(CALL, client="Acme"), 0.0)
    assert found.verdict is VerdictKind.REFUSED
    assert found.sentence == (
        "Covered by the entry +1201555* of the do-not-call list for the client acme since 2026-11-18T11:06:40Z "
        "(imported: wrote a letter)."
    )
