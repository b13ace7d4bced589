"""Many numbers at once are answered as one by one."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from dialconsole.compliance.registry import many
from dialconsole.compliance.registry.answer import AnswerKind
from dialconsole.compliance.registry.many import UNREAD, OpenLists
from dialconsole.compliance.registry.registry import Registry
from kit.registry import NOON, import_numbers, import_state

NUMBERS = [area * 10**7 + 5_550_000 + line for area in (201, 212, 312, 999) for line in range(100, 160)]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A national list and a state's."""
    import_numbers(tmp_path / "registry", NUMBERS[::3])
    import_state(tmp_path / "registry", "us-ny", NUMBERS[::5])
    return Registry.open(tmp_path / "registry")


@pytest.mark.parametrize("few", [1, 1000])
def test_bits_are_those_of_single_look_ups(registry: Registry, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """In any order, also for numbers that have no bit; area codes read as a whole, or number by number."""
    monkeypatch.setattr(many, "_FEW", few)
    numbers = [10_000_000_000 + number for number in NUMBERS] + [442079460123, 10_005_550_100, 19_999_999_999]
    random.Random(1).shuffle(numbers)
    lists = OpenLists(registry)
    found = lists.listed(np.array(numbers, np.int64)).tolist()
    lists.close()
    for number, bits in zip(numbers, found, strict=True):
        if 12_000_000_000 <= number <= 19_999_999_998:
            for place, name in enumerate(("national", "us-ny")):
                listed = registry.lookup(number, NOON, name).kind is AnswerKind.LISTED
                assert bits >> place & 1 == listed
        else:
            assert bits == 0


def test_what_cannot_be_read_is_said(registry: Registry, tmp_path: Path) -> None:
    """A list that was cut off while it is open answers for no number; nobody is taken for not listed."""
    lists = OpenLists(registry)
    for version in registry.versions():
        version.path.chmod(0o600)
        with version.path.open("r+b") as file:
            file.truncate(1000)
    assert set(lists.listed(np.array([12_125_550_100, 12_015_550_101], np.int64)).tolist()) == {UNREAD}
    lists.close()


def test_a_registry_that_was_closed(registry: Registry) -> None:
    """Without lists nothing is listed; the gate says by itself that there is none."""
    registry.close()
    lists = OpenLists(registry)
    assert lists.listed(np.array([12_125_550_100], np.int64)).tolist() == [0]
