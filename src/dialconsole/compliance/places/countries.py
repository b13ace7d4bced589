"""Which country a number abroad or a time zone belongs to: one without a rule set is not called.

The country of a zone is what the tz database says (``zone.tab``; old names such as ``US/Pacific`` through its links):
coordinates in Berlin beside a number of New York are an address in Germany. The tables are those of the ``tzdata``
package, because a system's copy often lacks them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

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
