"""A disk that takes no records while a test says so."""

from __future__ import annotations

from typing import Any

from dialconsole.store.ledger import Ledger, LedgerFull
from kit.engine import Room


class FullDisk:
    """A ledger whose disk is full while ``full`` is set: every change is refused, every question answered."""

    _CHANGES = frozenset({"claim", "settle", "set_contacts", "add_opt_outs", "add_audit", "add_list"})

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
