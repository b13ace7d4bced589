"""The rows of a live table and which of them are listed, in which order. Knows nothing of screens.

Three promises to whoever looks at the list, because a key press may hang up a call:

- the row under the cursor stays where it is, as long as the cursor is on it: when it is discarded or stops passing the
  filter, it lingers until the cursor leaves;
- while frozen, no row moves, comes or goes; what would come is counted in ``pending``;
- a new sort order or filter is the operator's own wish and takes effect at once, frozen or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dialconsole.console.widgets.live_table.order import RowOrder

SortKey = Callable[[str, Any], Any]
RowFilter = Callable[[str, Any], bool]


def by_arrival(row_id: str, row: Any) -> int:
    """The order in which rows were first put."""
    return 0


class LiveRows:
    """Rows by id, and the order of those that are listed. Changes are taken by ``put`` and ``discard`` in constant
    time and come into effect with ``arrange``."""

    def __init__(self) -> None:
        self.order = RowOrder()
        self.sort_key: SortKey = by_arrival
        self.reverse = False
        self.filter: RowFilter | None = None
        self.frozen = False
        self.pending = 0
        """New rows that wait for the end of the freeze, as of the last ``arrange``."""
        self._rows: dict[str, Any] = {}
        self._gone: dict[str, Any] = {}
        """Rows that were discarded and are still listed."""
        self._unplaced: dict[str, None] = {}
        """Rows whose place, or listing, may have changed; a dict for the order in which they came."""
        self._rebuild = False

    def get(self, row_id: str) -> Any:
        """The row, ``None`` if it was discarded or never put."""
        return self._rows.get(row_id)

    def listed(self, row_id: str) -> tuple[Any, bool]:
        """A row of the list, and whether it is still alive. Raises ``KeyError`` for what is not listed."""
        if row_id in self._rows:
            return self._rows[row_id], True
        return self._gone[row_id], False

    def put(self, row_id: str, row: Any) -> None:
        self._gone.pop(row_id, None)
        self._rows[row_id] = row
        self._unplaced[row_id] = None

    def discard(self, row_id: str) -> None:
        if row_id not in self._rows:
            return
        row = self._rows.pop(row_id)
        if row_id in self.order:
            self._gone[row_id] = row
            self._unplaced[row_id] = None
        else:
            self._unplaced.pop(row_id, None)

    def replace_all(self, rows: Iterable[tuple[str, Any]]) -> None:
        """All rows anew. Unless frozen, what is missing leaves at once, also from under the cursor."""
        fresh = dict(rows)
        for row_id in self._rows.keys() - fresh.keys():
            self.discard(row_id)
        self._rows = fresh
        if self.frozen:
            self._unplaced.update(dict.fromkeys(fresh))
        else:
            self._rebuild = True

    def sort_by(self, key: SortKey, *, reverse: bool = False) -> None:
        """Order by ``key`` from the next ``arrange`` on."""
        self.sort_key, self.reverse, self._rebuild = key, reverse, True

    def filter_by(self, passes: RowFilter | None) -> None:
        """List what ``passes`` from the next ``arrange`` on."""
        self.filter, self._rebuild = passes, True

    def accepts_cursor(self, row_id: str) -> bool:
        """Whether the row is listed, or will be considered at the next ``arrange``."""
        return row_id in self.order or row_id in self._unplaced or (self._rebuild and row_id in self._rows)

    def arrange(self, cursor: str | None) -> bool:
        """Bring the list up to date. Whether it changed."""
        if self._rebuild:
            self._list_anew()
            return True
        if self.frozen:
            self.pending = sum(1 for row_id in self._unplaced if self._waits(row_id))
            return False
        self.pending = 0
        return self._list_changes(cursor) if self._unplaced else False

    def _waits(self, row_id: str) -> bool:
        return row_id in self._rows and row_id not in self.order and self._passes(row_id)

    def _passes(self, row_id: str) -> bool:
        return self.filter is None or self.filter(row_id, self._rows[row_id])

    def _list_changes(self, cursor: str | None) -> bool:
        placed: list[tuple[str, Any]] = []
        removed: list[str] = []
        lingering: dict[str, None] = {}
        for row_id in self._unplaced:
            if row_id in self._rows and self._passes(row_id):
                placed.append((row_id, self.sort_key(row_id, self._rows[row_id])))
            elif row_id == cursor and row_id in self.order:
                lingering[row_id] = None
            else:
                removed.append(row_id)
                self._gone.pop(row_id, None)
        self._unplaced = lingering
        return self.order.change(placed, removed)

    def _list_anew(self) -> None:
        key = self.sort_key
        keyed = ((row_id, key(row_id, row)) for row_id, row in self._rows.items() if self._passes(row_id))
        self.order.rebuild(keyed, reverse=self.reverse)
        self._gone.clear()
        self._unplaced.clear()
        self._rebuild = False
        self.pending = 0
