"""The rule book of an engine: which rows bind a call of some kind to somebody who may be in some places.

A place that no row speaks of is a place whose law we do not know: the answer is then a fault, and the call is refused.
While the files have not been read, or could not be, it is a fault too, and the call is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dialconsole.compliance.calendar import Calendar, overlaps
from dialconsole.compliance.rules.bound import BoundRules, Fault, strongest_need
from dialconsole.compliance.rules.reading import read_rows
from dialconsole.compliance.rules.row import RuleRow
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import LineType, Purpose, Voice
from dialconsole.model.verdict import VerdictKind

FOLDER = Path(__file__).parent
"""The rules that come with the program."""

MOST_KEPT = 20_000
"""Kinds of call and places kept. A list has a few hundred; contradicting columns make more."""

Kind = tuple[tuple[str, ...], Purpose, Voice, LineType]

_NOT_READ = Fault("rules_unreadable", "The calling rules have not been read yet, so nothing is dialed.")
_NOWHERE = Fault(
    "place_unknown",
    "Nobody can say in which state or country this callee is, so the rules of that place cannot be kept. "
    "Nothing is dialed; a state or ZIP column helps.",
)


class RuleBook:
    """All rows, and the operator's calendar. Everything but ``load`` runs on one thread."""

    def __init__(self, calendar: Calendar | None = None, folder: Path = FOLDER) -> None:
        self.calendar = calendar if calendar is not None else Calendar()
        self._faulted: BoundRules | None = BoundRules(fault=_NOT_READ)
        self._folder = folder
        self._rows: tuple[RuleRow, ...] = ()
        self._places: dict[str, str] = {}
        self._kept: dict[Kind, BoundRules] = {}
        self._calendar_version = self.calendar.version

    @classmethod
    def read(cls, calendar: Calendar | None = None, folder: Path = FOLDER) -> RuleBook:
        """A book that is loaded. Blocking; raises ``Problem`` as ``load`` does."""
        book = cls(calendar, folder)
        book.load()
        return book

    def load(self) -> None:
        """Read the files, at the start and again after a fault. Blocking (0.1 s), so it belongs in a worker thread.

        Raises ``Problem`` for what ``reading.read_rows`` cannot use; from then on every call is held, with that
        sentence, until a later reading succeeds.
        """
        try:
            rows = read_rows(self._folder)
        except Problem as problem:
            self._put((), Fault("rules_unreadable", problem.sentence))
            raise
        self._put(rows, None)

    def _put(self, rows: tuple[RuleRow, ...], fault: Fault | None) -> None:
        # In another thread than the questions: until the very last line they find a fault, which holds.
        self._faulted = BoundRules(fault=fault or _NOT_READ)
        self._rows, self._places, self._kept = rows, _places_of(rows), {}
        if fault is None:
            self._faulted = None

    def rules_for(self, jurisdictions: tuple[str, ...], purpose: Purpose, voice: Voice, line: LineType) -> BoundRules:
        """Everything that binds such a call, in all these places at once.

        ``jurisdictions`` as in ``ProposedCall``. A country alone stands for each of its parts: who does not know the
        state keeps the rules of all. The same object comes back until the calendar or the files change.
        """
        if self._faulted is not None:
            return self._faulted
        if self._calendar_version != self.calendar.version:
            self._kept, self._calendar_version = {}, self.calendar.version
        kept, kind = self._kept, (jurisdictions, purpose, voice, line)
        rules = kept.get(kind)
        if rules is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            rules = kept[kind] = self._bind(*kind)
        return rules

    @property
    def fault(self) -> Fault | None:
        """Why every call is held at the moment; ``None`` once the rules are read."""
        return self._faulted.fault if self._faulted is not None else None

    def covers(self, jurisdiction: str) -> bool:
        """Whether the book knows the law of a place."""
        return jurisdiction in self._places

    @property
    def rows(self) -> tuple[RuleRow, ...]:
        return self._rows

    @property
    def places(self) -> dict[str, str]:
        """Every place that the book covers, by code, with its name."""
        return dict(self._places)

    @property
    def longest_window_s(self) -> float:
        """How far back calls must be remembered to keep every cap, in seconds."""
        return max(self.windows_s, default=0.0)

    @property
    def windows_s(self) -> tuple[float, ...]:
        """Every length of time over which some row counts calls or wants quiet, in seconds, ascending."""
        lengths = {cap.within.seconds for row in self._rows for cap in row.caps}
        lengths |= {row.quiet_after_conversation.seconds for row in self._rows if row.quiet_after_conversation}
        return tuple(sorted(lengths))

    def _bind(self, jurisdictions: tuple[str, ...], purpose: Purpose, voice: Voice, line: LineType) -> BoundRules:
        fault = self._fault_of(jurisdictions)
        if fault is not None:
            return BoundRules(fault=fault)
        rows = [row for row in self._rows if row.binds(purpose, voice, line) and _reaches(row, jurisdictions)]
        return BoundRules(
            rows,
            days={day: entry for place in jurisdictions for day, entry in self.calendar.binding(place).items()},
            consent=strongest_need(rows, purpose, voice, line),
            calendar=self.calendar.version,
        )

    def _fault_of(self, jurisdictions: tuple[str, ...]) -> Fault | None:
        if not jurisdictions:
            return _NOWHERE
        unknown = [place for place in jurisdictions if place not in self._places]
        if not unknown:
            return None
        return Fault(
            "no_rules",
            f"The callee may be in {' or '.join(unknown)}, and there are no calling rules for that place here. "
            "A place whose rules are not known is not called.",
            VerdictKind.REFUSED,  # no hour will come at which they are known
        )


def _reaches(row: RuleRow, jurisdictions: Iterable[str]) -> bool:
    return any(overlaps(place, jurisdiction) for place in row.jurisdictions for jurisdiction in jurisdictions)


def _places_of(rows: Iterable[RuleRow]) -> dict[str, str]:
    """A country is known by its first row, the one that lists its parts."""
    places: dict[str, str] = {}
    for row in rows:
        if row.subdivisions:
            places |= {row.id: row.place} | row.subdivisions
    return places
