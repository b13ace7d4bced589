"""Which registries bind a call: by where the callee may be and by the country of the number, the stricter of both.

The FTC's registry is about telephones in the United States, Canada has its own list, and both are lists of numbers of
+1. Numbers of other countries are on registers that this program cannot read.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

_UNITED_STATES = frozenset({"US", "PR", "VI", "GU", "AS", "MP", "UM"})
"""With the territories: they have area codes, and their numbers are on the FTC's registry."""

_NANP_FIRST, _NANP_LAST = 12_000_000_000, 19_999_999_999


class Binding(Struct, frozen=True):
    united_states: bool
    canada: bool
    states: tuple[str, ...]
    """Lists of the states in which the callee may be, ``us-fl``; whether they are loaded is another question."""
    any_state: bool
    """The state is not known, so the list of any state may be the callee's."""
    elsewhere: tuple[str, ...]
    """Countries (ISO 3166-1) whose registers are not ours to read; ``??`` for one that is not known."""


def binding_of(number: int, jurisdictions: tuple[str, ...]) -> Binding:
    """What binds a call to ``number`` (E.164 digits) whose callee may be in ``jurisdictions`` (ISO 3166).

    A number of +1 without any jurisdiction is taken for one of the United States. A number of another country is on no
    list of +1, wherever its owner lives.
    """
    if _NANP_FIRST <= number <= _NANP_LAST:
        return _binding(jurisdictions, None)
    return _binding(jurisdictions, _country_of(number))


@lru_cache(maxsize=4096)
def _binding(jurisdictions: tuple[str, ...], abroad: str | None) -> Binding:
    countries = {place[:2] for place in jurisdictions}
    nanp = abroad is None
    if nanp and not countries:
        countries = {"US"}
    states = tuple(sorted({_state(place) for place in jurisdictions} - {""}))
    elsewhere = countries - _UNITED_STATES - {"CA"}
    if abroad is not None and not elsewhere:
        elsewhere = {abroad}
    american = nanp and bool(countries & _UNITED_STATES)
    return Binding(
        united_states=american,
        canada=nanp and "CA" in countries,
        states=states if american else (),
        any_state=american and (not states or "US" in jurisdictions),
        elsewhere=tuple(sorted(elsewhere)),
    )


def _state(place: str) -> str:
    """The name of the list of a state; a territory is a state here."""
    if place.startswith("US-"):
        return place.lower()
    return f"us-{place[:2].lower()}" if place[:2] in _UNITED_STATES - {"US"} else ""


def _country_of(number: int) -> str:
    digits = str(number)
    return {"44": "GB", "61": "AU"}.get(digits[:2], "??")
