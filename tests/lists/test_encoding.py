"""Which encoding the bytes of a list are in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.encoding import TITLES, Encoding, EncodingEvidence

ROW = "phone,name\n2125550143,José Müller\n"


def weigh(data: bytes, chunk: int = 1 << 20) -> Encoding:
    evidence = EncodingEvidence()
    for start in range(0, len(data), chunk):
        evidence.add(data[start : start + chunk])
    return evidence.verdict()


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (b"phone\n2125550143\n", "utf-8"),
        (ROW.encode(), "utf-8"),
        (ROW.encode("utf-8-sig"), "utf-8-sig"),
        (ROW.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + ROW.encode("utf-16-be"), "utf-16"),
        (ROW.encode("utf-16-le"), "utf-16-le"),
        (ROW.encode("utf-16-be"), "utf-16-be"),
        (ROW.encode("utf-32"), "utf-32"),
        (ROW.encode("latin-1"), "cp1252"),
        ((ROW + "2125550144,“Ann” – €\n").encode("cp1252"), "cp1252"),
        (ROW.encode("latin-1") + b"\x81\x8d", "latin-1"),
        (b"", "utf-8"),
    ],
)
def test_the_encodings_lists_come_in(data: bytes, codec: str) -> None:
    """UTF-8 and UTF-16 with and without a mark, UTF-32 with one, and the Windows code page when it is not UTF-8."""
    found = weigh(data)
    assert found == Encoding(codec)
    assert found.codec in TITLES
    data.decode(found.codec, errors="replace")


def test_the_first_letter_beyond_ascii_may_come_late() -> None:
    """All bytes are weighed: a list that is plain for two megabytes may still be Latin-1."""
    assert weigh(b"2125550143,Ann\n" * 150_000 + "2125550144,José\n".encode("latin-1")).codec == "cp1252"


def test_a_damaged_place_does_not_turn_utf8_into_latin1() -> None:
    """A few bad bytes in a file full of good UTF-8 are counted and the rest is read as what it is."""
    assert weigh("Müller Nuñez Zoë\n".encode() * 50 + b"Jos\xe9\n") == Encoding("utf-8", damaged=1)


def test_a_replacement_character_is_no_damage() -> None:
    """U+FFFD that stands in the file itself is a letter like others."""
    assert weigh("Jos\ufffd,Ann\n".encode()) == Encoding("utf-8")


@given(st.text(min_size=1), st.integers(1, 7))
@settings(max_examples=300, deadline=None)
def test_utf8_is_utf8_however_it_is_cut(text: str, chunk: int) -> None:
    """Valid UTF-8 is recognised wherever the file is cut into pieces, and decodes to what it was."""
    data = ("phone," + text).encode("utf-8", "ignore")
    found = weigh(data, max(chunk, 4))
    assert found == Encoding("utf-8")


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_bytes_can_be_read(data: bytes) -> None:
    """Whatever the verdict, reading with replacement never fails."""
    data.decode(weigh(data).codec, errors="replace")
