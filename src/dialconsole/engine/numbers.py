"""Numbers as people type them, to E.164. ``phonenumbers`` is imported when the first number is, not before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dialconsole.model.contact import RowFault
from dialconsole.model.errors import Problem
from dialconsole.model.optout import WILDCARD, is_pattern
from dialconsole.model.text import safe_text

FEWEST_DIGITS = 3
"""A pattern has at least these besides its country code: an area code in North America. ``+1*`` is always a slip."""

MOST_DIGITS = 15
"""E.164: a number has no more, with its country code."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION = re.compile(r"[\s().\-]")
_PREFIX = re.compile(r"\+([1-9][0-9]*)\*")


def e164(text: str, region: str = "US") -> str:
    """The number in E.164; raises ``Problem`` with what is wrong with it."""
    return number_reader(region)(text)


def any_number(text: str, region: str = "US") -> str:
    """``e164``, but also of a number that nobody has, since the gate can say why that is not called."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    try:
        return e164(text, region)
    except Problem as problem:
        if problem.code != RowFault.INVALID_NUMBER:
            raise
        try:
            number = parse(safe_text(text), region.upper())
        except NumberParseException:
            raise problem from None
        if not is_possible_number(number):
            raise
        return str(format_number(number, PhoneNumberFormat.E164))


def number_reader(region: str = "US") -> Callable[[str], str]:
    """``e164`` for many numbers: what was learned about one prefix serves all its numbers. For one thread only."""
    from dialconsole.lists.numbers import Number, NumberReader

    reader = NumberReader(region)

    def read(text: str) -> str:
        found = reader.read(text)
        if isinstance(found, Number):
            return found.e164
        raise Problem(found.reason, code=found.fault.value)

    return read


def must_be_caller_ids(numbers: Iterable[str]) -> None:
    """Raises ``Problem`` for what cannot be shown as a caller ID. Whether it is assigned is the carrier's to know."""
    wrong = [safe_text(number) for number in numbers if not _E164.fullmatch(number)]
    if wrong:
        raise Problem(
            f"{', '.join(map(repr, wrong))} cannot be a caller ID: write a plus, the country code and the digits, "
            "without spaces, like +12125550100. Nothing was changed.",
            code="bad_caller_id",
        )


def must_be_opt_out_line(number: str) -> None:
    """Raises ``Problem`` for what nobody can call to have calls stopped (47 CFR 64.1200(b)(2)); empty is none yet."""
    if number and not _E164.fullmatch(number):
        raise Problem(
            f"{safe_text(number)!r} cannot be an opt-out line, because nobody can call it: write a plus, the country "
            "code and the digits, without spaces, like +12125550100. Nothing was changed.",
            code="bad_opt_out_line",
        )


def number_or_pattern(text: str, read: Callable[[str], str] = e164) -> str:
    """A number in E.164, or a pattern such as ``+1201555*``. Raises ``Problem`` for what is neither.

    A pattern must be written with the plus and the country code: ``201*`` may be New Jersey, or Egypt without its plus,
    and a guess would leave people on the phone who were to be left alone.
    """
    plain = safe_text(text)
    if not is_pattern(plain):
        return read(text)
    shape = _PREFIX.fullmatch(_PUNCTUATION.sub("", plain))
    if shape is None:
        raise Problem(
            f"{plain!r} is no pattern: write a plus, the country code, the first digits and one star at the end, "
            "like +1201555*.",
            code="pattern",
        )
    digits = shape[1]
    after_code = len(digits) - _code_length(digits, plain)
    if after_code < FEWEST_DIGITS:
        raise Problem(
            f"{plain!r} would stop too many calls to be meant: a pattern needs the country code and at least "
            f"{FEWEST_DIGITS} digits more, like +1201*. Pause the campaigns to stop all calls.",
            code="pattern",
        )
    if len(digits) >= MOST_DIGITS:
        raise Problem(f"{plain!r} covers no number: a number has at most {MOST_DIGITS} digits.", code="pattern")
    return f"+{digits}{WILDCARD}"


def _code_length(digits: str, plain: str) -> int:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as CODES

    for length in (1, 2, 3):
        if len(digits) >= length and int(digits[:length]) in CODES:
            return length
    raise Problem(f"{plain!r} starts with no country code that exists, so it covers no number.", code="pattern")
