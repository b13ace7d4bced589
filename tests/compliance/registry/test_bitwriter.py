"""Building a bit file."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry import bitwriter
from dialconsole.compliance.registry.bits import BitFile
from dialconsole.compliance.registry.bitwriter import BitWriter

NUMBERS = st.builds(
    lambda code, line: code * 10_000_000 + line, st.sampled_from([200, 415, 999]), st.integers(0, 9_999_999)
)


def array(numbers: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.lists(NUMBERS, max_size=20)), max_size=5))
def test_adding_and_removing_is_that_of_a_set(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, list[int]]]
) -> None:
    """In any order, with doubles, also numbers that were never there."""
    path = tmp_path_factory.mktemp("w") / "b"
    writer, expected = BitWriter(path), set[int]()
    for adding, numbers in steps:
        if adding:
            writer.add(array(numbers))
            expected |= set(numbers)
        else:
            writer.remove(array(numbers))
            expected -= set(numbers)
    writer.finish(0)
    writer.close()
    bits = BitFile.open(path)
    seen = {number for _, numbers in steps for number in numbers if bits.listed(number)}
    assert seen == expected
    assert sum(bits.survey().counts.values()) == len(expected)
    bits.close()


def test_numbers_that_wait_are_written_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the file, whatever the order of the area codes."""
    monkeypatch.setattr(bitwriter, "_WAITING", 2)
    writer = BitWriter(tmp_path / "b")
    for number in (9_995_550_100, 2_015_550_100, 9_995_550_101, 2_015_550_101, 3_125_550_100):
        writer.add(array([number]))
    found, _ = writer.finish(0)
    writer.close()
    assert found.counts == {201: 2, 312: 1, 999: 2}


def test_single_numbers_need_no_numpy(tmp_path: Path) -> None:
    """The demo registry is written by an engine that never loads it."""
    writer = BitWriter(tmp_path / "b")
    writer.put([2_015_550_100, 2_015_550_101])
    found, _ = writer.finish(0)
    writer.close()
    assert found.counts == {201: 2}


def test_a_copy_holds_the_same(tmp_path: Path) -> None:
    """Same numbers, same hash, and its holes kept."""
    first = BitWriter(tmp_path / "a")
    first.add(array([2_015_550_100, 2_015_550_177, 8_085_550_100]))
    found, _ = first.finish(0)
    first.close()
    bits = BitFile.open(tmp_path / "a")
    second = BitWriter(tmp_path / "b")
    assert second.copy_from(bits) == found
    second.close()
    bits.close()
    assert (tmp_path / "b").stat().st_blocks <= (tmp_path / "a").stat().st_blocks


def test_the_stamp_is_that_of_the_file(tmp_path: Path) -> None:
    """The time is the one asked for, so that any later write shows."""
    writer = BitWriter(tmp_path / "b")
    _, stamp = writer.finish(1_700_000_000_000_000_000)
    writer.close()
    about = (tmp_path / "b").stat()
    assert (stamp.size, stamp.mtime_ns, stamp.inode) == (10**9, 1_700_000_000_000_000_000, about.st_ino)
    assert about.st_mtime_ns == stamp.mtime_ns
    assert about.st_mode & 0o777 == 0o600


def test_a_disk_that_takes_a_part_only_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short write is continued, and one of nothing is a full disk."""
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: real(fd, data[:1000], at))
    writer = BitWriter(tmp_path / "b")
    writer.add(array([2_010_000_000, 2_010_030_000]))
    found, _ = writer.finish(0)
    assert found.counts == {201: 2}
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: 0)
    writer.add(array([2_015_550_100]))
    with pytest.raises(OSError, match="No space left"):
        writer.finish(0)
    writer.close()
