"""The do-not-call list in memory."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource, canonical_scope, client_scope, stands_for

NUMBER = 12015550123
SPRING = "campaign:spring"


def entry(number: int | str = NUMBER, scope: str = EVERYWHERE, *, removed: bool = False, at: float = 1.0) -> OptOut:
    return OptOut(
        number=f"+{number}",
        source=OptOutSource.CALLER,
        reason="asked us to stop",
        by="agent",
        at=at,
        scope=scope,
        removed=removed,
        attempt="att-1",
    )


def test_an_entry_for_everywhere_covers_every_campaign() -> None:
    """Also a campaign that does not exist yet, and nobody's campaign."""
    index = OptOutIndex([entry()])
    assert index.covers(NUMBER, "spring") == entry()
    assert index.covers(NUMBER, None) == entry()
    assert index.covers(NUMBER + 1, "spring") is None


def test_an_entry_for_one_campaign_covers_only_that() -> None:
    """Other campaigns, and nobody's, may still call."""
    index = OptOutIndex([entry(scope=SPRING)])
    assert index.covers(NUMBER, "spring") == entry(scope=SPRING)
    assert index.covers(NUMBER, "autumn") is None
    assert index.covers(NUMBER, None) is None


def test_an_entry_holds_at_once() -> None:
    """What is added is found by the next question."""
    index = OptOutIndex()
    assert index.covers(NUMBER, "spring") is None
    index.add(entry())
    assert index.covers(NUMBER, "spring") is not None


def test_an_entry_for_a_client_covers_the_campaigns_of_that_client() -> None:
    """However its label is written; a campaign for another client, or for nobody, may still call."""
    index = OptOutIndex([entry(scope="client:acme inc")])
    found = index.covers(NUMBER, "spring", " Acme  Inc")
    assert found is not None and found.scope == "client:acme inc"
    assert index.covers(NUMBER, "spring", "other") is None
    assert index.covers(NUMBER, "acme inc", "") is None


def test_a_scope_without_a_kind_is_a_campaigns() -> None:
    """As entries were written before there were clients."""
    index = OptOutIndex([entry(scope="spring")])
    assert index.covers(NUMBER, "spring") == entry(scope=SPRING)
    assert index.covers(NUMBER, "autumn", "spring") is None
    index.add(entry(scope=SPRING, removed=True))
    assert len(index) == 0


def test_a_pattern_covers_every_number_that_begins_alike() -> None:
    """And the entry that is found is the pattern, with its own cause."""
    index = OptOutIndex([entry("1201555*"), entry("44207*", SPRING)])
    assert index.covers(12015550100, None) == entry("1201555*")
    assert index.covers(12015560100, None) is None
    assert index.covers(442079460018, "spring") == entry("44207*", SPRING)
    assert index.covers(120155, None) is None


def test_the_narrowest_entry_of_a_scope_explains() -> None:
    """The number itself, then the longest pattern, whatever the order in which they came."""
    index = OptOutIndex([entry("1201*"), entry(), entry("1201555*")])
    assert index.covers(NUMBER, None) == entry()
    assert index.covers(NUMBER + 1, None) == entry("1201555*")
    assert index.covers(12015560100, None) == entry("1201*")


def test_taking_a_pattern_off_leaves_the_numbers_that_are_listed_themselves() -> None:
    """And taking a number off leaves the pattern."""
    index = OptOutIndex([entry(), entry("1201555*")])
    index.add(entry("1201555*", removed=True))
    assert index.covers(NUMBER, None) == entry()
    assert index.covers(NUMBER + 1, None) is None
    index.load([entry("1201555*"), entry(removed=True)])
    assert index.covers(NUMBER, None) == entry("1201555*")


def test_get_finds_exactly_one_entry() -> None:
    """A number that a pattern or another scope covers has no entry of its own."""
    index = OptOutIndex([entry("1201555*"), entry(scope=SPRING)])
    assert index.get(f"+{NUMBER}") is None
    assert index.get(f"+{NUMBER}", "spring") == entry(scope=SPRING)
    assert index.get("+1201555*") == entry("1201555*")
    assert index.get("+120155*") is None
    assert index.get("+1201555*", "client:acme") is None


def test_removing_one_scope_leaves_the_others() -> None:
    """A number off the list of everywhere stays on the campaign's own."""
    index = OptOutIndex([entry(), entry(scope=SPRING), entry(removed=True), entry(removed=True)])
    assert index.covers(NUMBER, "autumn") is None
    assert index.covers(NUMBER, "spring") is not None


def test_a_reversal_takes_a_number_off() -> None:
    """The ledger's reversal entries can be added as they are."""
    index = OptOutIndex([entry(), entry(removed=True)])
    assert index.covers(NUMBER, "spring") is None
    assert len(index) == 0


def test_entries_keep_their_own_cause() -> None:
    """Entries share what they have in common, and only that."""
    index = OptOutIndex([entry(NUMBER, at=1.0), entry(NUMBER + 1, at=1.0), entry(NUMBER + 2, at=2.0)])
    causes = [found.at for n in range(3) if (found := index.covers(NUMBER + n, None))]
    assert causes == [1.0, 1.0, 2.0]
    assert len(index) == 3


@pytest.mark.parametrize("number", ["+", "+*"])
def test_a_number_without_digits_is_an_error(number: str) -> None:
    """An entry that could never cover anything must not pass for one that does."""
    with pytest.raises(ValueError, match="invalid literal"):
        OptOutIndex([OptOut(number=number, source=OptOutSource.IMPORT, reason="", by="", at=0.0)])


_SCOPES = (EVERYWHERE, "spring", SPRING, "campaign:autumn", "client:acme", "Client:ACME", "client:spring")
_NUMBERS = (*range(NUMBER, NUMBER + 4), 442079460018, "1201*", "1201555*", "12015550123*", "44207*", "442*")


def naive(entries: list[OptOut], number: int, campaign: str | None, client: str) -> OptOut | None:
    """The whole history read from the start, one entry after the other."""
    last = {(e.number, canonical_scope(e.scope)): e for e in entries}
    scopes = [EVERYWHERE, client_scope(client) if client else None, f"campaign:{campaign}" if campaign else None]
    in_force = [
        e
        for (listed, scope), e in last.items()
        if not e.removed and scope in scopes and stands_for(listed, f"+{number}")
    ]
    in_force.sort(
        key=lambda e: (scopes.index(canonical_scope(e.scope)), e.number.endswith("*"), -len(e.number)),
    )
    return next(iter(in_force), None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            entry,
            st.sampled_from(_NUMBERS),
            st.sampled_from(_SCOPES),
            removed=st.booleans(),
            at=st.floats(0, 10),
        ),
        max_size=30,
    )
)
def test_the_last_word_counts(entries: list[OptOut]) -> None:
    """For each number or pattern and scope the newest entry decides: the index answers as a list of them would."""
    index = OptOutIndex(entries)
    for number in (*range(NUMBER, NUMBER + 5), 12015560100, 442079460018, 442012345678, 33142685300):
        for campaign, client in (("spring", ""), ("autumn", "acme"), ("summer", " Acme "), ("x", "spring"), (None, "")):
            found, wanted = index.covers(number, campaign, client), naive(entries, number, campaign, client.strip())
            assert (found is None) == (wanted is None)
            if found is not None and wanted is not None:
                assert (found.number, found.at) == (wanted.number, wanted.at)
                assert found.scope == canonical_scope(wanted.scope)


_SOME = [12015550100 + n for n in range(12)]


@given(
    entries=st.lists(
        st.builds(
            entry,
            number=st.sampled_from([*_SOME, "1201*", "120155501*", "12015550111*"]),
            scope=st.sampled_from([EVERYWHERE, SPRING, "client:acme", "campaign:autumn"]),
            removed=st.booleans(),
            at=st.sampled_from([1.0, 2.0]),
        ),
        max_size=12,
    ),
    client=st.sampled_from(["", "acme"]),
)
def test_many_numbers_are_covered_as_one_by_one(entries: list[OptOut], client: str) -> None:
    """The same numbers; and those with equal values have the same entry, but for the number itself."""
    index = OptOutIndex(entries)
    found = index.covering(_SOME, "spring", client)
    alike: dict[object, OptOut] = {}
    for number in _SOME:
        covering = index.covers(number, "spring", client)
        assert (number in found) == (covering is not None)
        if covering is not None:
            plain = msgspec.structs.replace(covering, number="itself") if covering.number == f"+{number}" else covering
            assert alike.setdefault(found[number], plain) == plain
