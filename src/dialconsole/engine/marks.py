"""Who wants to know that a row of the screen changed. Nothing is built here: a mark is a kind and an id."""

from __future__ import annotations

from collections.abc import Callable

from dialconsole.model.view import Kind

Dirty = Callable[[Kind, str], None]


class Marks:
    """Passes each mark on to every watcher. Without one, marking costs a loop over an empty tuple."""

    def __init__(self) -> None:
        self._watchers: tuple[Dirty, ...] = ()

    def __call__(self, kind: Kind, id: str) -> None:
        for watcher in self._watchers:
            watcher(kind, id)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def watch(self, dirty: Dirty) -> Callable[[], None]:
        """Add a watcher; returns the way to take it off again."""
        self._watchers += (dirty,)

        def stop() -> None:
            self._watchers = tuple(w for w in self._watchers if w is not dirty)

        return stop
