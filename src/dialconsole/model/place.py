"""Where a callee may be: every zone, and every jurisdiction whose rules may bind the call; and what a row says of it.

It stands here because rooms that do not know each other speak of it: ``lists`` reads the columns and is handed the
function that judges them, ``compliance`` finds out what they mean, ``store`` keeps it.
"""

from __future__ import annotations

from msgspec import Struct


class AddressColumns(Struct, frozen=True, gc=False):
    """The columns of a call list's row that say where its callee is. Empty: the row says nothing.

    One value, because two rooms hand it to each other whole, and five texts in a row are easily swapped.
    """

    zone: str = ""
    """The zone column: an IANA name that is known."""
    at_zone: str = ""
    """The zone at the row's coordinates, an IANA name too."""
    zip: str = ""
    """The cell as it stands, also a Canadian or Australian postcode, or nonsense."""
    state: str = ""
    """The cell as it stands: a name, an abbreviation or nonsense."""
    country: str = ""
    """ISO 3166-1 alpha-2, already read from its cell."""


NO_COLUMNS = AddressColumns()
"""A number with nothing beside it."""


class Place(Struct, frozen=True, gc=False):
    """Interned by the ledger: a million contacts share a few hundred places."""

    zones: tuple[str, ...]
    """IANA names, sorted; empty if unknown (then the call is held)."""
    jurisdictions: tuple[str, ...] = ()
    """ISO 3166-2 (``US-FL``) or the country alone (``GB``), sorted; empty if unknown (then the call is held)."""


class Whereabouts(Struct, frozen=True, gc=False):
    """The place that a number and the columns beside it come to, and what is odd about them."""

    zones: tuple[str, ...]
    """IANA names, sorted. Empty only if ``refused``."""
    jurisdictions: tuple[str, ...]
    """ISO 3166-2, ``US-FL``, or ISO 3166-1 where a country is not divided, ``GB``; sorted."""
    refused: str = ""
    """Why there is nothing to be called, whatever the hour: a sentence; empty if there is."""
    contradictions: tuple[str, ...] = ()
    """Sentences: columns that contradict each other (all of them count), and cells that say nothing readable."""
    unread: str = ""
    """A sentence: a state that cannot be read, so that the callee may be anywhere and is not called; else empty."""
