"""The sieve holds back what it was filled with, and little else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.compliance.sieve import Sieve, portions

NUMBERS = st.integers(1, 10**15 - 1)


@given(filled=st.lists(NUMBERS, max_size=50), others=st.lists(NUMBERS, max_size=50))
def test_nothing_it_was_filled_with_falls_through(filled: list[int], others: list[int]) -> None:
    """Whatever else there is, and however large the numbers are."""
    sieve = Sieve(len(filled))
    sieve.fill(filled)
    asked = np.array([*filled, *others], np.int64)
    assert set(range(len(filled))) <= set(sieve.held(asked).tolist())


def test_most_others_fall_through() -> None:
    """Numbers in a row, as lists have them."""
    sieve = Sieve(10_000)
    sieve.fill(range(12_125_550_000, 12_125_560_000))
    held = sieve.held(np.arange(12_135_550_000, 12_135_650_000))
    assert len(held) < 10_000


def test_an_empty_sieve_holds_nothing() -> None:
    """Nothing happened to anybody yet."""
    assert len(Sieve(0).held(np.array([12_125_550_100], np.int64))) == 0


def test_portions_are_of_what_was_there_at_the_start() -> None:
    """The set may change between two of them."""
    numbers = {1, 2, 3}
    seen: list[int] = []
    for part in portions(numbers, 2):
        seen += part
        numbers.add(99)
    assert sorted(seen) == [1, 2, 3]
