"""The do-not-call list in memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource

NUMBER = 12015550123


def entry(number: int = NUMBER, scope: str = EVERYWHERE, *, removed: bool = False, at: float = 1.0) -> OptOut:
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
    index = OptOutIndex([entry(scope="spring")])
    assert index.covers(NUMBER, "spring") == entry(scope="spring")
    assert index.covers(NUMBER, "autumn") is None
    assert index.covers(NUMBER, None) is None


def test_an_entry_holds_at_once() -> None:
    """What is added is found by the next question."""
    index = OptOutIndex()
    assert index.covers(NUMBER, "spring") is None
    index.add(entry())
    assert index.covers(NUMBER, "spring") is not None


def test_removing_one_scope_leaves_the_others() -> None:
    """A number off the list of everywhere stays on the campaign's own."""
    index = OptOutIndex([entry(), entry(scope="spring")])
    assert index.remove(NUMBER)
    assert not index.remove(NUMBER)
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


def test_a_number_without_digits_is_an_error() -> None:
    """An entry that could never cover anything must not pass for one that does."""
    with pytest.raises(ValueError, match="invalid literal"):
        OptOutIndex([OptOut(number="+", source=OptOutSource.IMPORT, reason="", by="", at=0.0)])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            entry,
            st.integers(NUMBER, NUMBER + 3),
            st.sampled_from((EVERYWHERE, "spring", "autumn")),
            removed=st.booleans(),
            at=st.floats(0, 10),
        )
    )
)
def test_the_last_word_counts(entries: list[OptOut]) -> None:
    """For each number and scope the newest entry decides, whatever came between."""
    index = OptOutIndex(entries)
    last = {(e.number, e.scope): e for e in entries}
    for number in range(NUMBER, NUMBER + 4):
        for campaign in ("spring", "autumn", None):
            scopes = [EVERYWHERE] + ([campaign] if campaign else [])
            deciding = [e for s in scopes if (e := last.get((f"+{number}", s))) and not e.removed]
            assert index.covers(number, campaign) == (deciding[0] if deciding else None)
