"""Call lists: reading one into a campaign, and what came of it."""

from __future__ import annotations

from msgspec import Struct, field

from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.request import Done, Request


class ListSummary(Struct, frozen=True):
    """A call list as it was imported."""

    name: str
    sha256: str
    imported_at: float
    rows: int
    contacts: int
    duplicates: int
    rejected: int


class ImportReport(Struct, frozen=True):
    list: ListSummary
    already_in_campaign: int
    """Numbers that another list of the campaign had brought already (counted in ``list.duplicates`` too)."""
    by_fault: dict[str, int]
    notes: tuple[str, ...] = ()
    """How the file was understood, and what was odd in its rows, counted: sentences, as ``list check`` gives them."""


class ImportList(Request[ImportReport], frozen=True, kw_only=True):
    """Read a call list (a path on the engine's machine) into a campaign, all of it or nothing."""

    RESULT = ImportReport
    campaign: str
    path: str
    columns: dict[str, str] = field(default_factory=dict)
    """Role -> column name, where the names do not say it: ``{"phone": "Tel. privat"}``."""
    attest: ConsentBasis | None = None
    """The person who asks attests this consent for every row that says nothing itself."""
    sheet: str | None = None
    """Of a spreadsheet; ``None`` is the first."""
    ignored: tuple[str, ...] = ()
    """Columns that sound like a wish, a consent or a country and mean nothing, by the word of whoever asks."""
    id: str = ""
    """By which whoever asks may cancel it before the answer is there; the engine gives one if it is empty."""


class CancelImport(Request[Done], frozen=True, kw_only=True):
    """Stop a list that is still coming in: nothing of it is imported then."""

    id: str
