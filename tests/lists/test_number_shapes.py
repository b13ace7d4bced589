"""Thousands of phone cells at once come to what they come to one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.lists.number_shapes import LONGEST, MOST, NumberShapes
from dialconsole.lists.numbers import Number, NumberReader
from dialconsole.lists.table import of_rows

US = NumberReader("US")
SHAPES = NumberShapes()
"""Of all examples: what one has taught it must not mislead it in the next."""

PARTS = (("", " ", "1", "+1 ", "+2", "0"), ("212", "(212)", "012", "800", "246"), ("", " ", "- ", "  -"),
         ("555", "055", "521"), ("", "-", " "), ("", "0", "é"))  # fmt: skip
CELL = st.text(st.sampled_from("01259 +().-x\n"), max_size=30) | st.builds(
    "{}{}{}{}{}{}0143".format, *map(st.sampled_from, PARTS)
)


def read(cells: list[str], shapes: NumberShapes = SHAPES) -> list[int]:
    table = of_rows(range(len(cells)), [[cell] for cell in cells])
    assert table is not None
    numbers: list[int] = shapes.read(*table.padded(0, LONGEST)).tolist()
    return numbers


@given(st.lists(CELL, min_size=1, max_size=8))
@settings(max_examples=1000, deadline=None)
def test_many_numbers_are_read_like_one(cells: list[str]) -> None:
    """What is found is what one cell alone comes to; what is not found is left to be read alone."""
    for cell, digits in zip(cells, read(cells), strict=True):
        assert digits == 0 or US.read(cell) == Number(f"+{digits}")


def test_ordinary_shapes_are_found() -> None:
    """Those of most lists; the first digit of eleven is 1, and no number starts with 0."""
    shapes = NumberShapes()
    cells = ["2125550143", "(212) 555-0143", "+1 212 555 0143 ", "1-212-555-0143", "212.555.0143", "22125550143"]
    assert read(cells, shapes) == [12125550143] * 5 + [0]
    assert read(["0125550143", "02125550143", "", "x" * 60, "21255501430"], shapes) == [0] * 5


def test_shapes_without_number_do_not_crowd_out_the_others() -> None:
    """A list in which every cell is written in another way is read; what it had learnt before stays."""
    shapes = NumberShapes()
    assert read(["2125550143"], shapes) == [12125550143]
    strange = [f"{i:b}".replace("0", "-").replace("1", "9") for i in range(MOST, 3 * MOST)]
    assert set(read(strange, shapes)) == {0}
    assert read(["2125550143", "212-555-0143"], shapes) == [12125550143, 0]
