"""The rows one console has yet to be told of.

A *set* of changed rows, not a queue of changes: a console that cannot keep up skips states and always ends at the
newest one, and what the engine keeps for it is bounded by the rows there are, not by how long it slept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from dialconsole.control.port import Delta, EnginePort
from dialconsole.control.wire import Row
from dialconsole.model.view import Kind, View


class Subscription:
    """Starts with the keys of all rows there are and a watch on every change, with no instant between the two.

    The views themselves are read when they are sent. A row of the snapshot may thus be newer than the subscription,
    never older; what changed since is marked and follows. Copying 100,000 views at once would stop the engine's
    loop for a tenth of a second each time a console connects.
    """

    def __init__(self, port: EnginePort) -> None:
        self._port = port
        self._dirty: dict[Row, None] = {}
        self._marked = asyncio.Event()
        self.closed = False
        self._unwatch = port.watch(self._mark)
        self.keys: Sequence[Row] = tuple(port.rows())

    def __len__(self) -> int:
        """How many rows have changed and were not taken."""
        return len(self._dirty)

    def _mark(self, kind: Kind, id: str) -> None:
        self._dirty[kind, id] = None
        self._marked.set()

    async def changed(self) -> None:
        """Wait until a row has changed, or the subscription is closed."""
        await self._marked.wait()

    def views(self, keys: Iterable[Row]) -> Iterator[tuple[Kind, str, View]]:
        """Rows as they are now; without those that have gone."""
        for kind, id in keys:
            view = self._port.view(kind, id)
            if view is not None:
                yield kind, id, view

    def take(self, most: int) -> Delta:
        """Up to ``most`` changed rows, the longest waiting first."""
        keys = list(islice(self._dirty, most))
        for key in keys:
            del self._dirty[key]
        if not self._dirty:
            self._marked.clear()
        changed = tuple(self.views(keys))
        there = {(kind, id) for kind, id, _ in changed}
        return Delta(changed=changed, removed=tuple(key for key in keys if key not in there))

    def close(self) -> None:
        """Stop watching, and wake whoever waits for a change. Twice is harmless."""
        if self.closed:
            return
        self.closed = True
        self._unwatch()
        self._marked.set()
