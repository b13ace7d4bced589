"""Which registries bind a call."""

from __future__ import annotations

import pytest

from dialconsole.compliance.registry.binding import binding_of

US, CANADIAN, BRITISH, AUSTRALIAN, GERMAN = 12_015_550_100, 14_165_550_100, 442_079_460_000, 61_255_501_234, 4930123456


@pytest.mark.parametrize(
    ("number", "places", "binds"),
    [
        (US, (), "us any"),
        (US, ("US",), "us any"),
        (US, ("US-NJ",), "us us-nj"),
        (US, ("US-FL", "US-NJ"), "us us-fl us-nj"),
        (US, ("US", "US-FL"), "us us-fl any"),
        (US, ("PR",), "us us-pr"),
        (CANADIAN, ("CA-ON",), "ca"),
        (CANADIAN, ("CA-ON", "US-NY"), "us us-ny ca"),
        (CANADIAN, ("JM",), "JM"),
        (US, ("GB", "US-NJ"), "us us-nj GB"),
        (BRITISH, (), "GB"),
        (BRITISH, ("GB",), "GB"),
        (BRITISH, ("US-NJ",), "GB"),
        (AUSTRALIAN, ("AU-NSW",), "AU"),
        (GERMAN, (), "??"),
        (GERMAN, ("DE",), "DE"),
    ],
)
def test_place_and_number_decide_the_stricter_of_both(number: int, places: tuple[str, ...], binds: str) -> None:
    """Every registry of every place that the callee may be in; a foreign number is on no list of +1."""
    found = binding_of(number, places)
    words = ["us"] if found.united_states else []
    words += found.states
    words += ["any"] if found.any_state else []
    words += ["ca"] if found.canada else []
    words += found.elsewhere
    assert " ".join(words) == binds
