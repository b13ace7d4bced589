"""One row of a call list: a contact, or the reason why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from dialconsole.model.facts import ContactFacts
from dialconsole.model.place import Whereabouts


class ZoneSource(StrEnum):
    """The most exact of the columns that said where a contact is, in this order; stored as evidence.

    All that a row says counts, and its number besides: see ``compliance.places.whereabouts``.
    """

    COLUMN = "column"
    COORDINATES = "coordinates"
    ZIP = "zip"
    STATE = "state"
    NUMBER = "number"


class Located(Struct, frozen=True, gc=False):
    """Where one row's callee may be, and which of its columns said it most exactly."""

    whereabouts: Whereabouts
    source: ZoneSource


class Contact(Struct, frozen=True):
    """A callable row. Every text has passed ``safe_text``."""

    line: int
    """Line of the file on which the row starts, counted from 1 with the header."""
    number: str
    """E.164, with its plus."""
    name: str
    zones: tuple[str, ...]
    """Every IANA zone the callee may be in, sorted; empty if unknown (then the contact is held, never dialed)."""
    zone_source: ZoneSource
    variables: dict[str, str]
    """The other columns, for the agent."""
    jurisdictions: tuple[str, ...] = ()
    """Where the callee may be, ISO 3166-2 or the country alone, sorted."""
    facts: ContactFacts = ContactFacts()
    contradictions: tuple[str, ...] = ()
    """Sentences: what in the row's address does not fit together or cannot be read. For the preflight, not stored."""


class RowFault(StrEnum):
    """Why a row became no contact. The sentence for people stands beside it in ``RejectedRow.reason``."""

    NO_NUMBER = "no_number"
    NOT_A_NUMBER = "not_a_number"
    INVALID_NUMBER = "invalid_number"
    NOT_CALLABLE = "not_callable"
    """Toll-free, premium, shared cost, personal, unassigned: no consumer's line."""
    DO_NOT_CALL = "do_not_call"
    """The list itself says that this person is not to be called."""
    BAD_COUNTRY = "bad_country"
    BAD_STATE = "bad_state"
    """With ``BAD_COUNTRY``: names no place that is known, so the callee may be anywhere."""
    BAD_ZONE = "bad_zone"
    BAD_COORDINATES = "bad_coordinates"
    BAD_CONSENT = "bad_consent"
    """A word that names no kind of consent, or says that it was taken back."""
    BAD_DATE = "bad_date"
    """A day of consent, purchase or inquiry that does not exist, cannot be told, or has not come yet."""
    WRONG_COLUMNS = "wrong_columns"


class RejectedRow(Struct, frozen=True):
    line: int
    fault: RowFault
    reason: str
    """A sentence: what is wrong and, where one can say, how to mend it."""
    row: tuple[str, ...]


class Duplicate(Struct, frozen=True):
    """A row whose number stood earlier in the same list. Counted, never dialed twice."""

    line: int
    number: str
    first_line: int


class Batch(Struct, gc=False):
    """Contacts of many rows, column by column, since a struct for each costs as much as reading it."""

    lines: list[int]
    numbers: list[int]
    """E.164 digits."""
    names: list[str]
    variables: list[str]
    """JSON."""
    places: list[Located]
    facts: list[ContactFacts]

    def only(self, kept: Sequence[int]) -> Batch:
        """The contacts at these places."""
        return Batch(
            [self.lines[i] for i in kept],
            [self.numbers[i] for i in kept],
            [self.names[i] for i in kept],
            [self.variables[i] for i in kept],
            [self.places[i] for i in kept],
            [self.facts[i] for i in kept],
        )


Row = Contact | RejectedRow | Duplicate
"""What a row of a list comes to."""
