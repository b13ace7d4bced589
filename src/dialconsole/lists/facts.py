"""What a row says of its callee that a rule may ask for: consent, business done before, the kind of line.

Consent that an operator attests for the whole list holds for the rows that say nothing of any. A row that says "none"
or "unknown" has said something, and nobody's word for the whole list is put above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from dialconsole.lists.columns import ColumnRole, cell_at
from dialconsole.lists.consent import read_consent
from dialconsole.lists.days import DayReader, instant_of, latest_day
from dialconsole.lists.fault import Fault, quoted
from dialconsole.lists.header import squeeze
from dialconsole.model.contact import RowFault
from dialconsole.model.facts import ContactFacts
from dialconsole.model.purpose import ConsentBasis, LineType

if TYPE_CHECKING:
    from dialconsole.lists.memory import Answers
    from dialconsole.lists.table import Table

ROLES = (
    ColumnRole.CONSENT,
    ColumnRole.CONSENT_DATE,
    ColumnRole.CONSENT_SOURCE,
    ColumnRole.LAST_PURCHASE,
    ColumnRole.LAST_INQUIRY,
    ColumnRole.LINE_TYPE,
)
"""The columns read here, in this order."""

_LINES = {
    **dict.fromkeys(("mobile", "mobilephone", "cell", "cellphone", "cellular", "wireless", "m"), LineType.MOBILE),
    **dict.fromkeys(("landline", "fixed", "fixedline", "wireline", "residentiallandline"), LineType.LANDLINE),
}
"""Squeezed. Not "home" or "work", which may be mobiles, and not "voip", of which no law says which of both it is."""

REMEMBERED = 16_384
"""Different sets of cells kept with their answer. A list repeats a few; one with a document for each row does not."""

LONGEST_REMEMBERED = 400
"""Characters of such a set. Cells of a hostile list may be as long as a row."""

_LONGEST = 24
"""Bytes of a cell that is looked up together with others."""


def read_line(cell: str) -> LineType:
    """The kind of line that a cell names without a doubt; what is not known counts as a mobile (``LineType``)."""
    return LineType.UNKNOWN if "?" in cell else _LINES.get(squeeze(cell), LineType.UNKNOWN)


class FactReader:
    """Reads the rows of one list, in which dates are written as in ``region``.

    ``now`` (POSIX seconds) tells which days have come. Of ``attested`` only the consent counts.
    """

    def __init__(
        self, roles: Mapping[ColumnRole, int], region: str, now: float, attested: ContactFacts | None = None
    ) -> None:
        self._columns = tuple(roles.get(role, -1) for role in ROLES)
        present = [column for column in self._columns if column >= 0]
        self._width = max(present, default=-1) + 1
        self._present = present
        self._days = DayReader(region)
        self._latest = latest_day(now)
        given = attested or ContactFacts()
        self._attested = ContactFacts(given.consent, given.consent_at, given.consent_source)
        self._read: dict[tuple[str, ...], ContactFacts | Fault] = {}
        self._answers: Answers[ContactFacts | Fault] | None = None

    @property
    def attests(self) -> bool:
        """Whether somebody vouches for the consent of rows that say nothing of it."""
        return self._attested.consent is not ConsentBasis.UNKNOWN

    def read(self, cells: Sequence[str]) -> ContactFacts | Fault:
        """The facts of one row, or what is wrong with the first cell that is wrong."""
        if not self._present:
            return self._attested
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        key = tuple([cells[i] for i in self._present])
        known = self._read.get(key)
        if known is None:
            known = self._facts(*(cell_at(cells, i) for i in self._columns))
            if len(self._read) < REMEMBERED and sum(map(len, key)) <= LONGEST_REMEMBERED:
                self._read[key] = known
        return known

    def many(self, table: Table) -> list[ContactFacts | Fault]:
        """``read`` of all rows."""
        from dialconsole.lists.memory import Answers

        if not self._present:
            return [self._attested] * len(table)
        widths = [_LONGEST] * len(self._present)
        if self._answers is None:
            self._answers = Answers(sum(widths) // 8, REMEMBERED)
        return self._answers.of(*table.keys(self._present, widths), lambda place: self.read(table.row(place)))

    def _facts(
        self, consent: str, when: str, source: str, purchase: str, inquiry: str, kind: str
    ) -> ContactFacts | Fault:
        basis = read_consent(consent)
        if isinstance(basis, Fault):
            return basis
        instants: list[float | None] = []
        for cell, what in ((when, "consent date"), (purchase, "last purchase"), (inquiry, "last inquiry")):
            day = self._day(cell, what)
            if isinstance(day, Fault):
                return day
            instants.append(None if day is None else instant_of(day))
        consented, bought, asked = instants
        line = read_line(kind)
        if basis is None:
            given = self._attested
            at = given.consent_at if consented is None else consented
            return ContactFacts(given.consent, at, given.consent_source or source, bought, asked, line)
        return ContactFacts(basis, consented, source, bought, asked, line)

    def _day(self, cell: str, what: str) -> date | Fault | None:
        day = self._days.read(cell, what)
        if isinstance(day, date) and day > self._latest:
            return Fault(
                RowFault.BAD_DATE,
                f"The {what} {quoted(cell)} is still to come. Write when it was, or leave the cell empty.",
            )
        return day
