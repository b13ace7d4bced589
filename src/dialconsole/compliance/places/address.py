"""What a row says of its callee's address, read: the ZIP's place, the state, and what does not fit together.

Columns that contradict each other are not arbitrated: all of them count, and a sentence says so, because a list in
which they differ has rows that were mixed up, and nobody can see from here which column is the right one. A ZIP code
that cannot be read adds nothing and is said too; a state that cannot be read (``Califronia``, ``Jalisco``) leaves
nobody to say where the callee is, so its row is no contact. A number far from its owner's address is no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import combinations

from msgspec import Struct

from dialconsole.compliance.hours import known_zone, zone_info
from dialconsole.compliance.places.countries import US_TERRITORIES, country_of_zone, zones_of_country
from dialconsole.compliance.places.states import fold, name_of, nearest_state, state_of, states, zones_of_state
from dialconsole.compliance.places.table import Jurisdictions, Zones
from dialconsole.compliance.places.zips import ZipPlace, postcode_place, zip_place
from dialconsole.model.place import AddressColumns
from dialconsole.model.text import safe_text

_QUOTED = 40
"""Characters of a cell in a sentence."""

_NORTH_AMERICA, _AUSTRALIA = 1, 61
"""Country codes whose states are read by their abbreviations."""

_A_YEAR = 2026
"""In which clocks are compared. Any will do: a zone that changes later costs a needless sentence, or a missing one."""


class Address(Struct, frozen=True):
    """The columns of one row, as far as they could be read. Zones and codes are sorted."""

    zones: Zones
    """Of ZIP, state and point; of the zone column too."""
    states: Jurisdictions
    countries: Jurisdictions
    """ISO 3166-1, of the zone column and the point."""
    faults: tuple[str, ...]
    """Sentences: what cannot be read, and what contradicts what."""
    country: str = ""
    """Of the country column, ISO 3166-1, the United States for its territories. It may be any part of it."""
    unread: str = ""
    """A sentence: the state column names a place that nobody knows here."""


NOTHING_SAID = Address((), (), (), ())

_NO_STATE = frozenset({"", "na", "none", "null", "nil", "nan", "unknown"})
"""What programs and people write into a state column where nothing is known, folded."""


@lru_cache(maxsize=65_536)
def read_address(columns: AddressColumns, country_code: int) -> Address:
    """One row's columns; their zones are names that ``zones.valid_zone`` knows.

    ``country_code`` is that of the telephone number. Beside a number outside +1 the ZIP column mostly holds another
    country's postcode and the state column a county, so there only five digits are a ZIP code, only a name is a state,
    and nothing is said of what is neither.
    """
    north_american = country_code == _NORTH_AMERICA
    zone, at_zone, zip, country = columns.zone, columns.at_zone, columns.zip, columns.country
    place = _place(zip, north_american) if zip else None
    state = columns.state if says_something(columns.state) else ""
    code = state_of(state, country_code=country_code) if state else None
    if place is not None and code in (None, *place.states) and not (zone or at_zone or country or (state and not code)):
        return _at_zip(place)
    territory = f"US-{country}" if country in US_TERRITORIES and f"US-{country}" in states() else None
    zones_in_state = zones_of_state(code) if code else ()
    by_state = code is not None and (place is None or code not in place.states)  # else the ZIP says it more exactly
    zones = {zone, at_zone, *(place.zones if place else ()), *(zones_in_state if by_state else ())}
    if country in US_TERRITORIES:
        zones.update(zones_of_state(territory) if territory else zones_of_country(country))
    return Address(
        zones=tuple(sorted(name for name in zones if name)),
        states=tuple(sorted({*(place.states if place else ()), *filter(None, (code, territory))})),
        countries=tuple(sorted(filter(None, {country_of_zone(name) for name in (zone, at_zone) if name}))),
        faults=(
            *(_unread_zip(zip) if zip and place is None and north_american else ()),
            *_state_against_zip(code, zip, place),
            *_clocks_against_each_other(
                ("time zone column", (zone,) if zone else ()),
                ("coordinates", (at_zone,) if at_zone else ()),
                ("ZIP code", place.zones if place else ()),
                ("state", zones_in_state if place is None else ()),
            ),
        ),
        country="US" if country in US_TERRITORIES else country,
        unread=unread_state(state) if state and code is None and country_code in (_NORTH_AMERICA, _AUSTRALIA) else "",
    )


@lru_cache(maxsize=4096)
def _at_zip(place: ZipPlace) -> Address:
    """Most rows: a ZIP code that is known, and its state or nothing beside it."""
    return Address(tuple(sorted(place.zones)), tuple(sorted(place.states)), (), ())


_kins: dict[Address, int] = {}
_MOST_KINS = 16_384
"""Addresses that differ in what they mean. Those with a fault have a cell in it, so a hostile list has many."""


def kin_of_address(columns: AddressColumns) -> int:
    """Columns of one kin mean the same beside a number of +1; 0 if nothing is known of any others."""
    address = read_address(columns, _NORTH_AMERICA)
    known = _kins.get(address)
    return known or (_kins.setdefault(address, len(_kins) + 1) if len(_kins) < _MOST_KINS else 0)


def _place(zip: str, north_american: bool) -> ZipPlace | None:
    return zip_place(zip, lost_zeros=north_american) or postcode_place(zip)


def _unread_zip(zip: str) -> Iterator[str]:
    yield f"No ZIP code is “{safe_text(zip, _QUOTED)}”, so it says nothing about where the callee is."


def says_something(state: str) -> bool:
    """Whether a state cell is more than a way of writing that nothing is known (``-``, ``n/a``, ``unknown``)."""
    return fold(state) not in _NO_STATE


def unread_state(state: str) -> str:
    """What to say of a state that is none. The nearest name is only suggested: Kansas and Arkansas have two clocks."""
    nearest = nearest_state(state)
    meant = f"Did you mean {nearest}?" if nearest else "Write its name or abbreviation."
    return (
        f"“{safe_text(state, _QUOTED)}” is no state or province that is known here, so nobody can say where the callee "
        f"is. {meant}"
    )


def _state_against_zip(code: str | None, zip: str, place: ZipPlace | None) -> Iterator[str]:
    if code and place and code not in place.states:
        elsewhere = " or ".join(map(name_of, place.states))
        yield f"The state is {name_of(code)}, but ZIP code {safe_text(zip, _QUOTED)} is in {elsewhere}; both count."


def _clocks_against_each_other(*columns: tuple[str, Zones]) -> Iterator[str]:
    said = [(name, zones) for name, zones in columns if zones]
    for (name, zones), (other_name, others) in combinations(said, 2):
        if not {clock_of(zone) for zone in zones} & {clock_of(zone) for zone in others}:
            yield f"By the {name} the callee is in {_named(zones)}, by the {other_name} in {_named(others)}."


def _named(zones: Zones) -> str:
    return zones[0] if len(zones) == 1 else f"one of {len(zones)} zones ({zones[0]}, …)"


@cache
def clock_of(zone: str) -> object:
    """Equal for zones whose clocks go alike: Detroit is no contradiction to New York. Only ever compared."""
    if not known_zone(zone):
        return zone
    middays = (datetime(_A_YEAR, month, 15, 12, tzinfo=UTC) for month in range(1, 13))
    return tuple(midday.astimezone(zone_info(zone)).utcoffset() for midday in middays)
