"""The names in a header, in the two forms in which they are compared."""

from __future__ import annotations

import re
import unicodedata

from dialconsole.model.text import safe_text


def squeeze(name: str) -> str:
    """A header name without case, spacing, punctuation and width: ``Phone_Number `` is ``phonenumber``."""
    folded = unicodedata.normalize("NFKC", safe_text(name)).casefold()
    return "".join(char for char in folded if char.isalnum())


def words_of(name: str) -> set[str]:
    """The words of a header name, lower case: ``customerPhone`` has two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", safe_text(name))
    return set(re.findall(r"[^\W\d_]+", apart.casefold()))
