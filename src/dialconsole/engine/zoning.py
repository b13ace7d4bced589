"""Introduces two rooms that do not know each other: lists ask where a callee is, compliance knows."""

from __future__ import annotations

from array import array

from dialconsole.compliance import zones
from dialconsole.compliance.places import countries
from dialconsole.compliance.places.address import kin_of_address
from dialconsole.compliance.places.whereabouts import whereabouts
from dialconsole.model.place import AddressColumns, Whereabouts


class ZoningByCompliance:
    """``lists.zoning.Zoning``, answered by ``compliance.zones`` and ``compliance.places``."""

    def __init__(self, *, zone_authoritative: bool = False) -> None:
        """``zone_authoritative``: the campaign's owner says that the zone column is right and alone counts."""
        self._zone_authoritative = zone_authoritative

    def whereabouts(self, number: str, columns: AddressColumns) -> Whereabouts:
        return whereabouts(number, columns, zone_is_authoritative=self._zone_authoritative)

    def kins_of_area(self, area: int) -> array[int]:
        return zones.kins_of_area(area)

    def kin_of_address(self, columns: AddressColumns) -> int:
        if self._zone_authoritative and columns.zone:
            return 0  # the zone then has a say of its own
        return kin_of_address(columns)

    def valid(self, name: str) -> bool:
        return zones.valid_zone(name)

    def nearest(self, name: str) -> str | None:
        return zones.nearest_zone(name)

    def country(self, text: str) -> str | None:
        return countries.country_of_text(text)

    def nearest_country(self, text: str) -> str | None:
        return countries.nearest_country(text)

    def at(self, lat: float, lng: float) -> str | None:
        return zones.zone_at(lat, lng)
