"""The operator's calendar: days on which a place is not called, besides the holidays that its law names.

A governor's proclamation or a declared emergency is in no library, and comes the day before. An entry holds from the
next question on, for every call into the place, also where the place's law has no rule for holidays: who enters a day
wants no calls on it. Rejected: treating it as a holiday of the law (in most states nothing would happen).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from dialconsole.model.calendar import CalendarDay


class Calendar:
    """Entries in force, at most one a place and date. Everything runs on one thread."""

    def __init__(self, days: Iterable[CalendarDay] = ()) -> None:
        self.version = 0
        """How many times it was changed. Whoever keeps something that an entry may change looks here first.

        Loaded from all edits ever made, in their order, it counts on after a restart; so the evidence can name it.
        """
        self._days: dict[str, dict[date, CalendarDay]] = {}
        for day in days:
            self.add(day)

    def add(self, entry: CalendarDay) -> None:
        """Put a day in force at once, in place of an older entry for the same place and date."""
        self._days.setdefault(entry.jurisdiction, {})[entry.day] = entry
        self.version += 1

    def remove(self, jurisdiction: str, day: date) -> bool:
        """Take a day off; whether there was one."""
        removed = self._days.get(jurisdiction, {}).pop(day, None) is not None
        self.version += removed
        return removed

    def get(self, jurisdiction: str, day: date) -> CalendarDay | None:
        """The entry for exactly this place and date."""
        return self._days.get(jurisdiction, {}).get(day)

    def days(self) -> list[CalendarDay]:
        """All entries, by date and place."""
        entries = (entry for days in self._days.values() for entry in days.values())
        return sorted(entries, key=lambda entry: (entry.day, entry.jurisdiction))

    def binding(self, jurisdiction: str) -> Mapping[date, CalendarDay]:
        """The entries that a callee in ``jurisdiction`` is protected by: its own and its country's.

        A country alone (the state is not known) is protected by those of all its parts.
        """
        found: dict[date, CalendarDay] = {}
        for place, days in self._days.items():
            if overlaps(place, jurisdiction):
                found.update(days)
        return found


def overlaps(place: str, other: str) -> bool:
    """Whether two jurisdictions have ground in common: they are the same, or one is the country of the other."""
    return place == other or place.startswith(f"{other}-") or other.startswith(f"{place}-")
