"""What a list says of its callee that a rule may ask for: consent, business done before, the kind of line."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.purpose import ConsentBasis, LineType


class ContactFacts(Struct, frozen=True, gc=False):
    """Interned by the ledger, since most contacts of a list share them. Instants are POSIX seconds."""

    consent: ConsentBasis = ConsentBasis.UNKNOWN
    consent_at: float | None = None
    consent_source: str = ""
    """``web form``, or who attested it for the whole list."""
    last_purchase: float | None = None
    last_inquiry: float | None = None
    line: LineType = LineType.UNKNOWN
