"""The ledger on sqlite: the protocol of ``store.ledger``, each call handed to the module that knows how.

sqlite from the standard library, because it commits durably, checks uniqueness, is ready at once after a kill, and can
be looked into with a tool everybody has. Rejected: a journal of our own (a little faster, but then compaction, torn
tails and checksums are ours to get right) and TinyDB (rewrites everything at each change).
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from dialconsole.model.attempt import AttemptRecord, CallEvent, Claim, Settlement
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.request.lists import ListSummary
from dialconsole.model.request.looking import AuditEntry
from dialconsole.model.verdict import Verdict
from dialconsole.store import reading, records, staging
from dialconsole.store.access import Access, ledger_full, readable
from dialconsole.store.blocks import Block, write_blocks
from dialconsole.store.chain import AuditDetail, first_broken
from dialconsole.store.changes import Changes
from dialconsole.store.group_commit import GroupCommit
from dialconsole.store.handover import Handover
from dialconsole.store.ledger import (
    Arrived,
    Callee,
    CallTimes,
    ContactRecord,
    ImportedList,
    LedgerFull,
    QueuedContact,
)
from dialconsole.store.opening import open_for_reading, open_for_writing

T = TypeVar("T")


class SqliteLedger:
    """``Ledger`` in one sqlite file. The disk's errors are ``LedgerFull`` for changes, ``Problem`` for questions."""

    def __init__(self, path: Path, access: Access) -> None:
        """Use ``open``. ``access`` is how the file is reached."""
        self._path = path
        self._access = access
        # Handed on as it is: eight or nine of these make a call.
        self.progress: Callable[[int, CallEvent], None] = access.ride
        # One list comes or goes at a time: ``staging`` counts on it.
        self._lists = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path, durable: bool = True) -> Self:
        """Open the ledger at ``path``, made if there is none.

        ``durable=False`` is for simulations: same file, same content, but written beside and without fsync. Raises
        ``Problem`` for a damaged file, a foreign one, or one of a newer version; it is then left as it was.
        """
        if durable:
            connection = await asyncio.to_thread(open_for_writing, path, durable=True)
            ledger = cls(path, GroupCommit(path, connection))
        else:
            ledger = cls(path, Handover(path))
        shutil.rmtree(_incoming(path), ignore_errors=True)
        await ledger._discard_staged()
        return ledger

    # -- changing --

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
        """``rows`` is consumed in blocks in a thread of its own, between which calls are recorded as ever."""
        with self.incoming() as folder:
            blocks = _written(self._path, rows, folder)
            return await self.add_blocks(campaign, name, sha256, at, blocks, columns, arrived)

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
        """``blocks`` is consumed in a thread of its own."""
        async with self._lists:
            try:
                return await self._add_blocks(campaign, name, sha256, at, iter(blocks), columns, arrived)
            except BaseException:
                # If the disk refuses this too, it is done before the next list.
                with suppress(LedgerFull):
                    await self._discard_staged()
                raise

    async def _add_blocks(
        self,
        campaign: str,
        name: str,
        sha256: str,
        at: float,
        blocks: Iterator[Block],
        columns: Sequence[str],
        arrived: Arrived | None,
    ) -> ImportedList:
        access = self._access
        await self._discard_staged()
        arriving = await access.change(staging.begin, campaign)
        async with _Telling(access, arriving.first_contact, arrived) as telling:
            while block := await access.aside(lambda: next(blocks, None)):
                await access.apart(staging.attach, block)
                arriving.taken = 0
                arriving = await access.change(staging.take, arriving, block, access.alone)
                while arriving.taken < block.contacts:
                    arriving = await access.change(staging.take, arriving, block, access.alone)
                await access.apart(staging.detach)
                Path(block.path).unlink(missing_ok=True)
                telling.recorded(arriving.contacts)
        summary = await access.change(staging.finish, arriving, name, sha256, at, columns)
        return ImportedList(summary, arriving.first_contact, arriving.already_in_campaign)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        parent = _incoming(self._path)
        try:
            parent.mkdir(mode=0o700, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=parent))
        except OSError as error:
            raise ledger_full(self._path, error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                parent.rmdir()  # the last one out

    async def _discard_staged(self) -> None:
        await self._access.apart(staging.detach)
        while await self._access.change(staging.discard):
            pass

    async def claim(self, claim: Claim) -> Callee:
        """Raises ``ValueError`` if the attempt exists or the contact is being called, ``LookupError`` without one."""
        return await self._access.claim(claim)

    async def settle(self, settlement: Settlement) -> None:
        """Raises ``LookupError`` unless the attempt is one of that contact and has no outcome yet."""
        await self._access.settle(settlement)

    async def set_contacts(self, contacts: Sequence[int], status: ContactStatus, reasons: tuple[str, ...]) -> None:
        await self._access.change(Changes.set_contacts, contacts, status, reasons)

    async def add_opt_outs(self, entries: Sequence[OptOut]) -> None:
        await self._access.opt_out(entries)

    async def add_audit(self, at: float, who: str, action: str, subject: str, old: str, new: str, reason: str) -> int:
        return await self._access.change(Changes.add_audit, at, action, AuditDetail(who, subject, old, new, reason))

    async def forget_campaign(self, campaign: str) -> int:
        """In blocks, so that calls go on; after a crash half-way it can simply be asked for once more."""
        gone = 0
        async with self._lists:
            while (contacts := await self._access.change(staging.forget, campaign)) is not None:
                gone += contacts
        return gone

    # -- reading --

    async def next_seq(self) -> int:
        return await self._access.ask(reading.next_seq)

    async def places(self) -> dict[int, Place]:
        return await self._access.ask(reading.places)

    async def facts(self) -> dict[int, ContactFacts]:
        return await self._access.ask(reading.facts)

    async def queued(self, first_id: int = 1) -> AsyncIterator[list[QueuedContact]]:
        names = await self._access.ask(reading.names)
        while block := await self._access.ask(reading.queued_block, first_id, names):
            yield block
            first_id = block[-1].id + 1

    async def in_calls(self) -> list[QueuedContact]:
        return await self._access.ask(reading.in_calls)

    async def refused_contacts(
        self, first_id: int, status: ContactStatus, *, campaign: str = "", number: str = ""
    ) -> list[QueuedContact]:
        if number:
            return await self._access.ask(reading.refused_of_number, first_id, status, number)
        return await self._access.ask(reading.refused_of_campaign, first_id, status, campaign)

    async def status_counts(self) -> dict[str, dict[ContactStatus, int]]:
        return await self._access.ask(reading.status_counts)

    async def outcome_counts(self, since: float) -> dict[str, dict[Outcome, int]]:
        return await self._access.ask(reading.outcome_counts, since)

    async def recent_calls(self, since: float) -> list[tuple[int, float]]:
        return await self._access.ask(reading.recent_calls, since)

    async def history(self, since: float) -> list[tuple[int, float, float | None]]:
        return await self._access.ask(reading.history, since)

    async def caller_id_calls(self, since: float) -> list[tuple[str, float, Outcome, float | None, float]]:
        return await self._access.ask(reading.caller_id_calls, since)

    async def calls_of_faulty(self) -> list[tuple[int, Outcome, bool]]:
        return await self._access.ask(reading.calls_of_faulty)

    async def call_times(self) -> list[CallTimes]:
        return await self._access.ask(reading.call_times)

    async def unfinished(self) -> list[Claim]:
        return await self._access.ask(reading.unfinished)

    async def opt_outs(self) -> list[OptOut]:
        return await self._access.ask(reading.opt_outs)

    async def opt_out_history(self, number: str) -> list[OptOut]:
        return await self._access.ask(reading.opt_out_history, number)

    async def callee(self, contact: int) -> Callee:
        return await self._access.ask(reading.callee, contact)

    async def contact(self, contact: int) -> ContactRecord | None:
        return await self._access.ask(records.contact, contact)

    async def contacts(self, contacts: Sequence[int]) -> list[ContactRecord]:
        return await self._access.ask(records.contacts, contacts)

    async def finished_contacts(
        self, campaign: str, status: ContactStatus, after: int, limit: int
    ) -> list[ContactRecord]:
        return await self._access.ask(records.finished_contacts, campaign, status, after, limit)

    async def contacts_of_number(self, number: str) -> list[ContactRecord]:
        return await self._access.ask(records.contacts_of_number, number)

    async def attempt(self, attempt: str) -> AttemptRecord | None:
        self._access.publish()
        return await self._access.ask(records.attempt, attempt)

    async def evidence(self, attempt: str) -> Verdict | None:
        return await self._access.ask(reading.evidence, attempt)

    async def events(self, attempt: str) -> list[CallEvent]:
        self._access.publish()
        return await self._access.ask(reading.events, attempt)

    async def attempts(
        self,
        *,
        campaign: str | None = None,
        outcome: str | None = None,
        number: str | None = None,
        before_seq: int | None = None,
        limit: int = 100,
    ) -> list[AttemptRecord]:
        self._access.publish()
        return await self._access.ask(records.attempts, campaign, outcome, number, before_seq, limit)

    async def lists(self, campaign: str) -> list[ListSummary]:
        return await self._access.ask(reading.lists, campaign)

    async def audit(self, limit: int = 200, subject: str | None = None) -> list[AuditEntry]:
        self._access.publish()
        return await self._access.ask(reading.audit, limit, subject)

    # -- whole tables; blocking, each over a connection of its own --

    def export_attempts(self) -> Iterator[AttemptRecord]:
        return self._export(records.all_attempts)

    def export_contacts(self) -> Iterator[ContactRecord]:
        return self._export(records.all_contacts)

    def export_rejected(self, campaign: str) -> Iterator[tuple[str, tuple[str, ...], RejectedRow]]:
        return self._export(partial(records.all_rejected, campaign=campaign))

    def verify_chain(self) -> int | None:
        """Sequence number of the first event that was changed, removed or inserted; ``None`` if the log is whole."""
        self._access.publish()
        with readable(self._path), closing(open_for_reading(self._path)) as connection:
            return first_broken(connection)

    def _export(self, table: Callable[[sqlite3.Connection], Iterator[T]]) -> Iterator[T]:
        self._access.publish()
        return _rows(self._path, table)

    async def close(self) -> None:
        await self._access.close()


class _Telling:
    """Tells somebody of the contacts of a list that arrives, while others are recorded; at its end all are told."""

    def __init__(self, access: Access, first: int, arrived: Arrived | None) -> None:
        self._access = access
        self._first = self._next = first
        self._size = reading.ARRIVED_FIRST
        self._arrived = arrived
        self._telling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    def recorded(self, contacts: int) -> None:
        """So many of them are in the ledger by now."""
        if self._arrived is not None:
            self._telling = asyncio.create_task(self._tell(self._telling, self._first + contacts, self._arrived))

    async def _tell(self, before: asyncio.Task[None] | None, end: int, arrived: Arrived) -> None:
        if before is not None:
            await before
        while self._next < end:
            new = await self._access.ask(reading.arrived_block, self._next, min(end, self._next + self._size))
            arrived(new)
            self._next += len(new.numbers)
            self._size = min(2 * self._size, reading.ARRIVED)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._telling is None:
            return
        if kind is None:
            await self._telling
        else:
            self._telling.cancel()
            await asyncio.wait([self._telling])


def _incoming(path: Path) -> Path:
    return path.with_name(path.name + ".arriving")


def _written(path: Path, rows: Iterable[Row], folder: Path) -> Iterator[Block]:
    """Blocks of rows in which a number may come twice: from the second time on that is a duplicate."""
    try:
        yield from write_blocks(_once(rows), folder)
    except sqlite3.Error as error:
        raise ledger_full(path, error) from error


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    first_lines: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Contact):
            if row.number in first_lines:
                yield Duplicate(row.line, row.number, first_lines[row.number])
                continue
            first_lines[row.number] = row.line
        yield row


def _rows(path: Path, table: Callable[[sqlite3.Connection], Iterator[T]]) -> Iterator[T]:
    with readable(path), closing(open_for_reading(path)) as connection:
        yield from table(connection)
