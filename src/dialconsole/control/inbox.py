"""What an engine has told and the console has not looked at yet, as one state and not as a queue.

The line is always read at once, because answers and pings travel on it too; a console that is slow to take updates
gets them merged. So nothing grows, and a console may ask for something while it handles an update.
"""

from __future__ import annotations

import asyncio

from dialconsole.control.port import Delta, Link, Snapshot, Update
from dialconsole.control.wire import Row
from dialconsole.model.view import View


class Inbox:
    """Merges updates; ``take`` waits for some and empties it."""

    def __init__(self) -> None:
        self._link: Link | None = None
        self._whole: dict[Row, View] | None = None
        self._changed: dict[Row, View] = {}
        self._removed: dict[Row, None] = {}
        self._filled = asyncio.Event()
        self._ended = False

    def put(self, update: Update) -> None:
        match update:
            case Link():
                self._link = update
            case Snapshot():
                self._whole = {(kind, id): view for kind, id, view in update.rows}
                self._changed, self._removed = {}, {}
            case Delta():
                self._merge(update)
        self._filled.set()

    def _merge(self, delta: Delta) -> None:
        for kind, id, view in delta.changed:
            if self._whole is not None:
                self._whole[kind, id] = view
            else:
                self._removed.pop((kind, id), None)
                self._changed[kind, id] = view
        for row in delta.removed:
            if self._whole is not None:
                self._whole.pop(row, None)
            else:
                self._changed.pop(row, None)
                self._removed[row] = None

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._filled.set()

    async def take(self) -> list[Update]:
        """All there is: a lost link is told after the rows it still brought. Empty only after ``end``."""
        await self._filled.wait()
        if not self._ended:
            self._filled.clear()
        updates: list[Update] = []
        if self._whole is not None:
            updates.append(Snapshot(rows=tuple((kind, id, view) for (kind, id), view in self._whole.items())))
        if self._changed or self._removed:
            changed = tuple((kind, id, view) for (kind, id), view in self._changed.items())
            updates.append(Delta(changed=changed, removed=tuple(self._removed)))
        if self._link is not None:
            updates.insert(0 if self._link.connected else len(updates), self._link)
        self._link, self._whole, self._changed, self._removed = None, None, {}, {}
        return updates
