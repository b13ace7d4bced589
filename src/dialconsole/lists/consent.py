"""What a consent cell says: the kind of consent, in the few words that say it without a doubt.

A word that is not known rejects its row. Reading it as "none" would drop people who consented, reading it as consent
would call people who did not. A bare "yes" is consent of the lesser kind: it does not say that there is a signature.
"""

from __future__ import annotations

import re

from dialconsole.lists.fault import Fault, quoted
from dialconsole.lists.header import squeeze
from dialconsole.model.contact import RowFault
from dialconsole.model.purpose import ConsentBasis

_WORDS = {
    ConsentBasis.WRITTEN: "written writtenconsent yeswritten writtenyes inwriting yesinwriting expresswritten "
    "expresswrittenconsent priorexpresswritten priorexpresswrittenconsent pewc",
    ConsentBasis.ORAL: "oral oralconsent yesoral oralyes verbal verbalconsent yesverbal verbalyes express "
    "expressconsent priorexpress priorexpressconsent pec yes y true 1 given optin optedin",
    ConsentBasis.NONE: "none no n false 0 noconsent notgiven declined denied refused",
    ConsentBasis.UNKNOWN: "unknown notknown unclear",
}
_BASES = {word: basis for basis, words in _WORDS.items() for word in words.split()}

_NOTHING = frozenset({"", "na", "null", "nil"})

_NEVER_IN_A_WORD = re.compile(r"[^\w\s().,:;/–—-]")
"""A formula that comes to "true" is no consent, nor is one with a question mark; a cross does not say nothing."""

_TAKEN_BACK = frozenset(["revoked", "withdrawn", "optout", "optedout", "unsubscribed", "donotcall", "dnc", "stop"])

_NOT_TAKEN_BACK = re.compile(r"(?:never|not|no(?!ne))")
"""Before one of these: "not revoked". Such a cell is not understood either, but stops nobody else."""


def is_taken_back(cell: str) -> bool:
    """Whether a consent cell says that the callee does not want to be called any more, also in more words."""
    word = squeeze(cell)
    return any(map(word.__contains__, _TAKEN_BACK)) and not _NOT_TAKEN_BACK.match(word)


def read_consent(cell: str) -> ConsentBasis | Fault | None:
    """The basis that a cell which is safe to show names, ``None`` if it says nothing, or why its row is rejected.

    Case, spaces and punctuation do not count: "Yes - written" is ``yeswritten``. A cell that says "unknown" is an
    answer, and is not the same as an empty one.
    """
    word = squeeze(cell)
    if word in _NOTHING and not _NEVER_IN_A_WORD.search(cell.replace("?", "")):
        return None
    basis = _BASES.get(word)
    if basis is not None and not _NEVER_IN_A_WORD.search(cell):
        return basis
    if is_taken_back(cell):
        return Fault(
            RowFault.BAD_CONSENT,
            f"The consent is {quoted(cell)}: this person took it back and must not be called. "
            "Put the number on the do-not-call list.",
        )
    return Fault(
        RowFault.BAD_CONSENT,
        f"The consent {quoted(cell)} is not understood. Write written, oral or none, or leave the cell empty.",
    )
