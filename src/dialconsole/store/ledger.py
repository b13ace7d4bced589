"""The seam for what must not be lost: contacts, attempts, outcomes, opt-outs, events.

Two promises, on which "never twice, never lost" rests:

* ``claim`` and ``settle`` (and every other coroutine that changes something) return when the change is durable.
  Progress events are handed over without waiting and become durable with the next commit.
* A settlement is one transaction: the outcome, the opt-out it caused and the contact's next state are all there, or
  none is.

A contact is *calling* exactly while it has an attempt without an outcome; that is derived, never stored, so the two
can never disagree. The ledger is written by one process; a second implementation for several engines fits the same
protocol.
"""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from dialconsole.model.attempt import AttemptRecord, CallEvent, Claim, Settlement
from dialconsole.model.contact import RejectedRow, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.request.lists import ListSummary
from dialconsole.model.request.looking import AuditEntry
from dialconsole.model.verdict import Verdict
from dialconsole.store.blocks import Block


class QueuedContact(Struct, frozen=True, gc=False):
    """The scheduling columns of one contact, as the queue loads them."""

    id: int
    number: int
    """E.164 digits without the plus."""
    campaign: str
    place: int
    """Key into ``places``."""
    facts: int
    """Key into ``facts``."""
    status: ContactStatus
    attempts: int
    next_at: float | None


class NewContacts(Struct, frozen=True, gc=False):
    """The same of contacts that nobody was ever called from, with consecutive ids, column by column."""

    first_id: int
    numbers: array[int]
    places: array[int]
    facts: array[int]
    ids_of_place: dict[int, array[int]]
    """In order."""


Arrived = Callable[[NewContacts], object]


class Callee(Struct, frozen=True, gc=False):
    """What never changes about a contact and is not kept in memory: its name, and the columns for the agent."""

    name: str
    variables: dict[str, str]


class ContactRecord(Struct, frozen=True):
    """A contact as it stands in the ledger, for export and screens."""

    id: int
    number: str
    name: str
    campaign: str
    list: str
    line: int
    status: ContactStatus
    attempts: int
    outcome: Outcome | None
    next_at: float | None
    reasons: tuple[str, ...]
    zones: tuple[str, ...]
    variables: dict[str, str]
    jurisdictions: tuple[str, ...] = ()
    facts: ContactFacts = ContactFacts()


class CallTimes(Struct, frozen=True, gc=False):
    """When an attempt was claimed, dialed and over; POSIX seconds."""

    claimed_at: float
    dialed_at: float | None
    ended_at: float | None


class ImportedList(Struct, frozen=True):
    summary: ListSummary
    first_contact: int
    """Ids are consecutive: ``first_contact`` .. ``first_contact + summary.contacts - 1``."""
    already_in_campaign: int


class LedgerFull(Exception):
    """The disk refused a commit (full, or failing). Nothing was recorded, so nothing may be dialed."""


class Ledger(Protocol):
    """Implementation: ``store.sqlite_ledger``. Instants are POSIX seconds."""

    # -- changing; each returns when durable and raises ``LedgerFull`` if it cannot be --

    async def add_list(
        self,
        campaign: str,
        name: str,
        sha256: str,
        at: float,
        rows: Iterable[Row],
        columns: Sequence[str] = (),
        arrived: Arrived | None = None,
    ) -> ImportedList:
        """All rows of a list, or none: what ``rows`` raises is passed on, and nothing was added.

        Duplicates, and numbers the campaign already has, are counted, not added. ``rows`` runs in another thread.
        ``columns``: the names of the list's columns, kept for its rejected rows. ``arrived`` is told of all contacts,
        in order of id and some at a time, while others are still read: they count when this returns.
        """

    async def add_blocks(
        self,
        campaign: str,
        name: str,
        sha256: str,
        at: float,
        blocks: Iterable[Block],
        columns: Sequence[str] = (),
        arrived: Arrived | None = None,
    ) -> ImportedList:
        """The same of rows that somebody else writes into files in a folder made by ``incoming``.

        A block may be removed when the next is asked for. No number may come twice.
        """

    def incoming(self) -> AbstractContextManager[Path]:
        """A folder for the blocks of one list, removed behind it; what a crash left goes at the start."""

    async def claim(self, claim: Claim) -> Callee:
        """The attempt is on record; answers with whom it calls, so that nobody need ask for that again."""

    async def settle(self, settlement: Settlement) -> None: ...

    async def set_contacts(self, contacts: Sequence[int], status: ContactStatus, reasons: tuple[str, ...]) -> None:
        """Give contacts a (final) state without an attempt: refused by the gate."""

    async def add_opt_outs(self, entries: Sequence[OptOut]) -> None:
        """Entries and reversals alike (``OptOut.removed``)."""

    async def add_audit(self, at: float, who: str, action: str, subject: str, old: str, new: str, reason: str) -> int:
        """One audit entry; returns its sequence number."""

    async def forget_campaign(self, campaign: str) -> int:
        """Remove the contacts and rejected rows of a campaign; attempts stay. Returns how many contacts went."""

    def progress(self, seq: int, event: CallEvent, /) -> None:
        """A step of attempt ``seq``; rides along with the next commit."""

    # -- reading; off the event loop, over what is committed --

    async def next_seq(self) -> int:
        """The first attempt number never used."""

    async def places(self) -> dict[int, Place]: ...

    async def facts(self) -> dict[int, ContactFacts]: ...

    def queued(self, first_id: int = 1) -> AsyncIterator[list[QueuedContact]]:
        """Contacts that are not final, from ``first_id`` on, in id order, in blocks; without those being called."""

    async def in_calls(self) -> list[QueuedContact]:
        """Contacts with a claim that has no outcome, in order of id; their status is ``calling``."""

    async def refused_contacts(
        self, first_id: int, status: ContactStatus, *, campaign: str = "", number: str = ""
    ) -> list[QueuedContact]:
        """Contacts that were refused before any call and have this final status, from ``first_id`` on, a block of them.

        Those of a ``campaign``, or of a ``number`` or pattern in all campaigns.
        """

    async def status_counts(self) -> dict[str, dict[ContactStatus, int]]:
        """Per campaign, how many contacts have each status (*calling* derived)."""

    async def outcome_counts(self, since: float) -> dict[str, dict[Outcome, int]]:
        """Per campaign, attempts ended since an instant."""

    async def recent_calls(self, since: float) -> list[tuple[int, float]]:
        """(number as digits, when its last call was placed, else claimed) of every number claimed since an instant, for
        the minimum gap."""

    async def history(self, since: float) -> list[tuple[int, float, float | None]]:
        """(number as digits, when it was placed, when a person answered) of every call claimed since an instant, for
        rolling caps. A call that was not dialed, as far as is known, is told with its claim.

        Whoever answered was a person unless the call ended as a machine's; one that is still going on counts too. Calls
        that never reached the network are left out.
        """

    async def caller_id_calls(self, since: float) -> list[tuple[str, float, Outcome, float | None, float]]:
        """(caller ID, ended at, outcome, answered at, dialed at) of the calls that ended since an instant and reached
        the network, in the order in which they ended."""

    async def calls_of_faulty(self) -> list[tuple[int, Outcome, bool]]:
        """(contact, outcome, whether it was dialed) of every ended call to contacts that wait for another one and had
        one that was the trunk's fault, in order of claim."""

    async def call_times(self) -> list[CallTimes]:
        """Of every attempt, in order of claim. The dial of a call in progress is not told."""

    async def unfinished(self) -> list[Claim]:
        """Claims without an outcome: what a crash leaves. ``evidence`` as stored."""

    async def opt_outs(self) -> list[OptOut]:
        """Entries in force."""

    async def opt_out_history(self, number: str) -> list[OptOut]:
        """Every entry and reversal for one number, oldest first."""

    async def callee(self, contact: int) -> Callee:
        """Name and variables, where there is no claim to be answered with them: of calls that a crash left."""

    async def contact(self, contact: int) -> ContactRecord | None: ...

    async def contacts(self, contacts: Sequence[int]) -> list[ContactRecord]:
        """Those of the ids that there are, in order of id."""

    async def finished_contacts(
        self, campaign: str, status: ContactStatus, after: int, limit: int
    ) -> list[ContactRecord]:
        """Contacts of a final status in order of id, from the one after id ``after`` on."""

    async def contacts_of_number(self, number: str) -> list[ContactRecord]: ...

    async def attempt(self, attempt: str) -> AttemptRecord | None: ...

    async def evidence(self, attempt: str) -> Verdict | None: ...

    async def events(self, attempt: str) -> list[CallEvent]: ...

    async def attempts(
        self,
        *,
        campaign: str | None = None,
        outcome: str | None = None,
        number: str | None = None,
        before_seq: int | None = None,
        limit: int = 100,
    ) -> list[AttemptRecord]:
        """Newest first."""

    async def lists(self, campaign: str) -> list[ListSummary]: ...

    async def audit(self, limit: int = 200, subject: str | None = None) -> list[AuditEntry]:
        """Newest first."""

    def export_attempts(self) -> Iterator[AttemptRecord]:
        """Every attempt in order of claim. Blocking: for commands, not for the loop."""

    def export_contacts(self) -> Iterator[ContactRecord]:
        """Every contact in order of id. Blocking."""

    def export_rejected(self, campaign: str) -> Iterator[tuple[str, tuple[str, ...], RejectedRow]]:
        """(list, names of its columns as far as they are known, row). Blocking."""

    async def close(self) -> None: ...
