"""Headers that speak of consent, of wishes not to be called, or of a country, whatever their exact words.

Such a column may hold somebody's no. One that is known by name is read; one that only sounds like it must not pass in
silence, or a list whose "Marketing pref." says no is called with somebody's word for all of it. It stops the import
until a person says what it is (``--map``) or that it does not matter (``--ignore``).

Too much is taken for such a column rather than too little: the price is one option on a command line, once a list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from dialconsole.lists.fault import quoted
from dialconsole.lists.header import squeeze, words_of
from dialconsole.model.errors import Problem

_PARTS = {
    "a wish not to be called": (
        "donot dontcall dontcontact dnc optout optedout optsout unsubscri suppress nocall nocontact nophone nosolicit "
        "blacklist blocklist blocked stopcall revok withdrawn robinson litigat werbesperre sperrvermerk nichtanrufen "
        "widerspruch nollamar nepasappeler"
    ),
    "consent": (
        "consent optin optedin optsin permission permitted tcpa subscribed gdpr oktocall okaytocall oktocontact "
        "okaytocontact maycall maywecall maycontact cancall cancontact allowcall allowedtocall authorizedtocall "
        "authorisedtocall callable contactable acceptscall acceptsmarketing marketingpref marketingallowed "
        "contactpref callpref communicationpref einwillig"
    ),
    "a country": "country",
}
"""Pieces of a squeezed name, and what a column of such a name may say."""

_WORDS = {
    "a wish not to be called": "dnd stop stopped sperre",
    "consent": "pewc",
    "a country": "ctry cntry countries nation pais pays land",
}
"""Words that must stand alone, since other words hold them."""

_ROLES = {"a wish not to be called": "do_not_call", "consent": "consent", "a country": "country"}
"""What such a column would be mapped to."""

_IN_PARTS = {part: subject for subject, parts in _PARTS.items() for part in parts.split()}
_ALONE = {word: subject for subject, words in _WORDS.items() for word in words.split()}


def speaks_of(name: str) -> str:
    """What a column of this name may say that must not be passed over; empty if nothing."""
    squeezed = squeeze(name)
    found = next((subject for part, subject in _IN_PARTS.items() if part in squeezed), "")
    return found or next((_ALONE[word] for word in sorted(words_of(name)) if word in _ALONE), "")


def unclear_columns(names: Sequence[str], settled: Collection[int]) -> tuple[str, ...]:
    """The columns, besides those that are ``settled``, of which nobody said whether they hold a no."""
    return tuple(name for i, name in enumerate(names) if i not in settled and speaks_of(name))


def unclear_sentence(name: str) -> str:
    """What to say of one of them."""
    subject = speaks_of(name)
    return (
        f"The column {quoted(name)} sounds like {subject} and is not understood. Say what it is "
        f"(--map {_ROLES[subject]}={shell(name)}) or that it says nothing of this (--ignore {shell(name)})."
    )


def refuse_unclear(list_name: str, names: Sequence[str]) -> None:
    """Raises ``Problem`` if there are such columns."""
    if names:
        sentences = " ".join(map(unclear_sentence, names))
        raise Problem(f"{list_name} is not imported. {sentences}", code="unclear_columns")


def shell(name: str) -> str:
    """A name as it is typed behind an option."""
    return name if re.fullmatch(r"[\w.-]+", name) else f"'{name}'"
