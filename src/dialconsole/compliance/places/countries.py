"""Which country a number abroad, a time zone or a country column names: one without a rule set is not called.

The country of a zone is what the tz database says (``zone.tab``; old names such as ``US/Pacific`` through its links):
coordinates in Berlin beside a number of New York are an address in Germany. The tables are those of the ``tzdata``
package, because a system's copy often lacks them.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from dialconsole.compliance.places.states import fold
from dialconsole.compliance.places.table import Zones, lines_of

TABLE = "countries.txt"

_SHORTEST_TYPO = 4
"""Letters. Any two or three resemble some country's code."""

US_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "UM", "VI"})
"""Countries to ISO 3166-1, the United States to its calling rules (47 U.S.C. 153(58))."""


@lru_cache(maxsize=65_536)
def country_of_number(number: int) -> str | None:
    """ISO 3166-1 of a valid number outside +1; ``None`` if it belongs to no country."""
    from phonenumbers import NumberParseException, parse, region_code_for_number

    try:
        region = region_code_for_number(parse(f"+{number}"))
    except NumberParseException:
        return None
    return None if region is None or region == "001" else str(region)


def country_of_zone(zone: str) -> str | None:
    """ISO 3166-1 of the country whose rules bind in a zone, so ``US`` for San Juan; ``None`` for what is no place."""
    by_zone = _countries_by_zone()
    code = by_zone.get(zone) or by_zone.get(_links().get(zone, ""))
    return "US" if code in US_TERRITORIES else code


def plain_zone(zone: str) -> str:
    """The name that people are to write for a zone: ``America/New_York`` for ``US/Eastern``.

    A place's own name stays, also where its clock is kept under another's (Copenhagen's is Berlin's).
    """
    return zone if zone in _countries_by_zone() else _links().get(zone, zone)


@lru_cache(maxsize=4096)
def country_of_text(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of the country that a cell names, by name or code, in any case; ``None`` if none.

    A territory of the United States has its own code here (``PR``); ``places.address`` makes a state of it.
    """
    return _codes_by_word().get(fold(text))


@lru_cache(maxsize=1024)
def nearest_country(text: str) -> str | None:
    """The name of the country that a mistyped ``text`` probably means, for a suggestion; ``None`` if unclear."""
    folded = fold(text)
    close = get_close_matches(folded, _codes_by_word(), n=1, cutoff=0.75) if len(folded) >= _SHORTEST_TYPO else []
    return country_name(_codes_by_word()[close[0]]) if close else None


@cache
def zones_of_country(code: str) -> Zones:
    """Every zone of a country, sorted; empty for a code that is none. Territories have codes of their own."""
    return tuple(sorted(zone for zone, country in _countries_by_zone().items() if country == code))


@cache
def _codes_by_word() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in lines_of(TABLE):
        code, third, names = (part.strip() for part in line.split("|"))
        words |= {fold(word): code for word in (*names.split(", "), third, code)}
    return words


def country_name(code: str) -> str:
    """The English name of a country, for a sentence, or the code itself."""
    return _country_names().get(code, code)


@cache
def _countries_by_zone() -> dict[str, str]:
    return {zone: code for code, _, zone, *_ in _table("zone.tab")}


@cache
def _country_names() -> dict[str, str]:
    return {code: name for code, name, *_ in _table("iso3166.tab")}


@cache
def _links() -> dict[str, str]:
    lines = (line.split() for line in _text("tzdata.zi").splitlines() if line.startswith("L "))
    return {link: target for _, target, link in lines}


def _table(name: str) -> list[list[str]]:
    return [line.split("\t") for line in _text(name).splitlines() if line and not line.startswith("#")]


def _text(name: str) -> str:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
