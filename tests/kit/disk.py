"""A disk that can be full, under an engine's ledger and its documents."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from dialconsole.store.durable_file import replace_file
from dialconsole.store.ledger import Ledger, LedgerFull
from kit.engine import Room


class FullDisk:
    """A ledger whose disk is full while ``full`` is set: every change is refused, every question answered."""

    _CHANGES = frozenset(
        {"claim", "settle", "set_contacts", "add_opt_outs", "add_audit", "add_list", "forget_campaign"}
    )

    def __init__(self, ledger: Ledger) -> None:
        self.full = False
        self.refused = 0
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._ledger, name)
        if name not in self._CHANGES:
            return method

        async def change(*args: Any, **kwargs: Any) -> Any:
            if self.full:
                self.refused += 1
                raise LedgerFull("ledger.db: the disk is full. Make room on it.")
            return await method(*args, **kwargs)

        return change


def fill(room: Room) -> FullDisk:
    """Put a disk that can be full under an open room."""
    disk = FullDisk(room.ledger)
    room.engine.floor.ledger = disk
    return disk


class Disk:
    """The disk under documents and ledger of a room; full while ``full`` is set."""

    def __init__(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ledger: FullDisk = fill(room)
        self._full = False
        monkeypatch.setattr("dialconsole.store.atomic_storage.replace_file", self._replace)

    @property
    def full(self) -> bool:
        return self._full

    @full.setter
    def full(self, full: bool) -> None:
        self._full = self._ledger.full = full

    def _replace(self, path: Path, content: bytes) -> None:
        if self._full:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, content)
