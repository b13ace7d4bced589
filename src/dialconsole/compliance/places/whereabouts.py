"""Where one callee may be, all things considered: the union of what number, ZIP, state, country, point and zone say.

The union is the rule because each source errs and the errors are calls at night: a number keeps its area code when its
owner moves, an address is old. So an address adds candidates and never removes one (12 CFR 1006.6(b)(1), comment 2:
where the location is in doubt, the time must be convenient in all places the information points to). Two
refinements only: the zones of a ZIP stand for those of its state, and a campaign's owner may say that the zone column
is right and alone counts; the jurisdictions stay all of them even then.
"""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.places.address import NOTHING_SAID, Address, read_address
from dialconsole.compliance.places.area_codes import area_code_of
from dialconsole.compliance.places.countries import country_name, country_of_number, zones_of_country
from dialconsole.compliance.places.states import MILITARY
from dialconsole.compliance.places.table import Jurisdictions
from dialconsole.compliance.zones import zones_of_number
from dialconsole.model.place import NO_COLUMNS, AddressColumns, Whereabouts
from dialconsole.model.zone import NumberZones

RULE_SETS = ("AU", "CA", "GB", "US")
"""Countries, ISO 3166-1, whose calling rules the program knows; all others are refused."""

_MILITARY = (
    "The address is military post (APO, FPO or DPO), which is delivered all over the world. "
    "What time it is there cannot be told, so the number is not called."
)

_NO_RULES = (
    "The callee may be in {}. The program does not know that country's calling rules, so the number is not called."
)

_ANOTHER_COUNTRY = "The country column says {}, but the number or another column says {}; all of them count."

_NO_COUNTRY = "No country can be told for this number, so its calling rules are not known and it is not called."


def whereabouts(
    number: int | str,
    columns: AddressColumns = NO_COLUMNS,
    *,
    zone_is_authoritative: bool = False,
    rule_sets: tuple[str, ...] = RULE_SETS,
) -> Whereabouts:
    """All candidates for an E.164 number (digits as ``int``, or text with its plus) and the columns beside it.

    Their zones are names that ``valid_zone`` knows. Never raises. Costs about 1 µs for a number alone whose exchange
    was asked for before.
    """
    found = zones_of_number(number)
    home = jurisdictions_of_number(int(number)) if found.callable else ()  # int reads a plus, and this is a number
    if columns == NO_COLUMNS:
        return _together(found, home, NOTHING_SAID, "", rule_sets)
    address = read_address(columns, _country_code(number))
    return _together(found, home, address, columns.zone if zone_is_authoritative else "", rule_sets)


def jurisdictions_of_number(number: int) -> Jurisdictions:
    """Whose rules bind by the number alone: state or province of a +1 area code, else the country; sorted.

    Empty for a number that belongs to no country. ``number`` is valid, E.164 digits.
    """
    code = area_code_of(number)
    if code is not None:
        return code.jurisdictions
    country = country_of_number(number)
    return () if country is None else (country,)


@lru_cache(maxsize=16_384)
def _together(
    found: NumberZones, home: Jurisdictions, address: Address, only_zone: str, rule_sets: tuple[str, ...]
) -> Whereabouts:
    """The union. A million rows come to a few thousand different questions, since neither number nor ZIP is in them."""
    countries = set(address.countries) - {code[:2] for code in home}
    jurisdictions = {*home, *address.states, *countries}
    zones = {*found.zones, *address.zones}
    others = {code[:2] for code in jurisdictions} - {address.country}
    odd = address.faults
    if address.country and others:
        odd = (*odd, _ANOTHER_COUNTRY.format(country_name(address.country), _listed(others)))
    if address.country and address.country not in {code[:2] for code in jurisdictions}:
        # Nothing says where in it, so it may be any part of it, by any of its clocks.
        jurisdictions.add(address.country)
        zones.update(zones_of_country(address.country))
    return Whereabouts(
        zones=(only_zone,) if only_zone else tuple(sorted(zones)),
        jurisdictions=tuple(sorted(jurisdictions)),
        refused=found.sentence or _refusal(home, jurisdictions, rule_sets),
        contradictions=odd,
        unread=address.unread,
    )


def _listed(codes: set[str]) -> str:
    return " or ".join(map(country_name, sorted(codes)))


def _refusal(home: Jurisdictions, jurisdictions: set[str], rule_sets: tuple[str, ...]) -> str:
    if not home:
        return _NO_COUNTRY
    if not jurisdictions.isdisjoint(MILITARY):
        return _MILITARY
    without = sorted({code[:2] for code in jurisdictions}.difference(rule_sets))
    return _NO_RULES.format(_listed(set(without))) if without else ""


def _country_code(number: int | str) -> int:
    """Of the two whose states have abbreviations; 0 for all others."""
    digits = str(number).removeprefix("+")
    if digits.startswith("1"):
        return 1
    return 61 if digits.startswith("61") else 0
