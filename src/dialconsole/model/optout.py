"""Do-not-call entries. Nothing is ever erased: taking a number off the list is a new entry of its own.

An entry names a number or a pattern, and whom it binds. Both are plain strings, as they stand in the ledger, in files
and on the wire; the functions here are the only ones that take them apart. A scope says its kind (``campaign:spring``,
``client:acme``), because a client may be called like a campaign and an entry that binds the wrong one binds nobody.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

EVERYWHERE = ""
"""The scope of an entry that binds every campaign."""

WILDCARD = "*"
"""Ends a pattern: ``+1201555*`` stands for every number that begins with ``+1201555``."""

_CAMPAIGN = "campaign"
_CLIENT = "client"


class OptOutSource(StrEnum):
    CALLER = "caller"
    """The callee said so in a call, and it was passed on."""
    SIP603 = "sip603"
    AGENT = "agent"
    """The agent of a call saw that this callee must not be called again, though they did not say so."""
    OPERATOR = "operator"
    IMPORT = "import"


class OptOut(Struct, frozen=True, gc=False):
    """One entry: who must not be called, where, since when, because of what."""

    number: str
    """E.164 with its plus, or a pattern: the plus, at least the country code and three digits, and ``*``."""
    source: OptOutSource
    reason: str
    by: str
    at: float
    scope: str = EVERYWHERE
    """``EVERYWHERE``, ``campaign:NAME`` or ``client:LABEL``; see ``canonical_scope`` for other spellings."""
    removed: bool = False
    """A reversal: from ``at`` on this entry does not bind. Other entries that cover the number do."""
    attempt: str | None = None
    """The call that caused it."""


def is_pattern(number: str) -> bool:
    """Whether an entry's ``number`` stands for all numbers that begin alike."""
    return number.endswith(WILDCARD)


def stands_for(number: str, other: str) -> bool:
    """Whether an entry for ``number`` (or a pattern) is also one for ``other``: a number, or a narrower pattern."""
    if not is_pattern(number):
        return number == other
    return other.removesuffix(WILDCARD).startswith(number[:-1])


def campaign_scope(name: str) -> str:
    return f"{_CAMPAIGN}:{name}"


def client_scope(label: str) -> str:
    """Labels are typed by people, so case and spaces do not make another client: "Acme  Inc" is ``client:acme inc``."""
    return f"{_CLIENT}:{' '.join(label.split()).casefold()}"


def canonical_scope(scope: str) -> str:
    """The one spelling of a scope. A name without a kind is a campaign's, as it was before there were clients.

    A campaign's name has no colon, so nothing can be read in two ways.
    """
    if not scope:
        return EVERYWHERE
    kind, colon, name = scope.partition(":")
    if not colon:
        return campaign_scope(scope)
    return client_scope(name) if kind.strip().lower() == _CLIENT else campaign_scope(name.strip())


def scope_campaign(scope: str) -> str | None:
    """The campaign that a canonical scope is limited to, if it is one campaign."""
    return _named(scope, _CAMPAIGN)


def scope_client(scope: str) -> str | None:
    """The label of the client that a canonical scope is limited to, if it is one client."""
    return _named(scope, _CLIENT)


def scope_words(scope: str) -> str:
    """A scope for people: ``everywhere``, ``campaign spring``, ``client acme``."""
    return " ".join(canonical_scope(scope).split(":", 1)) or "everywhere"


def _named(scope: str, kind: str) -> str | None:
    found, colon, name = scope.partition(":")
    return name if colon and found == kind else None
