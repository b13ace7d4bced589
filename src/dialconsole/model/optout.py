"""Do-not-call entries. Nothing is ever erased: taking a number off the list is a new entry of its own."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

EVERYWHERE = ""
"""The scope of an entry that binds every campaign; any other scope is a campaign's name."""


class OptOutSource(StrEnum):
    CALLER = "caller"
    """The callee said so, and the agent passed it on."""
    SIP603 = "sip603"
    OPERATOR = "operator"
    IMPORT = "import"


class OptOut(Struct, frozen=True, gc=False):
    """One entry: who must not be called, where, since when, because of what."""

    number: str
    """E.164 with its plus."""
    source: OptOutSource
    reason: str
    by: str
    at: float
    scope: str = EVERYWHERE
    removed: bool = False
    """A reversal: from ``at`` on the number may be called again."""
    attempt: str | None = None
    """The call that caused it."""
