"""Where a callee may be: every zone, and every jurisdiction whose rules may bind the call."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, gc=False):
    """Interned by the ledger: a million contacts share a few hundred places."""

    zones: tuple[str, ...]
    """IANA names, sorted; empty if unknown (then the call is held)."""
    jurisdictions: tuple[str, ...] = ()
    """ISO 3166-2 (``US-FL``) or the country alone (``GB``), sorted; empty if unknown (then the call is held)."""
