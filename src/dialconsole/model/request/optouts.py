"""Do not call: the opt-outs, one by one and by the file."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.request.request import Done, Request
from dialconsole.model.view import Role


class OptOutPage(Struct, frozen=True):
    entries: tuple[OptOut, ...]
    """Entries in force, newest first."""
    total: int
    more: bool = False


class ListOptOuts(Request[OptOutPage], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = OptOutPage
    search: str = ""
    """Digits of the number, or words of the reason."""
    offset: int = 0
    limit: int = 200


class AddOptOut(Request[Done], frozen=True, kw_only=True):
    number: str
    """As typed; or a pattern, with plus and country code: ``+1201555*``."""
    source: OptOutSource = OptOutSource.OPERATOR
    reason: str = ""
    scope: str = EVERYWHERE
    """``campaign:NAME`` or ``client:LABEL`` of a campaign that exists."""


class RemoveOptOut(Request[Done], frozen=True, kw_only=True):
    """Take exactly this entry off: of a pattern, the numbers that are listed themselves stay."""

    number: str
    """As typed, or a pattern."""
    reason: str
    scope: str = EVERYWHERE


class OptOutImport(Struct, frozen=True):
    added: int
    known: int
    rejected: tuple[str, ...]
    """A sentence for each line that is no number."""
    notes: tuple[str, ...] = ()
    """What else of the file could not be taken as it stands; those entries were added all the same."""


class ImportOptOuts(Request[OptOutImport], frozen=True, kw_only=True):
    """Add what a text or CSV file lists. Its columns scope, source, since and reason go before what is given."""

    RESULT = OptOutImport
    path: str
    reason: str = ""
    scope: str = EVERYWHERE


class CopyOptOuts(Request[Done], frozen=True, kw_only=True):
    """Have every entry of one scope bind another scope too, before a campaign changes its client. Nothing is taken off.

    The other scope may be a client that no campaign has yet.
    """

    source: str
    """``client:LABEL`` or ``campaign:NAME``."""
    scope: str
    reason: str = ""
