"""Which registries there are."""

from __future__ import annotations

import pytest

from dialconsole.compliance.registry.lists import is_list, jurisdiction, list_named, title
from dialconsole.model.errors import Problem


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("national", "national"),
        (" National ", "national"),
        ("canada", "canada"),
        ("FL", "us-fl"),
        ("us-fl", "us-fl"),
        ("US_TX", "us-tx"),
        ("us-ca", "us-ca"),
    ],
)
def test_a_list_is_found_by_what_people_call_it(text: str, name: str) -> None:
    """In any case, with or without the country."""
    assert list_named(text) == name
    assert is_list(name)


@pytest.mark.parametrize("text", ["", "ca", "zz", "us-zz", "florida", "../national", "us-fl/..", "\x1b[2J"])
def test_other_names_are_refused(text: str) -> None:
    """A free name would bind nobody; CA may be California or Canada; nothing of it reaches a path or a terminal."""
    with pytest.raises(Problem, match="There is no registry called") as caught:
        list_named(text)
    assert "\x1b" not in caught.value.sentence


def test_a_list_has_a_title_and_a_jurisdiction() -> None:
    """For sentences and for the callees it is about."""
    assert [title(name) for name in ("national", "canada", "us-fl")] == [
        "national do-not-call registry",
        "National Do Not Call List of Canada",
        "do-not-call list of US-FL",
    ]
    assert [jurisdiction(name) for name in ("national", "canada", "us-fl")] == ["US", "CA", "US-FL"]
