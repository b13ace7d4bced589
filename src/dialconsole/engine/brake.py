"""Why nothing at all is dialed at the moment.

Things outside any campaign can forbid every call: a disk that takes no claims, a clock that jumped, an engine that is
ending. Each puts a named reason here and takes it away itself; as long as one is here, no dialer picks a contact.
"""

from __future__ import annotations

from collections.abc import Callable


class Brake:
    """Named reasons; dialing is possible only while there is none."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._reasons: dict[str, str] = {}
        self._changed = changed

    @property
    def on(self) -> bool:
        return bool(self._reasons)

    @property
    def sentence(self) -> str:
        """The oldest reason; empty when dialing is possible."""
        return next(iter(self._reasons.values()), "")

    def pull(self, name: str, sentence: str) -> bool:
        """Forbid calls for a reason. True if this reason is new."""
        new = name not in self._reasons
        self._reasons[name] = sentence
        self._changed()
        return new

    def release(self, name: str) -> bool:
        """The reason is gone. True if it was there."""
        if self._reasons.pop(name, None) is None:
            return False
        self._changed()
        return True
