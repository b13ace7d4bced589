"""Do-not-call entries as people read them."""

from __future__ import annotations

import pytest

from dialconsole.console.render.optout import OPT_OUT_COLUMNS, SOURCE_WORDS, listed
from dialconsole.model.optout import OptOutSource


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+12015550143", "+1 201-555-0143"),
        ("+1201*", "+1 201-…"),
        ("+12015*", "+1 201-5…"),
        ("+1201555*", "+1 201-555-…"),
        ("+120155501*", "+1 201-555-01…"),
        ("+44207*", "+44 207…"),
    ],
)
def test_a_pattern_shows_its_beginning(number: str, words: str) -> None:
    """Written like a number that breaks off."""
    assert listed(number) == words


def test_every_source_has_words_that_fit() -> None:
    """In the column of the editor."""
    width = next(column.width for column in OPT_OUT_COLUMNS if column.key == "source")
    assert all(len(SOURCE_WORDS[source]) <= width for source in OptOutSource)
