"""Writes the table of exchanges anew: ``python tools/make_exchanges.py [FILE]``. Takes two minutes.

An exchange is the area code and the three digits behind it (NPA-NXX). ``phonenumbers`` gives all numbers of one the
same type, except in those named below, of which the program asks it number by number.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from phonenumbers import PhoneNumber, PhoneNumberType, number_type

from dialconsole.exchanges import ExchangeKind

FILE = Path(__file__).parent.parent / "src/dialconsole/data/exchanges.txt"

SPLIT = (246_521, 246_522, 876_606)
"""In which not all numbers are valid (phonenumbers 9.0)."""

SUBSCRIBERS = (100, 4321, 9999)
"""Looked at in each exchange, so that a new split is noticed."""

KINDS = {
    PhoneNumberType.FIXED_LINE: ExchangeKind.LINE,
    PhoneNumberType.MOBILE: ExchangeKind.LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: ExchangeKind.LINE,
    PhoneNumberType.TOLL_FREE: ExchangeKind.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: ExchangeKind.PREMIUM,
    PhoneNumberType.SHARED_COST: ExchangeKind.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: ExchangeKind.PERSONAL,
    PhoneNumberType.VOIP: ExchangeKind.NON_GEOGRAPHIC,
    PhoneNumberType.PAGER: ExchangeKind.SERVICE,
    PhoneNumberType.UAN: ExchangeKind.SERVICE,
    PhoneNumberType.VOICEMAIL: ExchangeKind.SERVICE,
    PhoneNumberType.UNKNOWN: ExchangeKind.UNASSIGNED,
}


def kind_of(exchange: int) -> ExchangeKind:
    """As the phonenumbers that is installed says; exits if it says different things of one exchange."""
    if exchange in SPLIT:
        return ExchangeKind.ASK
    found = {kind_of_number(exchange * 10_000 + subscriber) for subscriber in SUBSCRIBERS}
    if len(found) > 1:
        raise SystemExit(f"exchange {exchange} has numbers of different kinds: add it to SPLIT")
    return found.pop()


def kind_of_number(national: int) -> ExchangeKind:
    return KINDS[number_type(PhoneNumber(country_code=1, national_number=national))]


def table() -> list[str]:
    """One row for each kind and set of exchanges: the kind, the exchanges, the area codes that have them."""
    codes_of: dict[tuple[ExchangeKind, str], list[int]] = defaultdict(list)
    for code in range(100, 1000):
        by_kind: dict[ExchangeKind, list[int]] = defaultdict(list)
        for exchange in range(1000):
            by_kind[kind_of(code * 1000 + exchange)].append(exchange)
        for kind, exchanges in by_kind.items():
            if kind is not ExchangeKind.UNASSIGNED:
                codes_of[kind, ranges(exchanges)].append(code)
    return [f"{kind.name.lower()} {exchanges} {ranges(codes)}" for (kind, exchanges), codes in sorted(codes_of.items())]


def ranges(numbers: Iterable[int]) -> str:
    """``201-203,212``"""
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in runs(numbers))


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def header() -> str:
    return (
        "# Exchanges of +1 by what their numbers are. Made by tools/make_exchanges.py; do not edit.\n"
        "#\n"
        f"# Date: {datetime.now(UTC):%Y-%m-%d}. Source: phonenumbers {version('phonenumbers')}.\n"
        "#\n"
        "# Kind, exchanges, area codes that have them. What is not listed is not assigned.\n"
    )


def main(arguments: list[str]) -> int:
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(header() + "\n".join(table()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
