"""Where a callee may be: the zones of a number, of a point, and whether a name is a zone at all.

A zone decides when a telephone may ring, so every function here would rather say too much (all candidates) or nothing
than guess one. For a +1 number the candidates are phonenumbers' row of its exchange, if there is one, else all zones of
its area code and of the codes that overlay it (``places.area_codes``). phonenumbers' shorter rows were rejected: an
exchange that it does not list gets the zone of its code's largest town (Chicago's suburbs in Indiana: Eastern), and a
new overlay a single one. So was its function ``time_zones_for_number``: 10 µs against 0.5, and for numbers it types as
mobile all 42 zones of the numbering plan (Barbados, Bermuda, Jamaica). Rejected too: the geocoder (a city name, for
104 MB), and zones stored as offsets (wrong from the next clock change on). An address adds candidates to those of the
number: ``places.whereabouts``. Facts measured with phonenumbers 9.0.43 and timezonefinder 9.0.
"""

from __future__ import annotations

import threading
from array import array
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from dialconsole.compliance.places.area_codes import area_code_of
from dialconsole.compliance.places.countries import plain_zone
from dialconsole.exchanges import ExchangeKind, exchange_kinds
from dialconsole.model.zone import NumberFault, NumberZones

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from timezonefinder import TimezoneFinder

# -- a number -----------------------------------------------------------------------------------------------------


_NANP_FIRST, _NANP_LAST = 10_000_000_000, 19_999_999_999
"""+1 and ten digits."""

_LONGEST = 15
"""Digits of an E.164 number."""

_SUBSCRIBERS = 10_000
"""Numbers of one exchange (NPA-NXX)."""

_EXCHANGE_DIGITS = 7
"""Of phonenumbers' row of one exchange, 1NPANXX."""

_FAULTS_OF_KINDS: dict[int, NumberFault] = {
    ExchangeKind.UNASSIGNED: NumberFault.INVALID,
    ExchangeKind.TOLL_FREE: NumberFault.TOLL_FREE,
    ExchangeKind.PREMIUM: NumberFault.PREMIUM,
    ExchangeKind.SHARED_COST: NumberFault.SHARED_COST,
    ExchangeKind.PERSONAL: NumberFault.PERSONAL,
    ExchangeKind.NON_GEOGRAPHIC: NumberFault.NON_GEOGRAPHIC,
    ExchangeKind.SERVICE: NumberFault.SERVICE,
}

_SENTENCES = {
    NumberFault.INVALID: "This number is not assigned to anybody: its length or its first digits are not in use.",
    NumberFault.TOLL_FREE: "This is a toll-free number, a company's line and not a person's; it is not called.",
    NumberFault.PREMIUM: "This is a premium-rate number; it is not called.",
    NumberFault.SHARED_COST: "This is a shared-cost number, a company's line and not a person's; it is not called.",
    NumberFault.PERSONAL: "This is a personal (follow-me) number: where it rings cannot be known, so it is not called.",
    NumberFault.NON_GEOGRAPHIC: "This number belongs to no place (Internet telephony only), so it is not called.",
    NumberFault.SERVICE: "This is a service number (pager, company access or voicemail access); it is not called.",
    NumberFault.NEW_AREA_CODE: "This program's table does not know the number's area code, so where it rings cannot be "
    "told; it is not called. A newer version may know it.",
    NumberFault.PLACELESS: "This number belongs to a worldwide network, so no time zone can be told; it is not called.",
}


def zones_of_number(number: int | str) -> NumberZones:
    """Candidate zones of an E.164 number (digits as ``int``, or text with or without the plus), or why it is refused.

    Never raises: what is not a number is refused as ``NumberFault.INVALID``. Costs about 0.3 µs for a number of +1 and
    half a millisecond for the first of its area code; abroad 20 µs.
    """
    if isinstance(number, str):
        digits = number.removeprefix("+")
        if not (digits.isascii() and digits.isdigit()) or digits[0] == "0" or len(digits) > _LONGEST:
            return _refused(NumberFault.INVALID)
        number = int(digits)
    if not _NANP_FIRST <= number <= _NANP_LAST:
        return _zones_abroad(number) if 0 < number < 10**_LONGEST else _refused(NumberFault.INVALID)
    exchange = (number - _NANP_FIRST) // _SUBSCRIBERS
    known = _exchanges[exchange] or _look_up(exchange)
    return _answers[known - 1] if known else _zones_by_asking(number)


def kins_of_area(area: int) -> array[int]:
    """Of each of the thousand exchanges behind an area code: those of one kin have the same zones and area code.

    So all that is told of one holds for the others. 0: it cannot answer for all of its numbers.
    """
    start = area * 1000
    if not any(_exchanges[start : start + 1000]):
        _look_up(start)
    return array("I", [known and known * 1000 + area for known in _exchanges[start : start + 1000]])


ASK = -1
"""Of an exchange: ``zones_of_number`` has to be asked about the number itself."""


def faults_of_exchanges(exchanges: NDArray[np.int64]) -> NDArray[np.int16]:
    """``fault_position`` for many exchanges of +1 (NPANXX); ``ASK`` where nobody asked yet, or it is split."""
    import numpy as np

    positions = np.array([ASK, *(fault_position(answer) for answer in _answers)], np.int16)
    return positions[np.frombuffer(_exchanges, np.uint16)[exchanges]]


def fault_position(answer: NumberZones) -> int:
    """0 for a number that may be called, else the fault's place in ``NumberFault``, from 1 on."""
    return 0 if answer.fault is None else list(NumberFault).index(answer.fault) + 1


# What every exchange of +1 is: 0 for "not looked up yet" and for those that cannot answer for all their numbers, else
# one more than an index into ``_answers``, of which there are some hundred. An array, because a dict of the 600,000
# exchanges a list can name would take 100 MB.
_exchanges = array("H", bytes(2 * 1_000_000))
_answers: list[NumberZones] = []
_indexes: dict[NumberZones, int] = {}
_answers_lock = threading.Lock()


def _look_up(exchange: int) -> int:
    """Fill in the whole area code: a list that names one of its exchanges names most of them."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    kinds, start = exchange_kinds(), exchange // 1000 * 1000
    with _answers_lock:  # a list is read in a thread while the gate asks on the loop
        by_kind = {kind: _index(_refused(fault)) for kind, fault in _FAULTS_OF_KINDS.items()}
        code = area_code_of(_NANP_FIRST + start * _SUBSCRIBERS)
        elsewhere = _index(_refused(NumberFault.NEW_AREA_CODE) if code is None else _answer(code.zones))
        for each in range(start, start + 1000):
            kind = kinds[each]
            if kind == ExchangeKind.LINE:
                row = TIMEZONE_DATA.get(f"1{each}") if code is not None else None
                _exchanges[each] = elsewhere if row is None else _index(_answer(row))
            elif kind != ExchangeKind.ASK:
                _exchanges[each] = by_kind[kind]
    return _exchanges[exchange]


def _index(answer: NumberZones) -> int:
    index = _indexes.setdefault(answer, len(_answers))
    if index == len(_answers):
        _answers.append(answer)
    return index + 1


def _zones_by_asking(number: int) -> NumberZones:
    from phonenumbers import PhoneNumber, number_type
    from phonenumbers.tzdata import TIMEZONE_DATA

    fault = _fault_of_type(number_type(PhoneNumber(country_code=1, national_number=number - _NANP_FIRST)))
    if fault:
        return _refused(fault)
    code = area_code_of(number)
    if code is None:
        return _refused(NumberFault.NEW_AREA_CODE)
    return _answer(TIMEZONE_DATA.get(str(number)[:_EXCHANGE_DIGITS], code.zones))


@lru_cache(maxsize=65_536)
def _zones_abroad(number: int) -> NumberZones:
    """Outside +1 validity may depend on every digit, so the number is parsed; the zones are phonenumbers' own."""
    from phonenumbers import NumberParseException, number_type, parse
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        parsed = parse(f"+{number}")
    except NumberParseException:
        return _refused(NumberFault.INVALID)
    fault = _fault_of_type(number_type(parsed))
    if fault:
        return _refused(fault)
    zones = time_zones_for_number(parsed)
    return _answer(() if UNKNOWN_TIMEZONE in zones else zones)


@cache
def _faults_by_type() -> dict[int, NumberFault]:
    from phonenumbers import PhoneNumberType as Type

    return {
        Type.TOLL_FREE: NumberFault.TOLL_FREE,
        Type.PREMIUM_RATE: NumberFault.PREMIUM,
        Type.SHARED_COST: NumberFault.SHARED_COST,
        Type.PERSONAL_NUMBER: NumberFault.PERSONAL,
        Type.VOIP: NumberFault.NON_GEOGRAPHIC,
        Type.PAGER: NumberFault.SERVICE,
        Type.UAN: NumberFault.SERVICE,
        Type.VOICEMAIL: NumberFault.SERVICE,
    }


def _fault_of_type(kind: int) -> NumberFault | None:
    from phonenumbers import PhoneNumberType as Type

    if kind in (Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE):
        return None
    return _faults_by_type().get(kind, NumberFault.INVALID)


@lru_cache(maxsize=4096)
def _answer(zones: tuple[str, ...]) -> NumberZones:
    return NumberZones(tuple(sorted(zones))) if zones else _refused(NumberFault.PLACELESS)


@cache
def _refused(fault: NumberFault) -> NumberZones:
    return NumberZones((), fault, _SENTENCES[fault])


# -- a name -------------------------------------------------------------------------------------------------------

_COLLOQUIAL = {
    name: zone
    for zone, names in (
        ("America/New_York", "eastern et est edt est5edt"),
        ("America/Chicago", "central ct cst cdt cst6cdt"),
        ("America/Denver", "mountain mt mst mdt mst7mdt"),
        ("America/Phoenix", "arizona"),
        ("America/Los_Angeles", "pacific pt pst pdt pst8pdt"),
        ("America/Anchorage", "alaska akst akdt"),
        ("Pacific/Honolulu", "hawaii hst"),
    )
    for name in names.split()
}
"""What people write in a zone column, lower case. Only ever suggested: ``EST`` in summer is not New York's time."""

_LONG_COLLOQUIAL = {name: zone for name, zone in _COLLOQUIAL.items() if len(name) > 5}
"""Of which a slip can be told: ``estern`` is Eastern, but any three letters resemble some other three."""


def valid_zone(name: str) -> bool:
    """Whether ``name`` is an IANA zone in which people live, such as ``America/Chicago``; exact in case.

    Names without a place are not: ``UTC`` and ``Etc/...`` mostly mean that nobody knew, ``EST`` names an hour that New
    York leaves in summer, and ``localtime`` would be this machine's own zone.
    """
    return name in _places()


@lru_cache(maxsize=1024)
def nearest_zone(name: str) -> str | None:
    """The zone that a mistyped, colloquial or differently written ``name`` probably means; ``None`` if unclear."""
    wanted = "_".join(name.lower().split())
    if wanted in _COLLOQUIAL:
        return _COLLOQUIAL[wanted]
    places = sorted(_places())
    whole = {zone.lower(): zone for zone in places}
    if wanted in whole:
        return whole[wanted]  # a zone in another case is that zone, and not its newer name
    spellings = {zone.rsplit("/", 1)[-1].lower(): zone for zone in places} | whole | _LONG_COLLOQUIAL
    close = get_close_matches(wanted[:64], spellings, n=1, cutoff=0.75)
    return plain_zone(spellings[close[0]]) if close else None


@cache
def _places() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))


# -- a point ------------------------------------------------------------------------------------------------------

_finder_lock = threading.Lock()


@cache
def _finder() -> TimezoneFinder:
    from timezonefinder import TimezoneFinder

    return TimezoneFinder(in_memory=True)


def zone_at(lat: float, lng: float) -> str | None:
    """The zone at a latitude and longitude in degrees; ``None`` at sea, where nobody's telephone stands.

    Raises ``ValueError`` for what is no point on earth. The first call loads timezonefinder (about 0.4 s, 40 MB), so
    it belongs in a worker thread. Any thread may ask: one finder serves all, one at a time, because it is not safe to
    share otherwise; a look-up takes some 2 µs.
    """
    with _finder_lock:
        zone = _finder().timezone_at(lat=lat, lng=lng)
    return zone if zone is not None and valid_zone(zone) else None
