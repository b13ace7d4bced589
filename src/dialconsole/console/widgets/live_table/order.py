"""The order of the rows, kept while they change.

A sorted list of ``(key, arrival, id)`` and ``bisect``. A change of one row costs two binary searches and two moves of
pointers (about 20 microseconds at 100,000 rows, nothing when its key stayed the same, which is the usual case for a
table sorted by time). Past ``BULK`` changes at once, the rest is filtered and the new ones sorted in: timsort takes
the two runs as they are, so that is linear.

Rejected: sorting all at a fixed rate (30 ms of a stalled loop twice a second at 100,000 rows, and rows in the wrong
place in between); sortedcontainers (a dependency for 60 lines); a heap (no row by index).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Any

Entry = tuple[Any, int, str]
"""Key, arrival, row id. The arrival is unique, so two ids are never compared."""

BULK = 1500
"""Changes in one go from which sorting all of it in is cheaper than one by one (at 100,000 rows)."""


class RowOrder:
    """Row ids in the order of their keys; equal keys in the order of arrival. ``reverse`` turns all of it around."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._entry: dict[str, Entry] = {}
        self._arrivals = 0
        self.reverse = False

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._entry

    def at(self, index: int) -> str:
        """The row at ``index`` (from 0). Raises ``IndexError`` beyond the end."""
        return self._entries[-1 - index if self.reverse else index][2]

    def index(self, row_id: str) -> int:
        """Where the row stands. Raises ``KeyError`` if it is not there."""
        place = bisect_left(self._entries, self._entry[row_id])
        return len(self._entries) - 1 - place if self.reverse else place

    def ids(self, start: int = 0, stop: int | None = None) -> list[str]:
        """The rows from ``start`` up to ``stop``, fewer where the list ends."""
        end = len(self._entries) if stop is None else min(stop, len(self._entries))
        if not self.reverse:
            return [entry[2] for entry in self._entries[start:end]]
        count = len(self._entries)
        return [entry[2] for entry in reversed(self._entries[count - end : count - start])]

    def rebuild(self, keyed: Iterable[tuple[str, Any]], *, reverse: bool = False) -> None:
        """Forget all, take these ``(row id, key)`` in their order of arrival."""
        self.reverse = reverse
        self._entries = [(key, arrival, row_id) for arrival, (row_id, key) in enumerate(keyed)]
        self._entry = {entry[2]: entry for entry in self._entries}
        self._arrivals = len(self._entries)
        self._entries.sort()

    def change(self, placed: Sequence[tuple[str, Any]], removed: Sequence[str]) -> bool:
        """Put rows in their place by their ``(row id, key)`` and take others out. Whether anything moved."""
        gone = [row_id for row_id in removed if row_id in self._entry]
        moved = [(row_id, key) for row_id, key in placed if not self._stays(row_id, key)]
        if len(gone) + len(moved) > BULK:
            self._sort_in(moved, gone)
        else:
            for row_id in gone:
                self._take_out(self._entry.pop(row_id))
            for row_id, key in moved:
                if (old := self._entry.get(row_id)) is not None:
                    self._take_out(old)
                insort(self._entries, self._enter(row_id, key))
        return bool(gone or moved)

    def _stays(self, row_id: str, key: Any) -> bool:
        entry = self._entry.get(row_id)
        return entry is not None and bool(entry[0] == key)

    def _enter(self, row_id: str, key: Any) -> Entry:
        """The entry of a row with its key as it is now; a row that was there keeps its arrival."""
        old = self._entry.get(row_id)
        if old is None:
            arrival, self._arrivals = self._arrivals, self._arrivals + 1
        else:
            arrival = old[1]
        entry = (key, arrival, row_id)
        self._entry[row_id] = entry
        return entry

    def _take_out(self, entry: Entry) -> None:
        del self._entries[bisect_left(self._entries, entry)]

    def _sort_in(self, moved: Sequence[tuple[str, Any]], gone: Sequence[str]) -> None:
        out = {row_id for row_id, _ in moved}.union(gone)
        for row_id in gone:
            del self._entry[row_id]
        kept = [entry for entry in self._entries if entry[2] not in out]
        kept.extend(self._enter(row_id, key) for row_id, key in moved)
        kept.sort()
        self._entries = kept
