"""Scopes and patterns of do-not-call entries."""

from __future__ import annotations

import pytest

from dialconsole.model.optout import canonical_scope, scope_campaign, scope_client, scope_words, stands_for


@pytest.mark.parametrize(
    ("typed", "scope", "words"),
    [
        ("", "", "everywhere"),
        ("spring", "campaign:spring", "campaign spring"),
        ("campaign:spring", "campaign:spring", "campaign spring"),
        ("client:Acme  Inc", "client:acme inc", "client acme inc"),
        ("Client: Acme", "client:acme", "client acme"),
        ("client:a:b", "client:a:b", "client a:b"),
    ],
)
def test_a_scope_has_one_spelling(typed: str, scope: str, words: str) -> None:
    """Whatever was typed, and once more; a bare name is a campaign's."""
    assert canonical_scope(typed) == scope
    assert canonical_scope(scope) == scope
    assert scope_words(typed) == words


def test_a_scope_tells_whom_it_binds() -> None:
    """A campaign and a client of the same name are two."""
    assert (scope_campaign("campaign:acme"), scope_client("campaign:acme")) == ("acme", None)
    assert (scope_campaign("client:acme"), scope_client("client:acme")) == (None, "acme")
    assert (scope_campaign(""), scope_client("")) == (None, None)


@pytest.mark.parametrize(
    ("listed", "other", "covered"),
    [
        ("+12015550123", "+12015550123", True),
        ("+12015550123", "+12015550124", False),
        ("+1201555*", "+12015550124", True),
        ("+1201555*", "+12015560124", False),
        ("+1201*", "+1201555*", True),
        ("+1201555*", "+1201*", False),
        ("+12015550123", "+1201555012*", False),
    ],
)
def test_an_entry_stands_for_itself_and_what_is_narrower(listed: str, other: str, covered: bool) -> None:
    """A pattern for all numbers that begin alike, and for narrower patterns."""
    assert stands_for(listed, other) is covered
