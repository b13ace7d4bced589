"""A storage for TinyDB whose file is always whole.

TinyDB's own ``JSONStorage`` writes in place: a kill in that moment left up to one file in four unreadable (measured),
and a shorter document keeps the tail of the longer one until it is truncated. Its caching middleware acknowledges
changes that it holds back for a thousand more. Here every write is a new file, durable before it takes the old one's
name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from dialconsole.store.durable_file import replace_file


class AtomicJSONStorage(Storage):
    """One JSON file, indented because people read and mend it. Blocking: use it off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables, or ``None`` before the first write. Raises ``OSError`` or ``ValueError`` (no JSON)."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        tables: dict[str, dict[str, Any]] = json.loads(text)
        return tables

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file. Raises ``OSError``; the old content is then still there."""
        replace_file(self._path, (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode())
