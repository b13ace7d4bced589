"""Cells to E.164 numbers, or to a sentence."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.fault import Fault
from dialconsole.lists.number_shapes import LONGEST, NumberShapes
from dialconsole.lists.numbers import Number, NumberReader
from dialconsole.lists.table import of_rows
from dialconsole.model.contact import RowFault
from dialconsole.model.errors import Problem

US = NumberReader("US")


@pytest.mark.parametrize(
    "cell",
    [
        "2125550143",
        "12125550143",
        "+12125550143",
        "(212) 555-0143",
        "212-555-0143",
        "212.555.0143",
        "+1 212 555 0143",
        "  212 555 0143  ",
        "２１２５５５０１４３",
        "٢١٢٥٥٥٠١٤٣",
        "212\u00a0555\u20110143",
        "\u202d2125550143\u202c",
        "\ufeff2125550143",
        "tel:+1-212-555-0143",
        "tel:212-555-0143;phone-context=+1",
        "'2125550143",
        '="2125550143"',
        "2125550143.0",
        "Home: 212 555 0143",
        "2125550143\x00",
    ],
)
def test_one_number_written_in_many_ways(cell: str) -> None:
    """Punctuation, digits of other scripts, URIs and what address books and spreadsheets add do not matter."""
    assert US.read(cell) == Number("+12125550143")


@pytest.mark.parametrize(
    ("cell", "extension"),
    [
        ("(212) 555-0143 ext. 12", "12"),
        ("212-555-0143 x5", "5"),
        ("tel:+1-212-555-0143;ext=7", "7"),
        ("212.555.0143#33", "33"),
        ("212-555-0143 extension 4", "4"),
    ],
)
def test_extensions_are_kept_apart(cell: str, extension: str) -> None:
    """An extension is no part of the number that is dialed."""
    assert US.read(cell) == Number("+12125550143", extension)


@pytest.mark.parametrize(
    ("cell", "fault", "says"),
    [
        ("", RowFault.NO_NUMBER, "empty"),
        (" - ", RowFault.NO_NUMBER, "empty"),
        ("N/A", RowFault.NO_NUMBER, "says “N/A”"),
        ("call me", RowFault.NOT_A_NUMBER, "not a phone number"),
        ("212 555 HOME", RowFault.NOT_A_NUMBER, "letters"),
        ("1-800-FLOWERS", RowFault.NOT_A_NUMBER, "letters"),
        ("2.125550143e+09", RowFault.NOT_A_NUMBER, "may have been 2125550143"),
        ("2,125550143E+09", RowFault.NOT_A_NUMBER, "may have been 2125550143"),
        ("2.1255501E+09", RowFault.NOT_A_NUMBER, "Digits are lost"),
        ("1.21255E+10", RowFault.NOT_A_NUMBER, "Digits are lost"),
        ("########", RowFault.NOT_A_NUMBER, "too narrow"),
        ("#REF!", RowFault.NOT_A_NUMBER, "error"),
        ("212 555 0143 or 212 555 0144", RowFault.NOT_A_NUMBER, "more than one number"),
        ("2125550143/2125550144", RowFault.NOT_A_NUMBER, "more than one number"),
        ("555-0143", RowFault.INVALID_NUMBER, "no area code"),
        ("212 555 014", RowFault.INVALID_NUMBER, "too few digits"),
        ("2125550143" * 3, RowFault.INVALID_NUMBER, "too many digits"),
        ("(000) 555-0143", RowFault.INVALID_NUMBER, "not assigned"),
        ("442079460958", RowFault.INVALID_NUMBER, "abroad needs +"),
        ("+999 555 0143", RowFault.INVALID_NUMBER, "country code that does not exist"),
    ],
)
def test_a_cell_without_a_number_says_why(cell: str, fault: RowFault, says: str) -> None:
    """Each kind of fault has a sentence of its own, which repeats the cell or explains what happened to it."""
    read = US.read(cell)
    assert isinstance(read, Fault)
    assert read.fault is fault
    assert says in read.reason
    assert read.reason.endswith((".", "!", "?"))


def test_the_region_reads_numbers_without_a_country_code() -> None:
    """The same digits are another number in another country; with a plus the region does not matter."""
    germany = NumberReader("de")
    assert germany.read("030 123456") == Number("+4930123456")
    assert germany.read("+1 212 555 0143") == Number("+12125550143")
    assert isinstance(germany.read("2125550143"), Fault) or germany.read("2125550143") != Number("+12125550143")


@pytest.mark.parametrize("region", ["", "USA", "XX", "u\x1b"])
def test_an_unknown_region_is_a_problem(region: str) -> None:
    """A region that does not exist is refused with a sentence, before any row is read by it."""
    with pytest.raises(Problem, match="There is no region"):
        NumberReader(region)


def test_the_memo_agrees_with_phonenumbers() -> None:
    """Over thousands of random prefixes, seen once and seen again, the quick way answers what the library answers."""
    chance = random.Random(7)
    reader = NumberReader("US")
    prefixes = [f"{chance.randrange(200, 1000)}{chance.randrange(200, 1000)}" for _ in range(3000)]
    prefixes += ["246521", "246522", "876606", "212555", "800555"]
    for prefix in prefixes:
        for _ in range(3):
            digits = f"{prefix}{chance.randrange(10_000):04}"
            expected = phonenumbers.is_valid_number(phonenumbers.parse(digits, "US"))
            assert reader.is_number(digits) == expected, digits


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_cell_gives_a_number_or_a_fault(cell: str) -> None:
    """Nothing in a cell raises, and a number that is read is valid E.164."""
    read = US.read(cell)
    if isinstance(read, Number):
        assert phonenumbers.is_valid_number(phonenumbers.parse(read.e164))
    else:
        assert read.reason


@given(st.text("0123456789 +-().xe,;#/tel:hom１２", max_size=25))
@settings(max_examples=500, deadline=None)
def test_no_letter_becomes_a_digit(cell: str) -> None:
    """The digits of a number that is read all stand in the cell, in their order."""
    read = US.read(cell)
    if isinstance(read, Number):
        national = read.e164.removeprefix("+1") if read.e164.startswith("+1") else read.e164[-4:]
        assert national in phonenumbers.normalize_digits_only(cell)


FORMATS = (
    "{}{}{}",
    "1{}{}{}",
    "+1{}{}{}",
    "({}) {}-{}",
    "{}-{}-{}",
    "{}.{}.{}",
    "+1 {} {} {}",
    "1-{}-{}-{}",
    "tel:+1-{}-{}-{}",
    " {} {}{} ",
)


def test_the_table_says_what_phonenumbers_says() -> None:
    """A hundred thousand random numbers in ten formats: the same found and the same refused, one by one or at once."""
    rng = random.Random(20261125)
    cells, expected = [], []
    for _ in range(100_000):
        parts = (f"{rng.randrange(200, 1000)}", f"{rng.randrange(100, 1000)}", f"{rng.randrange(10_000):04}")
        cells.append(rng.choice(FORMATS).format(*parts))
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int("".join(parts)))
        expected.append("+1" + "".join(parts) if phonenumbers.is_valid_number(number) else None)
    table = of_rows(range(len(cells)), [[cell] for cell in cells])
    assert table is not None
    at_once = NumberShapes().read(*table.padded(0, LONGEST)).tolist()
    for cell, known, right in zip(cells, at_once, expected, strict=True):
        found = US.read(cell)
        assert (found.e164 if isinstance(found, Number) else None) == right, cell
        assert known == 0 or f"+{known}" == right, cell
    assert sum(map(bool, at_once)) > 0.8 * sum(map(bool, expected))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FORMATS), st.integers(0, 999), st.integers(0, 999), st.integers(0, 9999))
def test_the_table_reads_as_the_parser_does(shape: str, area: int, exchange: int, rest: int) -> None:
    """Whatever the digits: a cell in which the table finds a number is parsed to that number, and no other is lost."""
    cell = shape.format(f"{area:03}", f"{exchange:03}", f"{rest:04}")
    found, parsed = US.read(cell), US._parse(cell)
    assert found == parsed or type(found) is type(parsed) is Fault
