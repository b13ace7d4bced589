"""The table of exchanges is what the phonenumbers that is installed says."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest
from phonenumbers import PhoneNumber, number_type

from dialconsole.exchanges import ExchangeKind, exchange_kinds

TOOL = runpy.run_path(str(Path(__file__).parent.parent.parent / "tools" / "make_exchanges.py"))


def test_a_sample_of_the_table_is_what_phonenumbers_says() -> None:
    """An upgrade of phonenumbers that disagrees fails here: run tools/make_exchanges.py again."""
    rng, kinds = random.Random(5), exchange_kinds()
    for _ in range(20_000):
        national = rng.randrange(100, 1000) * 10**7 + rng.randrange(10**7)
        kind = ExchangeKind(kinds[national // 10_000])
        if kind is not ExchangeKind.ASK:
            assert kind is TOOL["kind_of_number"](national), f"{national}: run make_exchanges.py again"


@pytest.mark.parametrize("code", [111, 212, 246, 441, 500, 600, 800, 829, 900, 876])
def test_the_script_makes_the_committed_rows(code: int) -> None:
    """Every exchange of some area codes of every kind."""
    for exchange in range(code * 1000, code * 1000 + 1000):
        assert exchange_kinds()[exchange] == TOOL["kind_of"](exchange), f"{exchange}: run make_exchanges.py again"


def test_the_exchanges_that_are_asked_for_are_split() -> None:
    """Each has numbers that are valid and numbers that are not; one that phonenumbers mends can go."""
    for exchange in TOOL["SPLIT"]:
        types = {number_type(PhoneNumber(country_code=1, national_number=exchange * 10_000 + n)) for n in range(10_000)}
        assert len({TOOL["KINDS"][found] for found in types}) > 1
        assert exchange_kinds()[exchange] == ExchangeKind.ASK


def test_ranges() -> None:
    """Runs are written with their ends, single numbers alone."""
    assert TOOL["ranges"]([201, 202, 203, 212, 300, 301]) == "201-203,212,300-301"
