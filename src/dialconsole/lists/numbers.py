"""Cells to E.164 numbers, with a sentence for each cell that is none.

``phonenumbers`` decides; nothing here is cleverer than it about what a valid number is. Two things are added. Cells
that it would accept by reading letters as digits ("212 555 HOME" is 212-555-4663, a stranger's number) are refused,
and so is what spreadsheets make of numbers. And most cells of most lists are ten North American digits in a few
shapes: for those its answers stand in a table (``dialconsole.exchanges``), which is thirty times as fast.
"""

from __future__ import annotations

import re

import phonenumbers
from msgspec import Struct
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    ValidationResult,
    format_number,
)

from dialconsole.exchanges import ExchangeKind, exchange_kinds
from dialconsole.lists.fault import Fault, quoted
from dialconsole.model.contact import RowFault
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

LONGEST_CELL = 250
"""Characters; ``phonenumbers`` refuses to look at more."""

_NANP = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]{0,2}([2-9][0-9]{2})[ .-]?([0-9]{4})")
"""``number_shapes`` reads the same, many at once."""

_VALID = int(ExchangeKind.LINE)  # comparing enums takes longer than reading the cell

_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,3})")
_TRAILING_ZERO = re.compile(r"(\+?\d{7,15})[.,]0+")
_SPREADSHEET_ERRORS = frozenset({"#n/a", "#name?", "#ref!", "#value!", "#num!", "#div/0!", "#null!", "#error!"})
_NONE_WORDS = frozenset({"n/a", "na", "none", "null", "nil", "nan", "unknown", "no phone", "not available"})


class Number(Struct, frozen=True, gc=False):
    e164: str
    extension: str = ""
    """Digits behind the number. Never dialed; the row reader hands them to the agent."""


class NumberReader:
    """Reads cells written as people of ``default_region`` (ISO 3166-1 alpha-2) write numbers.

    Raises ``Problem`` if the region is unknown. Not for use from several threads at once.
    """

    def __init__(self, default_region: str = "US") -> None:
        region = default_region.upper()
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise Problem(
                f"There is no region {quoted(default_region)}: numbers without a country code cannot be read. "
                "Give the two letters of a country, for example US or DE.",
                code="bad_region",
            )
        self.region = region
        self._nanp = phonenumbers.country_code_for_region(region) == 1
        self._kinds = exchange_kinds()

    def read(self, cell: str) -> Number | Fault:
        """The number in ``cell``, or why there is none. Punctuation, ``tel:`` and digits of any script are read."""
        if self._nanp and (shape := _NANP.fullmatch(cell.strip())):
            area, code, rest = shape.groups()
            if self._kinds[int(area + code)] >= _VALID:
                return Number(f"+1{area}{code}{rest}")
        text = safe_text(cell, LONGEST_CELL)
        return _without_number(text) or self._parse(_undo_spreadsheet(text))

    def is_number(self, cell: str) -> bool:
        return isinstance(self.read(cell), Number)

    def _parse(self, text: str) -> Number | Fault:
        try:
            number = phonenumbers.parse(text, self.region)
        except NumberParseException as error:
            return self._unparsable(text, error)
        if any(char.isalpha() for char in text) and not _digits_spell(text, number):
            return Fault(
                RowFault.NOT_A_NUMBER,
                f"{quoted(text)} has letters in the number; they are not turned into digits, since that would guess. "
                "Write the digits.",
            )
        if not phonenumbers.is_valid_number(number):
            return self._invalid(text, number)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return Number(e164, number.extension or "")

    def _unparsable(self, text: str, error: NumberParseException) -> Fault:
        if self._holds_two(text):
            return _two_numbers(text)
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return Fault(RowFault.INVALID_NUMBER, f"{quoted(text)} starts with a country code that does not exist.")
        if error.error_type == NumberParseException.TOO_LONG:
            return Fault(RowFault.INVALID_NUMBER, f"{quoted(text)} has too many digits for a phone number.")
        return Fault(RowFault.NOT_A_NUMBER, f"{quoted(text)} is not a phone number.")

    def _invalid(self, text: str, number: PhoneNumber) -> Fault:
        if self._holds_two(text):
            return _two_numbers(text)
        match phonenumbers.is_possible_number_with_reason(number):
            case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
                reason = f"{quoted(text)} has no area code."
            case ValidationResult.TOO_SHORT:
                reason = f"{quoted(text)} has too few digits for a phone number."
            case ValidationResult.TOO_LONG | ValidationResult.INVALID_LENGTH:
                reason = f"{quoted(text)} has the wrong number of digits for a phone number."
            case _:
                reason = f"{quoted(text)} is not assigned: no phone number has this area code and prefix."
        if not text.startswith("+"):
            reason += f" It was read as a number of region {self.region}; a number abroad needs + and its country code."
        return Fault(RowFault.INVALID_NUMBER, reason)

    def _holds_two(self, text: str) -> bool:
        found = {match.number.national_number for match in PhoneNumberMatcher(text, self.region)}
        return len(found) > 1


def numbers_in(text: str, region: str = "US") -> list[str]:
    """Every number (E.164) that stands somewhere in a text, each once: "212 555 0143 or 0144" has one that is whole."""
    matches = PhoneNumberMatcher(safe_text(text), region)
    return list(dict.fromkeys(format_number(match.number, PhoneNumberFormat.E164) for match in matches))


def _without_number(text: str) -> Fault | None:
    """Cells that say in one way or another that there is no number, and what spreadsheets do to one."""
    if text.casefold() in _SPREADSHEET_ERRORS or (text and not text.strip("#")):
        return Fault(
            RowFault.NOT_A_NUMBER,
            f"{quoted(text)} is what a spreadsheet shows when a cell has an error or is too narrow; "
            "the number itself was not exported.",
        )
    if not any(char.isalnum() for char in text):
        return Fault(RowFault.NO_NUMBER, "The phone column is empty.")
    if text.casefold() in _NONE_WORDS:
        return Fault(RowFault.NO_NUMBER, f"There is no number; the phone column says {quoted(text)}.")
    if shape := _SCIENTIFIC.fullmatch(text):
        return Fault(RowFault.NOT_A_NUMBER, _scientific_sentence(text, shape))
    return None


def _scientific_sentence(text: str, shape: re.Match[str]) -> str:
    first, rest, exponent = shape[1], (shape[2] or "").rstrip("0"), int(shape[3])
    sentence = f"{quoted(text)} is how a spreadsheet rewrites a long number."
    if 7 <= exponent <= 14 and len(rest) in (exponent, exponent - 1):
        return f"{sentence} It may have been {(first + rest).ljust(exponent + 1, '0')}; format the column as text."
    return f"{sentence} Digits are lost; format the column as text in the spreadsheet and export it again."


def _undo_spreadsheet(text: str) -> str:
    """A whole number that passed through a numeric column ("2125550143.0") has lost nothing."""
    shape = _TRAILING_ZERO.fullmatch(text)
    return shape[1] if shape else text


def _digits_spell(text: str, number: PhoneNumber) -> bool:
    """Whether the digits written are those of the number, so that none of them came from a letter."""
    written = phonenumbers.normalize_digits_only(text.partition(";phone-context=")[0])
    return written.endswith(phonenumbers.national_significant_number(number) + (number.extension or ""))


def _two_numbers(text: str) -> Fault:
    return Fault(
        RowFault.NOT_A_NUMBER,
        f"{quoted(text)} holds more than one number, and it does not say which to call. Keep one.",
    )
