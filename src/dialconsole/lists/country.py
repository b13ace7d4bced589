"""What a country cell says: where the callee is, and how a number beside it is written.

A number without a country code in a row of Mexico is a number of Mexico, whatever the list's region; read as one of
the United States it would be somebody else's. What a cell means as a place is ``compliance.places``' to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import phonenumbers
from msgspec import Struct

from dialconsole.lists.fault import Fault, quoted
from dialconsole.lists.numbers import Number, NumberReader, numbers_in
from dialconsole.lists.zoning import Zoning
from dialconsole.model.contact import RowFault
from dialconsole.model.text import safe_text

if TYPE_CHECKING:
    from dialconsole.lists.number_shapes import Numbers, NumberShapes
    from dialconsole.lists.table import Table

REMEMBERED = 1024
"""Different cells kept with their answer."""

_NOTHING = frozenset({"", "-", "--", "n/a", "none", "null", "nil", "nan", "unknown", "?"})
"""Not ``NA``, which is Namibia."""

_CALLING_CODE = re.compile(r"(?:\+|00)?([1-9]\d{0,2})(?:\.0)?")


class Country(Struct, frozen=True):
    code: str = ""
    """ISO 3166-1 alpha-2; empty if nothing is said, or only ``1``, which is the code of many."""
    region: str = ""
    """Whose numbers are written here without a country code; empty: the list's own."""


class CountryReader:
    def __init__(self, zoning: Zoning) -> None:
        self._zoning = zoning
        self._known: dict[str, Country | Fault] = {}

    def read(self, cell: str) -> Country | Fault:
        known = self._known.get(cell)
        if known is None:
            known = self._look_up(safe_text(cell))
            if len(self._known) < REMEMBERED:
                self._known[cell] = known
        return known

    def _look_up(self, cell: str) -> Country | Fault:
        if cell.casefold() in _NOTHING:
            return Country()
        if shape := _CALLING_CODE.fullmatch(cell):
            regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(shape[1]), ())
            if regions and regions[0] != "001":
                # Of those that share a code the first is the main one; of +1 none is.
                return Country("" if shape[1] == "1" else regions[0], regions[0])
        elif code := self._zoning.country(cell):
            return Country(code, code if code in phonenumbers.SUPPORTED_REGIONS else "")
        nearest = self._zoning.nearest_country(cell)
        meant = f"Did you mean {nearest}?" if nearest else "Write its name or its two letters, such as US."
        return Fault(
            RowFault.BAD_COUNTRY,
            f"{quoted(cell)} is no country that is known here, so nobody can say where the callee is. {meant}",
        )


class PhoneReader:
    """Reads the phone cell of a row as it is written in the row's country."""

    def __init__(self, phone: int, country: int, numbers: NumberReader, countries: CountryReader) -> None:
        """``country``: -1 if the list has no such column."""
        self._phone = phone
        self._country = country
        self._numbers = numbers
        self._countries = countries
        self._abroad: dict[str, NumberReader] = {}
        self._shapes: NumberShapes | None = None
        self._calling = phonenumbers.country_code_for_region(numbers.region)

    def read(self, cells: Sequence[str]) -> Number | Fault:
        """The number of a row that has a phone cell."""
        return self.reader(cells).read(cells[self._phone])

    def reader(self, cells: Sequence[str]) -> NumberReader:
        """Who reads the numbers of such a row."""
        region = self._region(cells)
        if not region:
            return self._numbers
        if region not in self._abroad:
            self._abroad[region] = NumberReader(region)
        return self._abroad[region]

    def anywhere(self, cells: Sequence[str]) -> set[str]:
        """Every number (E.164) that stands somewhere in the phone cell, as the list's region and the row's write it."""
        cell = cells[self._phone]
        return {*numbers_in(cell, self._numbers.region), *numbers_in(cell, self.reader(cells).region)}

    def many(self, table: Table) -> Numbers:
        """``NumberShapes.read`` of all rows; 0 also for rows from abroad."""
        import numpy as np

        from dialconsole.lists.number_shapes import LONGEST, NumberShapes

        if self._calling != 1:
            return np.zeros(len(table), np.int64)
        self._shapes = self._shapes or NumberShapes()
        numbers = self._shapes.read(*table.padded(self._phone, LONGEST))
        if self._country >= 0:
            countries = table.cells(self._country)
            if abroad := {cell for cell in set(countries) if self._region_of(cell)}:
                numbers[[cell in abroad for cell in countries]] = 0
        return numbers

    def _region(self, cells: Sequence[str]) -> str:
        return self._region_of(cells[self._country]) if 0 <= self._country < len(cells) else ""

    def _region_of(self, cell: str) -> str:
        """Empty where numbers are written as in the list's own region: Canada's are, in a list of the United States."""
        country = self._countries.read(cell)
        if isinstance(country, Fault) or not country.region:
            return ""
        return "" if phonenumbers.country_code_for_region(country.region) == self._calling else country.region
