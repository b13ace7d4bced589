"""Zones for tests of lists: few, fixed, and each call counted by whoever asks."""

from __future__ import annotations

from dialconsole.model.zone import NumberFault, NumberZones

EASTERN, CENTRAL = "America/New_York", "America/Chicago"

NOWHERE = "+13035550100"
"""A number whose zone this zoning does not know, though it may be called."""


class FewZones:
    """``lists.zoning.Zoning`` for a country of two zones, with the sea east of it."""

    def __init__(self) -> None:
        self.names_looked_up = 0

    def of_number(self, e164: str) -> NumberZones:
        if e164.startswith("+1800"):
            return NumberZones((), NumberFault.TOLL_FREE, "This is a toll-free number.")
        if e164 == NOWHERE:
            return NumberZones(())
        return NumberZones((CENTRAL,) if e164.startswith("+1312") else (EASTERN,))

    def valid(self, name: str) -> bool:
        self.names_looked_up += 1
        return name in (EASTERN, CENTRAL)

    def nearest(self, name: str) -> str | None:
        folded = name.lower().replace(" ", "_")
        return {"america/chicago": CENTRAL, "america/chicgo": CENTRAL}.get(folded)

    def at(self, lat: float, lng: float) -> str | None:
        return None if lng > -60 else CENTRAL if lng < -87 else EASTERN
