"""The rows that bind one kind of call to one set of places, all together: the strictest of them decides each question.

Made once for each kind of call and places and then kept, so an object of it is also the key under which openings and
results are kept elsewhere: after an edit of the calendar or a new reading of the files there is a new object, and what
was kept for the old one is never asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import msgspec
from msgspec import Struct

from dialconsole.compliance.rules.holiday import library_days
from dialconsole.compliance.rules.row import Cap, ConsentNeed, Length, RuleRow
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_DAY_S = 86_400.0
_MOST_DAYS = 1000
"""Dates whose hours are kept; three years."""


class Fault(Struct, frozen=True):
    """Why nobody can say which rules bind. Such a call is held, or refused where waiting changes nothing."""

    code: str
    sentence: str
    verdict: VerdictKind = VerdictKind.HELD

    def answer(self, check: CheckName) -> CheckResult:
        """What a check says that would have to know the rules."""
        return CheckResult(check=check, verdict=self.verdict, code=self.code, sentence=self.sentence)


class DayHours(Struct, frozen=True):
    """The hours of one local date, in seconds of wall time, and who decides them. Empty if opens >= closes."""

    opens: float
    closes: float
    opener: RuleRow | None = None
    """The row that opens last; ``None``: no row has hours."""
    closer: RuleRow | None = None
    """The row that closes first. On a day without calls both are the row that forbids them."""
    holiday: str = ""
    """What the date is called, if it is a holiday to one of those rows."""
    entry: CalendarDay | None = None
    """The operator's entry that forbids calls on this date; it comes before any row."""

    @property
    def empty(self) -> bool:
        return self.opens >= self.closes


class BoundRules:
    """What binds calls of one kind to one set of places. Compared by identity; see ``RuleBook.rules_for``."""

    def __init__(
        self,
        rows: Iterable[RuleRow] = (),
        *,
        days: Mapping[date, CalendarDay] | None = None,
        consent: tuple[RuleRow, ConsentNeed] | None = None,
        calendar: int = 0,
        fault: Fault | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self.consent = consent
        """The strongest consent that any of the rows asks for; ``None``: none is needed."""
        self.fault = fault
        """Set: nothing may be called, whatever the rows say."""
        self.evidence = f"rows {', '.join(row.tag for row in self.rows)}; calendar v{calendar}"
        """By what a call was judged: each row with its version, and the version of the operator's calendar."""
        self.caps: tuple[tuple[RuleRow, Cap], ...] = tuple((row, cap) for row in self.rows for cap in row.caps)
        self.quiet: tuple[tuple[RuleRow, Length], ...] = tuple(
            (row, row.quiet_after_conversation) for row in self.rows if row.quiet_after_conversation is not None
        )
        self.elsewhere = tuple((row.also_in, BoundRules([_in_one_zone(row)])) for row in self.rows if row.also_in)
        """Zones in which some rows must hold too, wherever the callee is, each with the rules that must hold there."""
        self._days = days or {}
        self._hours: dict[date, DayHours] = {}

    def hours_on(self, day: date) -> DayHours:
        """The strictest hours of a local date."""
        hours = self._hours.get(day)
        if hours is None:
            if len(self._hours) >= _MOST_DAYS:
                self._hours.clear()
            hours = self._hours[day] = self._worked_out(day)
        return hours

    def _worked_out(self, day: date) -> DayHours:
        if day in self._days:
            return DayHours(0.0, 0.0, entry=self._days[day])
        found = DayHours(0.0, _DAY_S)
        for row in self.rows:
            if row.hours is None:
                continue
            holiday = _holidays(row, day.year).get(day, "")
            opens, closes = row.hours.on(day, holiday=bool(holiday))
            if opens >= closes:
                return DayHours(0.0, 0.0, row, row, holiday)
            # Among rows of the same hour the last one is named: the state, which comes after its country.
            if opens >= found.opens:
                found = DayHours(opens, found.closes, row, found.closer, holiday or found.holiday)
            if closes <= found.closes:
                found = DayHours(found.opens, closes, found.opener, row, holiday or found.holiday)
        return found


def strongest_need(
    rows: Iterable[RuleRow], purpose: Purpose, voice: Voice, line: LineType
) -> tuple[RuleRow, ConsentNeed] | None:
    """Which of the rows asks for the strongest consent to a call of this kind; written is stronger than oral."""
    found: tuple[RuleRow, ConsentNeed] | None = None
    for row in rows:
        for need in row.consent:
            binds = purpose in need.purposes and voice in need.voices and line in need.lines
            if binds and (found is None or (need.basis is ConsentBasis.WRITTEN and found[1].basis is not need.basis)):
                found = row, need
    return found


def _in_one_zone(row: RuleRow) -> RuleRow:
    return msgspec.structs.replace(row, also_in="", caps=(), consent=())


@lru_cache(maxsize=1024)
def _holidays(row: RuleRow, year: int) -> Mapping[date, str]:
    """The holidays of one row in one year, by date; none for a row that has no rule about them."""
    if row.hours is None or row.hours.holidays is None:
        return {}
    days = {day: name for name, rule in row.more_holidays.items() for day in rule.dates(year)}
    for code in row.holiday_sets:
        days.update(library_days(code, year))
    return days
