"""What a list would do if it were dialed: counted before anything is imported.

Plain data; whoever shows it decides how. The hours are asked through a function, because the calling window belongs
to another room and to the campaign's settings, and "now" to the engine's clock.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from dialconsole.lists.reading import CallList
from dialconsole.lists.watched import unclear_sentence
from dialconsole.model.contact import Batch, Contact, Duplicate, RejectedRow, Row, RowFault, ZoneSource
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis

EXAMPLES = 3
"""Rows shown of each fault: the first ones say what is wrong with the list, the rest repeat it."""

WindowNow = Callable[[Place], tuple[bool, float]]
"""Place -> whether its window is open now, in all of its zones and by the rules of all its jurisdictions, and when
that changes (POSIX seconds, ``inf`` for never)."""


class Example(Struct, frozen=True):
    line: int
    reason: str


class FaultCount(Struct, frozen=True):
    fault: RowFault
    rows: int
    examples: tuple[Example, ...]


class ZoneCount(Struct, frozen=True):
    """Contacts that share one set of candidate zones and one window; other rules make another window."""

    zones: tuple[str, ...]
    """Empty: the zone is unknown, and nobody of them is dialed."""
    contacts: int
    open: bool
    changes_at: float | None
    """POSIX seconds; ``None`` if the window is unknown or never changes."""


class Preflight(Struct, frozen=True):
    name: str
    sha256: str
    rows: int
    """Rows below the header that are not blank: contacts, duplicates and rejected rows together."""
    contacts: int
    duplicates: int
    rejected: int
    faults: tuple[FaultCount, ...]
    """The most frequent first."""
    zones: tuple[ZoneCount, ...]
    """The largest first."""
    zone_sources: dict[ZoneSource, int]
    """Contacts by the most exact of the columns that said where they are."""
    jurisdictions: dict[str, int]
    """Contacts by whose rules bind their calls, the most frequent first; who may be in two states counts in both."""
    consent: dict[ConsentBasis, int]
    """Contacts by the consent they gave, or that is attested for the list; every basis, also with none."""
    contradicting: int
    """Contacts whose address does not fit together or cannot be read. Every place that it names counts."""
    contradictions: tuple[Example, ...]
    """The first of them, each with the first of its sentences."""
    open_now: int
    opens_later: int
    unknown: int
    """Contacts whose zones are not known, or have no common hour in the window."""
    notes: tuple[str, ...]
    refused: tuple[str, ...] = ()
    """Why the list would not be imported as it is: a sentence for each column that may hold somebody's no."""


class _Tally:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.duplicates = self.contradicting = 0
        self.places: Counter[Place] = Counter()
        self.sources: Counter[ZoneSource] = Counter()
        self.consent: Counter[ConsentBasis] = Counter(dict.fromkeys(ConsentBasis, 0))
        self.contradictions: list[Example] = []
        self.faults: Counter[RowFault] = Counter()
        self.examples: dict[RowFault, list[Example]] = {}

    def add(self, row: Batch | Row) -> None:
        match row:
            case Batch():
                self._batch(row)
            case Contact():
                self._contact(row)
            case Duplicate():
                self.duplicates += 1
            case RejectedRow():
                self.faults[row.fault] += 1
                _keep(self.examples.setdefault(row.fault, []), row.line, row.reason)

    def _batch(self, batch: Batch) -> None:
        located, facts = {id(one): one for one in batch.places}, {id(one): one for one in batch.facts}
        for key, contacts in Counter(map(id, batch.places)).items():
            where = located[key].whereabouts
            self.places[Place(where.zones, where.jurisdictions)] += contacts
            self.sources[located[key].source] += contacts
        for key, contacts in Counter(map(id, batch.facts)).items():
            self.consent[facts[key].consent] += contacts
        if any(one.whereabouts.contradictions for one in located.values()):
            for line, place in zip(batch.lines, batch.places, strict=True):
                if odd := place.whereabouts.contradictions:
                    self._contradiction(line, odd[0])

    def _contact(self, contact: Contact) -> None:
        self.places[Place(contact.zones, contact.jurisdictions)] += 1
        self.sources[contact.zone_source] += 1
        self.consent[contact.facts.consent] += 1
        if contact.contradictions:
            self._contradiction(contact.line, contact.contradictions[0])

    def _contradiction(self, line: int, sentence: str) -> None:
        self.contradicting += 1
        _keep(self.contradictions, line, sentence)


def check_list(call_list: CallList, window_now: WindowNow) -> Preflight:
    """Read the whole list once. Raises ``Problem`` as ``CallList.rows`` does; memory as there."""
    tally = _Tally()
    for row in call_list.batches():
        tally.add(row)
    zones = _by_zones_and_window(tally.places, window_now)
    open_now = sum(z.contacts for z in zones if z.open)
    opens_later = sum(z.contacts for z in zones if not z.open and z.changes_at is not None)
    contacts, rejected = tally.places.total(), tally.faults.total()
    return Preflight(
        name=call_list.name,
        sha256=call_list.sha256,
        rows=contacts + tally.duplicates + rejected,
        contacts=contacts,
        duplicates=tally.duplicates,
        rejected=rejected,
        faults=tuple(FaultCount(f, count, tuple(tally.examples[f])) for f, count in tally.faults.most_common()),
        zones=zones,
        zone_sources=dict(tally.sources),
        jurisdictions=_by_jurisdiction(tally.places),
        consent=dict(tally.consent),
        contradicting=tally.contradicting,
        contradictions=tuple(tally.contradictions),
        open_now=open_now,
        opens_later=opens_later,
        unknown=contacts - open_now - opens_later,
        notes=call_list.notes,
        refused=tuple(map(unclear_sentence, call_list.unclear)),
    )


def _keep(examples: list[Example], line: int, reason: str) -> None:
    """The first by line: rows may come in another order."""
    if len(examples) < EXAMPLES or line < examples[-1].line:
        insort(examples, Example(line, reason), key=lambda example: example.line)
        del examples[EXAMPLES:]


def _by_jurisdiction(places: Counter[Place]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for place, contacts in places.items():
        counts.update(dict.fromkeys(place.jurisdictions, contacts))
    return dict(counts.most_common())


def _by_zones_and_window(places: Counter[Place], window_now: WindowNow) -> tuple[ZoneCount, ...]:
    counts: Counter[tuple[tuple[str, ...], bool, float | None]] = Counter()
    for place, contacts in places.items():
        counts[place.zones, *_window(place, window_now)] += contacts
    return tuple(ZoneCount(zones, n, is_open, changes) for (zones, is_open, changes), n in counts.most_common())


def _window(place: Place, window_now: WindowNow) -> tuple[bool, float | None]:
    if not place.zones:
        return False, None
    is_open, changes_at = window_now(place)
    return is_open, changes_at if math.isfinite(changes_at) else None
