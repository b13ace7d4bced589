"""Zones for tests of lists: few, fixed, and each call counted by whoever asks."""

from __future__ import annotations

from array import array

from dialconsole.model.place import AddressColumns, Whereabouts

EASTERN, CENTRAL = "America/New_York", "America/Chicago"

NOW = 1_763_800_000.0
"""POSIX seconds; 22 November 2025."""

NOWHERE = "+13035550100"
"""A number whose zone this zoning does not know, though it may be called."""

_BY_STATE = {"IL": CENTRAL, "MA": EASTERN, "NY": EASTERN}
_BY_ZIP = {"02134": "MA", "10001": "NY", "60601": "IL"}


class FewZones:
    """``lists.zoning.Zoning`` for a country of two zones and three states, with the sea east of it."""

    def __init__(self) -> None:
        self.names_looked_up = 0

    def whereabouts(self, number: str, columns: AddressColumns) -> Whereabouts:
        zip, state = columns.zip, columns.state
        if columns.country == "MX":
            return Whereabouts((), (), "The callee may be in Mexico.")
        if number.startswith("+1800"):
            return Whereabouts((), (), "This is a toll-free number.")
        home = "IL" if number.startswith("+1312") else "NY"
        by_zip, by_state = _BY_ZIP.get(zip.zfill(5)), state if state in _BY_STATE else None
        said = {found for found in (by_zip, by_state) if found}
        zones = {*(_BY_STATE[found] for found in said), *(name for name in (columns.zone, columns.at_zone) if name)}
        if number != NOWHERE:
            zones.add(_BY_STATE[home])
        odd = [f"No ZIP code is “{zip}”."] if zip and not by_zip else []
        unread = f"No state is “{state}”." if state and not by_state else ""
        odd += ["ZIP code and state differ."] if len(said) > 1 else []
        return Whereabouts(
            tuple(sorted(zones)), tuple(sorted({f"US-{found}" for found in (home, *said)})), "", tuple(odd), unread
        )

    def kins_of_area(self, area: int) -> array[int]:
        kins = array("I", [1 + (area == 312) + 2 * (area == 800)] * 1000)
        if area == int(NOWHERE[2:5]):
            kins[int(NOWHERE[5:8])] = 0
        return kins

    def kin_of_address(self, columns: AddressColumns) -> int:
        return 1 if columns == AddressColumns(state="MA") else 0

    def valid(self, name: str) -> bool:
        self.names_looked_up += 1
        return name in (EASTERN, CENTRAL)

    def nearest(self, name: str) -> str | None:
        folded = name.lower().replace(" ", "_")
        return {"america/chicago": CENTRAL, "america/chicgo": CENTRAL}.get(folded)

    def country(self, text: str) -> str | None:
        return {"us": "US", "mexico": "MX", "uk": "GB"}.get(text.casefold())

    def nearest_country(self, text: str) -> str | None:
        return "Mexico" if text.casefold() == "mexcio" else None

    def at(self, lat: float, lng: float) -> str | None:
        return None if lng > -60 else CENTRAL if lng < -87 else EASTERN
