"""What an area code of +1 stands for: all its zones, and the state, province or island it was given to.

+1 is 25 countries, so the jurisdiction comes from the code and is never assumed. Zones are those of the whole code and
of its overlay family, because phonenumbers gives an exchange that it does not list the zone of its code's largest
town, and a new overlay one zone where the code under it has two. How the table is made: ``tools/make_area_codes.py``.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from dialconsole.compliance.places.table import Jurisdictions, Zones, cell, lines_of

TABLE = "area_codes.txt"

_SUBSCRIBERS = 10_000_000
"""Numbers of one area code."""


class AreaCode(Struct, frozen=True):
    zones: Zones
    """Of every exchange in it and in its overlays, sorted."""
    jurisdictions: Jurisdictions
    """ISO 3166-2 in the US, its territories and Canada (``US-FL``, ``US-PR``), elsewhere 3166-1 (``JM``); sorted."""

    @property
    def region(self) -> str:
        """The country whose rules bind, ISO 3166-1. Territories of the United States are the United States here."""
        return self.jurisdictions[0][:2]


def area_code_of(number: int) -> AreaCode | None:
    """The area code of an E.164 number; ``None`` outside +1, for a code that is not for people's lines, and for one
    that is newer than the table."""
    return _table().get(number // _SUBSCRIBERS)


@cache
def _table() -> dict[int, AreaCode]:
    rows = (line.split() for line in lines_of(TABLE))
    return {int(f"1{code}"): AreaCode(cell(zones), cell(jurisdictions)) for code, jurisdictions, zones in rows}
