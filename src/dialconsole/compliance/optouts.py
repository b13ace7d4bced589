"""The do-not-call list as the gate needs it: is this number on it, everywhere or for this campaign?

The ledger keeps the entries; this is what of them is in force, in memory, because it is asked at every call and must
not fail with a disk. A million entries are normal, and most of them came with one import, so an entry is kept as two
things: its number, in a dict per scope, and its cause (who, when, why), shared by all entries that came together. That
is about 75 MB for a million, where a dict of ``OptOut`` takes three times as much.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource


class _Cause(Struct, frozen=True):
    source: OptOutSource
    reason: str
    by: str
    at: float
    attempt: str | None


class OptOutIndex:
    """Entries in force. ``covers`` is O(1); everything runs on one thread."""

    def __init__(self, entries: Iterable[OptOut] = ()) -> None:
        self._everywhere: dict[int, _Cause] = {}
        self._scopes: dict[str, dict[int, _Cause]] = {EVERYWHERE: self._everywhere}
        self._cause: _Cause | None = None
        self.load(entries)

    def load(self, entries: Iterable[OptOut]) -> None:
        """Add entries (and apply reversals) in the order given, the oldest first."""
        for entry in entries:
            self.add(entry)

    def add(self, entry: OptOut) -> None:
        """Put an entry in force at once, in place of an older one for the same number and scope.

        A reversal (``entry.removed``) takes the number off again. Raises ``ValueError`` for a number without digits.
        """
        number = int(entry.number)
        if entry.removed:
            self.remove(number, entry.scope)
            return
        scope = self._scopes.get(entry.scope)
        if scope is None:
            scope = self._scopes[entry.scope] = {}
        scope[number] = self._cause_of(entry)

    def remove(self, number: int, scope: str = EVERYWHERE) -> bool:
        """Take a number off the list of one scope; whether it was on it. Entries of other scopes stay in force."""
        return self._scopes.get(scope, {}).pop(number, None) is not None

    def covers(self, number: int, campaign: str | None) -> OptOut | None:
        """The entry that forbids ``campaign`` (``None``: nobody's) to call a number; one for everywhere comes first."""
        cause = self._everywhere.get(number)
        if cause is not None:
            return _entry(number, EVERYWHERE, cause)
        scope = self._scopes.get(campaign) if campaign else None
        cause = scope.get(number) if scope else None
        return None if cause is None or campaign is None else _entry(number, campaign, cause)

    def __len__(self) -> int:
        return sum(map(len, self._scopes.values()))

    def _cause_of(self, entry: OptOut) -> _Cause:
        last = self._cause
        if (
            last is None
            or last.at != entry.at
            or last.reason != entry.reason
            or last.by != entry.by
            or last.source is not entry.source
            or last.attempt != entry.attempt
        ):
            last = self._cause = _Cause(entry.source, entry.reason, entry.by, entry.at, entry.attempt)
        return last


def _entry(number: int, scope: str, cause: _Cause) -> OptOut:
    return OptOut(
        number=f"+{number}",
        source=cause.source,
        reason=cause.reason,
        by=cause.by,
        at=cause.at,
        scope=scope,
        attempt=cause.attempt,
    )
