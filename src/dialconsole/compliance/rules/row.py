"""One row of the rule book: what one law of one place asks of which kinds of call, and how sure that is.

Rows are data in TOML files, because whoever answers for the calls must be able to read them, to see where each comes
from, and to mend one the day the law changes. Rejected: rules as functions (nobody but a programmer can check them) and
one table of hours for all (state laws bind different kinds of call: Maine's binds an artificial voice only).
"""

from __future__ import annotations

import re
from datetime import date, time
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from dialconsole.compliance.rules.holiday import HolidayRule
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice

MOST_CALLS = 32
"""The highest cap on a number of calls that a row may set: as many calls of one number are remembered."""

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SPAN = re.compile(rf"({_CLOCK})-({_CLOCK})")
_LENGTH = re.compile(r"([1-9][0-9]{0,2}) (h|d)")
_SECONDS = {"h": 3600, "d": 86_400}


class Certainty(StrEnum):
    """How well a row is known. What is less than confirmed is entered in its stricter reading."""

    CONFIRMED = "confirmed"
    """Read in the law itself or in two independent sources."""
    ONE_SOURCE = "one_source"
    UNCHECKED = "unchecked"
    """Common knowledge of the trade, not checked against the law."""
    DISPUTED = "disputed"
    """Sources contradict each other."""


class Hours:
    """A stretch of wall time on one day, ``08:00-20:00``, or ``none``; seconds since midnight. ``none`` is empty."""

    __slots__ = ("closes", "opens")

    def __init__(self, text: str) -> None:
        """Raises ``ValueError`` for text that is neither."""
        found = _SPAN.fullmatch(text)
        if not found and text != "none":
            raise ValueError(f"{text!r} are no hours; write them as '08:00-20:00', or 'none'")
        self.opens, self.closes = (_seconds(time.fromisoformat(t)) for t in found.groups()) if found else (0.0, 0.0)
        if found and self.opens >= self.closes:
            raise ValueError(f"{text!r} closes before it opens")


class Length:
    """A length of time in a row, ``24 h`` or ``7 d``, in seconds. Days are 24 hours, so a window rolls."""

    __slots__ = ("seconds", "text")

    def __init__(self, text: str) -> None:
        """Raises ``ValueError`` for other text."""
        found = _LENGTH.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no length of time; write it as '24 h' or '7 d'")
        self.text = text
        self.seconds = float(int(found[1]) * _SECONDS[found[2]])


class Week(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours at the callee's place. On a holiday both those of the day of the week and those of holidays hold."""

    weekdays: Hours
    saturday: Hours
    sunday: Hours
    holidays: Hours | None = None
    """``None``: a holiday is a day like any other."""

    def on(self, day: date, *, holiday: bool) -> tuple[float, float]:
        """First and last second of wall time; empty if the first is not the smaller."""
        weekday = day.weekday()
        hours = self.weekdays if weekday < 5 else self.saturday if weekday == 5 else self.sunday
        if not holiday or self.holidays is None:
            return hours.opens, hours.closes
        return max(hours.opens, self.holidays.opens), min(hours.closes, self.holidays.closes)


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """At most ``calls`` to one number in any stretch of time ``within``, counted over all campaigns."""

    calls: Annotated[int, Meta(ge=1, le=MOST_CALLS)]
    within: Length
    without_consent: bool = False
    """Binds only where the callee has not consented."""


class ConsentNeed(Struct, frozen=True, forbid_unknown_fields=True):
    """Which consent a call needs, if it is of this kind. What is left out says "any"."""

    basis: ConsentBasis
    law: str
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    voices: tuple[Voice, ...] = tuple(Voice)
    lines: tuple[LineType, ...] = tuple(LineType)

    def __post_init__(self) -> None:
        if self.basis not in (ConsentBasis.WRITTEN, ConsentBasis.ORAL):
            raise ValueError(f"basis {self.basis.value!r} is no consent; it is 'written' or 'oral'")


class RuleRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    """A table of a rule file. Its name is ``id``; every other field stands in it."""

    id: str
    version: Annotated[int, Meta(ge=1)] = 1
    """Raised by each change, so that the evidence of a call says by which wording it was judged."""
    place: str
    """As a sentence names it: ``Louisiana``."""
    jurisdictions: tuple[str, ...]
    """ISO 3166-2 (``US-LA``), or a country, which means all of it."""
    subdivisions: dict[str, str] = {}
    """On the first row of a country: all its places that are known, by code, with their names."""
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    voices: tuple[Voice, ...] = tuple(Voice)
    lines: tuple[LineType, ...] = tuple(LineType)
    hours: Week | None = None
    also_in: str = ""
    """A zone in which the hours hold besides the callee's own; empty: none."""
    holiday_sets: tuple[str, ...] = ()
    """Whose holidays count, by the codes of the ``holidays`` library."""
    more_holidays: dict[str, HolidayRule] = {}
    """Holidays that the library lacks, by name."""
    caps: tuple[Cap, ...] = ()
    quiet_after_conversation: Length | None = None
    """No call for so long after a call in which a person was reached."""
    consent: tuple[ConsentNeed, ...] = ()
    source: str
    read: date
    """When the source was read."""
    certainty: Certainty
    note: str = ""
    """What is uncertain and which reading was taken; what else the law asks."""

    def __post_init__(self) -> None:
        if self.hours is not None and self.hours.holidays is not None and not (self.holiday_sets or self.more_holidays):
            raise ValueError("hours on holidays are given, but no holidays")
        if self.also_in and self.hours is None:
            raise ValueError("also_in names a zone, but there are no hours")

    def binds(self, purpose: Purpose, voice: Voice, line: LineType) -> bool:
        return purpose in self.purposes and voice in self.voices and line in self.lines

    @property
    def tag(self) -> str:
        """``US-LA v1``, for the evidence."""
        return f"{self.id} v{self.version}"

    @property
    def cited(self) -> str:
        return f"({self.source}; row {self.tag})"

    @property
    def calls(self) -> str:
        """What kind of calls a sentence about this row speaks of."""
        if self.purposes == (Purpose.MARKETING,):
            return "sales calls"
        if self.purposes == (Purpose.DEBT_COLLECTION,):
            return "debt collection calls"
        return "calls" if Voice.HUMAN in self.voices else "calls by an artificial voice"


def _seconds(wall: time) -> float:
    return wall.hour * 3600.0 + wall.minute * 60.0
