"""Introduces two rooms that do not know each other: lists ask where a callee is, compliance knows."""

from __future__ import annotations

from dialconsole.compliance import zones
from dialconsole.model.zone import NumberZones


class ZoningByCompliance:
    """``lists.zoning.Zoning``, answered by ``compliance.zones``."""

    def of_number(self, e164: str) -> NumberZones:
        return zones.zones_of_number(e164)

    def valid(self, name: str) -> bool:
        return zones.valid_zone(name)

    def nearest(self, name: str) -> str | None:
        return zones.nearest_zone(name)

    def at(self, lat: float, lng: float) -> str | None:
        return zones.zone_at(lat, lng)
