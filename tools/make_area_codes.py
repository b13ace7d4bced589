"""Writes the table of area codes anew: ``python tools/make_area_codes.py [--check] [FILE]``.

Zones are the union of all of phonenumbers' rows of an area code, then of its overlay family; a state is what its
geocoder says (104 MB of tables, therefore here and not in the program). Rows that are wrong, and zones that no row
knows, are named below, each with its reason. ``--check`` writes nothing, prints where the file and the installed
phonenumbers differ, and exits with 1 if they do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from phonenumbers import PhoneNumber, PhoneNumberType, number_type, region_code_for_number
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from dialconsole.compliance.places.countries import US_TERRITORIES
from dialconsole.compliance.places.states import state_of

FILE = Path(__file__).parent.parent / "src/dialconsole/compliance/places/data/area_codes.txt"


class Patch(NamedTuple):
    code: str
    zones: frozenset[str]
    reason: str


def zones(*names: str) -> frozenset[str]:
    return frozenset(f"America/{name}" for name in names)


WRONG = (
    Patch("689", zones("New_York"), "overlay of 407 (Orlando, Florida), which is Eastern; listed as Chicago"),
    Patch("474", zones("Regina"), "overlay of 306 (Saskatchewan), which has no summer time; listed as Winnipeg"),
    Patch("879", zones("Halifax", "St_Johns"), "overlay of 709 (Newfoundland and Labrador); listed as Puerto Rico"),
)
"""Area codes whose row is replaced. A test fails when phonenumbers mends one, so that it can go."""

MISSING = (
    Patch("432", zones("Denver"), "Culberson County (west Texas) lives by Mountain time in part"),
    Patch("915", zones("Chicago"), "its eastern edge borders on Central time (west Texas)"),
    Patch("334", zones("New_York"), "Phenix City, Valley and Lanett, Alabama, live by Eastern time"),
    Patch("706", zones("Chicago"), "Georgia's side of the towns of 334; uncertain, the stricter reading"),
)
"""Zones added to what the rows say, for the whole family."""

FAMILIES = (
    ("208", "986"),
    ("236", "250", "257", "672", "778"),
    ("270", "364"),
    ("367", "418", "581"),
    ("423", "729"),
    ("448", "850"),
    ("458", "541"),
    ("706", "762"),
    ("709", "879"),
    ("812", "930"),
)
"""Overlays of codes with more than one zone (NANPA and CNAC, overlay complexes). Others have one zone."""

MISSPELT = {"British Colombia": "British Columbia"}

CALLED = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def table() -> list[str]:
    """The rows as the phonenumbers that is installed makes them: area code, jurisdictions, zones."""
    regions = called_regions()
    by_code = with_families(own_zones(regions))
    return [
        f"{code} {','.join(sorted(jurisdictions(code, region)))} {','.join(sorted(by_code[code]))}"
        for code, region in regions.items()
    ]


def called_regions() -> dict[str, str]:
    """Area codes in which there are people's lines, with phonenumbers' region. One without a zone is not called."""
    found = {}
    for code in sorted({prefix[1:4] for prefix in TIMEZONE_DATA if prefix.startswith("1") and len(prefix) >= 4}):
        for exchange in range(200, 1000):
            number = PhoneNumber(country_code=1, national_number=int(code) * 10_000_000 + exchange * 10_000 + 1234)
            if number_type(number) in CALLED:
                found[code] = str(region_code_for_number(number))
                break
    return found


def own_zones(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Zones of each code by itself, patched."""
    rows = sorted(prefix for prefix in TIMEZONE_DATA if prefix.startswith("1") and len(prefix) >= 4)
    listed = {
        code: frozenset(zone for prefix in prefixes for zone in TIMEZONE_DATA[prefix])
        for code, prefixes in groupby(rows, key=lambda prefix: prefix[1:4])
    }
    wrong = {patch.code: patch.zones for patch in WRONG}
    missing = {patch.code: patch.zones for patch in MISSING}
    return {code: wrong.get(code, listed[code]) | missing.get(code, frozenset()) for code in codes}


def with_families(by_code: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Every member of a family has the zones of all."""
    united = dict(by_code)
    for family in FAMILIES:
        union = frozenset().union(*(by_code.get(code, frozenset()) for code in family))
        united |= {code: union for code in family if code in by_code}
    return united


def jurisdictions(code: str, region: str) -> frozenset[str]:
    """The state or province, or several; for an island its country."""
    if region in US_TERRITORIES:
        return frozenset({f"US-{region}"})
    if region not in {"US", "CA"}:
        return frozenset({region})
    states = {state for text in descriptions(code) for state in states_in(text)}
    if not states or any(not state.startswith(region) for state in states):
        raise SystemExit(f"area code {code}: the geocoder's states {sorted(states)} do not fit region {region}")
    return frozenset(states)


def descriptions(code: str) -> set[str]:
    """The geocoder's word on a whole area code; where it has none, on all of its exchanges."""
    whole = GEOCODE_DATA.get(f"1{code}", {}).get("en")
    return {whole} if whole else {row["en"] for prefix, row in GEOCODE_DATA.items() if prefix.startswith(f"1{code}")}


def states_in(description: str) -> set[str]:
    """States in ``Houston, TX``, ``Nova Scotia/Prince Edward Island``, ``Washington D.C.``; raises if one is none."""
    found = set()
    for name in description.rsplit(", ", 1)[-1].split("/"):
        state = state_of(MISSPELT.get(name, name))
        if state is None:
            raise SystemExit(f"the geocoder says {description!r}, and {name!r} is no state in states.txt")
        found.add(state)
    return found


def header() -> str:
    return (
        "# Area codes of +1: jurisdictions and time zones. Made by tools/make_area_codes.py; do not edit.\n"
        "#\n"
        f"# Date: {datetime.now(UTC):%Y-%m-%d}. Source: phonenumbers {version('phonenumbers')} (zones, geocoder),\n"
        "# patches and overlay families that the script names. Without codes that are not for people's lines.\n"
        "#\n"
        "# Area code, jurisdictions (ISO 3166-2; countries 3166-1), zones of the code and its overlays.\n"
    )


def differences(file: Path) -> list[str]:
    """What the table would lose (``-``) and gain (``+``); empty if it is up to date."""
    now = set(table())
    then = {line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
    return [f"- {row}" for row in sorted(then - now)] + [f"+ {row}" for row in sorted(now - then)]


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    file = next((Path(argument) for argument in arguments if argument != "--check"), FILE)
    if not check:
        file.write_text(header() + "\n".join(table()) + "\n", encoding="utf-8")
        return 0
    differing = differences(file)
    sys.stdout.writelines(f"{line}\n" for line in differing)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
