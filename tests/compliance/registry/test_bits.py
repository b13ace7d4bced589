"""One bit per number, in a sparse file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry.bits import AREA_CODES, BLOCK, FIRST, LAST, SIZE, BitFile, ShortRead, block_start
from dialconsole.compliance.registry.bitwriter import BitWriter

NUMBERS = st.integers(FIRST, LAST)
NEAR = st.builds(
    lambda code, line: code * 10_000_000 + line,
    st.sampled_from([200, 201, 999]),
    st.sampled_from([0, 1, 7, 8, 32_767, 32_768, 9_999_999]),
)
"""Numbers at the edges of bytes, pages, blocks and of the file."""


def written(path: Path, numbers: set[int]) -> BitFile:
    writer = BitWriter(path)
    writer.add(np.array(sorted(numbers), np.int64))
    writer.finish(0)
    writer.close()
    return BitFile.open(path)


def test_the_geometry_covers_every_area_code() -> None:
    """200 to 999, a billion bytes, no byte in two area codes."""
    assert (AREA_CODES.start, AREA_CODES.stop, SIZE) == (200, 1000, 1_000_000_000)
    assert block_start(200) == 0
    assert block_start(999) + BLOCK == SIZE


@settings(max_examples=25, deadline=None)
@given(numbers=st.sets(NUMBERS | NEAR, max_size=30), others=st.lists(NUMBERS | NEAR, max_size=30))
def test_what_is_listed_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, numbers: set[int], others: list[int]
) -> None:
    """A Python set says the same, for the numbers, their neighbours and any others; the survey counts them."""
    path = tmp_path_factory.mktemp("bits") / "b"
    bits = written(path, numbers)
    asked = {*numbers, *others, *(n + 1 for n in numbers if n < LAST), *(n - 1 for n in numbers if n > FIRST)}
    assert {n for n in asked if bits.listed(n)} == numbers
    counts = bits.survey().counts
    assert counts == {code: sum(n // 10**7 == code for n in numbers) for code in sorted({n // 10**7 for n in numbers})}
    bits.close()


def test_few_numbers_take_little_disk(tmp_path: Path) -> None:
    """One number in each of eight area codes is a page each, not a gigabyte."""
    bits = written(tmp_path / "b", {code * 10**7 + 5_550_100 for code in range(201, 209)})
    assert bits.stat().st_size == SIZE
    assert bits.stat().st_blocks * 512 <= 8 * 65_536
    bits.close()


def test_the_hash_is_of_the_numbers_not_of_the_holes(tmp_path: Path) -> None:
    """A copy whose holes were filled with zeros has the same; another number another."""
    bits = written(tmp_path / "b", {2_015_550_100})
    block = bytearray(BLOCK)
    block[5_550_100 >> 3] |= 1 << (5_550_100 & 7)
    assert bits.survey().sha256 == hashlib.sha256(b"201" + block).hexdigest()
    with open(tmp_path / "b", "r+b") as file:
        file.seek(block_start(300))
        file.write(bytes(BLOCK))
    assert bits.survey().counts == {201: 1}
    assert bits.survey().sha256 == hashlib.sha256(b"201" + block).hexdigest()
    bits.close()


def test_a_file_that_is_cut_off_is_no_answer(tmp_path: Path) -> None:
    """An ``OSError``, never "not listed"; so is a number that has no bit."""
    bits = written(tmp_path / "b", {2_015_550_100})
    os.truncate(tmp_path / "b", block_start(201))
    with pytest.raises(ShortRead):
        bits.listed(2_015_550_100)
    for number in (LAST + 1, FIRST - 1):
        with pytest.raises(OSError, match=r"cut off|Invalid argument"):
            bits.listed(number)
    bits.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        bits.listed(2_015_550_100)
