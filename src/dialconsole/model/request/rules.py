"""Rules: the days on which nobody is called, and the do-not-call registry."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from dialconsole.model.calendar import CalendarDay
from dialconsole.model.request.request import Done, Request
from dialconsole.model.view import Role


class ListCalendar(Request[tuple[CalendarDay, ...]], frozen=True, kw_only=True):
    """Days on which a place is not called, besides the holidays of its law."""

    ROLE = Role.OBSERVER
    RESULT = tuple[CalendarDay, ...]


class AddDay(Request[Done], frozen=True, kw_only=True):
    jurisdiction: str
    """As typed: ``LA``, ``US-LA``, ``Louisiana``, ``GB``."""
    day: date
    reason: str


class RemoveDay(Request[Done], frozen=True, kw_only=True):
    jurisdiction: str
    day: date
    reason: str = ""


class RegistryList(Struct, frozen=True):
    """One do-not-call list of the registry folder; only ``name`` and ``fault`` if it cannot be read."""

    name: str
    obtained: date | None = None
    version: int = 0
    area_codes: int = 0
    numbers: int = 0
    san: str = ""
    demo: bool = False
    fault: str = ""


class RegistryReport(Struct, frozen=True):
    lists: tuple[RegistryList, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...] = ()
    """Sentences: states in which contacts may be, that keep a list of their own, of which none was imported."""


class ShowRegistry(Request[RegistryReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = RegistryReport


class ReloadRegistry(Request[Done], frozen=True, kw_only=True):
    """A list was imported or removed: look at the folder now. ``what`` goes into the audit."""

    ROLE = Role.ADMIN
    what: str
