"""The small documents: campaigns, trunks, operators, and the workspace's own entry, in ``workspace.json``.

TinyDB keeps the file; the engine works on the structs in memory. A change goes to the file first and to memory when it
is durable, so nobody ever acts on a setting that a crash would take back. TinyDB rewrites the whole file at each
change, which is under a millisecond for the dozens of entries there are; whatever grows (contacts, attempts, opt-outs)
is in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
from tinydb import TinyDB

from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import Campaign, Operator, Trunk, WorkspaceInfo
from dialconsole.model.errors import Problem
from dialconsole.store.atomic_storage import AtomicJSONStorage
from dialconsole.store.validation import (
    CALENDAR,
    CAMPAIGNS,
    INFO,
    OPERATORS,
    TRUNKS,
    decode_table,
    read_tables,
    unique,
)

K = TypeVar("K", str, int)
D = TypeVar("D", Campaign, Trunk, Operator, CalendarDay)


class NotWritten(Problem):
    """The disk refused a change of the documents; file and memory are as they were. ``why``: its own word."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(
            f"{path} could not be written ({why}): the change was not made, and the file is as it was. "
            "Make room on that disk or mend its permissions, then try again.",
            code="storage",
        )
        self.path = path
        self.why = str(why)


class Documents:
    """The documents of one workspace. Read the dictionaries freely; change them only with the coroutines."""

    def __init__(self, path: Path, info: WorkspaceInfo) -> None:
        """Use ``open`` or ``create``."""
        self._path = path
        self._database = TinyDB(path, storage=AtomicJSONStorage)
        self._ids: dict[tuple[str, str | int], int] = {}
        """TinyDB's document id by table and name."""
        self._writing = asyncio.Lock()
        self.info = info
        self.campaigns: dict[str, Campaign] = {}
        self.trunks: dict[str, Trunk] = {}
        self.operators: dict[int, Operator] = {}
        """By uid."""
        self.calendar: dict[str, CalendarDay] = {}
        """By place and date: ``US-LA 2026-12-24``."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read and check the file. Blocking, for the start. Raises ``Problem`` naming what does not fit and where."""
        tables = read_tables(path)
        (info,) = decode_table(path, tables, INFO, WorkspaceInfo).values()
        documents = cls(path, info)
        documents._load(CAMPAIGNS, documents.campaigns, decode_table(path, tables, CAMPAIGNS, Campaign), _name)
        documents._load(TRUNKS, documents.trunks, decode_table(path, tables, TRUNKS, Trunk), _name)
        documents._load(OPERATORS, documents.operators, decode_table(path, tables, OPERATORS, Operator), _uid)
        documents._load(CALENDAR, documents.calendar, decode_table(path, tables, CALENDAR, CalendarDay), day_key)
        return documents

    @classmethod
    def create(cls, path: Path, info: WorkspaceInfo) -> Self:
        """Write a new file with nothing but ``info``. Blocking. Raises ``Problem`` if there is one or it cannot be."""
        if path.exists():
            raise Problem(f"There is a {path.name} in {path.parent} already; it was left as it is.", code="exists")
        documents = cls(path, info)
        documents._write(INFO, None, msgspec.to_builtins(info))
        return documents

    async def put_campaign(self, campaign: Campaign) -> None:
        """Add or replace. This and the others raise ``NotWritten`` if the disk refuses; nothing has then changed."""
        await self._change(CAMPAIGNS, self.campaigns, campaign.name, campaign)

    async def remove_campaign(self, name: str) -> None:
        """Nothing happens if there is none; so with the other removals."""
        await self._change(CAMPAIGNS, self.campaigns, name, None)

    async def put_trunk(self, trunk: Trunk) -> None:
        await self._change(TRUNKS, self.trunks, trunk.name, trunk)

    async def remove_trunk(self, name: str) -> None:
        await self._change(TRUNKS, self.trunks, name, None)

    async def put_operator(self, operator: Operator) -> None:
        await self._change(OPERATORS, self.operators, operator.uid, operator)

    async def remove_operator(self, uid: int) -> None:
        await self._change(OPERATORS, self.operators, uid, None)

    async def put_day(self, day: CalendarDay) -> None:
        """Add or replace a day of the calendar."""
        await self._change(CALENDAR, self.calendar, day_key(day), day)

    async def remove_day(self, key: str) -> None:
        await self._change(CALENDAR, self.calendar, key, None)

    async def _change(self, table: str, memory: MutableMapping[K, D], key: K, document: D | None) -> None:
        # Shielded, because the thread cannot be stopped: a caller cancelled meanwhile must not leave a file that says
        # one thing and a memory that says another.
        await asyncio.shield(self._file_then_memory(table, memory, key, document))

    async def _file_then_memory(self, table: str, memory: MutableMapping[K, D], key: K, document: D | None) -> None:
        async with self._writing:
            id = self._ids.get((table, key))
            if document is not None:
                self._ids[table, key] = await asyncio.to_thread(self._write, table, id, msgspec.to_builtins(document))
                memory[key] = document
            elif id is not None:
                await asyncio.to_thread(self._erase, table, id)
                del self._ids[table, key], memory[key]

    def _load(self, table: str, memory: MutableMapping[K, D], entries: dict[int, D], key: Callable[[D], K]) -> None:
        unique(self._path, table, entries, key)
        for id, entry in entries.items():
            self._ids[table, key(entry)] = id
            memory[key(entry)] = entry

    # -- blocking --

    def _write(self, table: str, id: int | None, fields: dict[str, Any]) -> int:
        try:
            entries = self._database.table(table)
            if id is None or not entries.update(fields, doc_ids=[id]):
                return entries.insert(fields)  # also if somebody took the entry out of the file by hand
            return id
        except (OSError, ValueError) as error:
            raise self._refused(error) from error

    def _erase(self, table: str, id: int) -> None:
        try:
            self._database.table(table).remove(doc_ids=[id])
        except (OSError, ValueError) as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError | ValueError) -> NotWritten:
        return NotWritten(self._path, error.strerror if isinstance(error, OSError) else error)


def day_key(day: CalendarDay) -> str:
    """What tells a day of the calendar from the others."""
    return f"{day.jurisdiction} {day.day.isoformat()}"


def _name(document: Campaign | Trunk) -> str:
    return document.name


def _uid(operator: Operator) -> int:
    return operator.uid
