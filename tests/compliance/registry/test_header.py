"""What is known of a version, sealed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from dialconsole.compliance.registry.header import (
    Header,
    Kind,
    SourceFile,
    Stamp,
    decode_header,
    encode_header,
    last_day,
)
from dialconsole.model.errors import Problem

PATH = Path("national.json")
HEADER = Header(
    list="national",
    version=3,
    kind=Kind.CHANGES,
    san="12345678-90",
    obtained=date(2026, 11, 1),
    everywhere=False,
    counts={201: 2, 305: 0},
    sources=(
        SourceFile(name="full.txt", sha256="a" * 64, kind=Kind.FULL, obtained=date(2026, 10, 2), rows=4),
        SourceFile("change.txt", "b" * 64, Kind.CHANGES, date(2026, 11, 1), rows=3, additions=1, deletions=2),
    ),
    sha256="c" * 64,
    stamp=Stamp(size=10**9, mtime_ns=5, inode=7),
)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()


def test_a_header_comes_back_as_it_was() -> None:
    """With its sources, area codes and sums; the file is JSON that a person can read."""
    content = encode_header(HEADER)
    assert decode_header(content, PATH) == HEADER
    assert (HEADER.numbers, HEADER.rows, HEADER.deletions, HEADER.demo) == (2, 7, 2, False)
    assert json.loads(content)["header"]["san"] == "12345678-90"


@pytest.mark.parametrize("cut", [0, 1, 50, 200, -2])
def test_a_header_cut_off_is_damaged(cut: int) -> None:
    """Nothing of it is used, and the way back is named."""
    with pytest.raises(Problem, match=r"national\.json is damaged .* Import the list again\.") as caught:
        decode_header(encode_header(HEADER)[:cut], PATH)
    assert caught.value.code == "registry_unreadable"


def test_a_header_that_was_edited_is_damaged() -> None:
    """The seal notices a date made younger."""
    content = encode_header(HEADER).replace(b'"obtained":"2026-11-01"', b'"obtained":"2026-12-01"')
    with pytest.raises(Problem, match="its checksum is wrong"):
        decode_header(content, PATH)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[]", b'{"header":{},"sha256":"x"}', b"\x1b[2J"])
def test_other_files_are_no_headers(content: bytes) -> None:
    """Bytes that are no text or another document: a sentence without escapes, no traceback."""
    with pytest.raises(Problem, match="is damaged") as caught:
        decode_header(content, PATH)
    assert "\x1b" not in caught.value.sentence


def test_a_header_of_another_list_is_not_taken() -> None:
    """A state's header renamed to the national one would say that everybody is unlisted."""
    with pytest.raises(Problem, match="belongs to the list 'us-fl'"):
        decode_header(encode_header(replace(HEADER, list="us-fl")), PATH)


def test_a_newer_header_is_left_alone() -> None:
    """Another program version may mean something else by it."""
    with pytest.raises(Problem, match="written by a newer dialconsole"):
        decode_header(encode_header(replace(HEADER, format=2)), PATH)


def test_age_counts_whole_days_in_utc() -> None:
    """From the beginning of its date; negative when that lies ahead."""
    assert [HEADER.age_days(at(2026, 11, 1, hour, 59)) for hour in (0, 23)] == [0, 0]
    assert HEADER.age_days(at(2026, 11, 2)) == 1
    assert HEADER.age_days(at(2026, 10, 31, 23)) == -1


def test_a_version_is_good_for_31_days() -> None:
    """The day it was obtained and 31 more; the 32nd is too old from its first second on, in UTC."""
    assert last_day(HEADER) == date(2026, 12, 2)
    assert HEADER.too_old_from == at(2026, 12, 3)
    assert HEADER.age_days(HEADER.too_old_from - 1) == 31


def test_a_demo_says_so_in_its_title() -> None:
    """Its evidence must not pass for that of a real registry."""
    assert HEADER.title == "national do-not-call registry"
    assert replace(HEADER, kind=Kind.DEMO).title == "DEMO national do-not-call registry"
