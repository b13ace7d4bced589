"""The do-not-call list as the gate needs it: is this number on it, everywhere or for this campaign or its client?

The ledger keeps the entries; this is what of them is in force, in memory, because it is asked at every call and must
not fail with a disk. A million entries are normal, and most of them came with one import, so an entry is kept as two
things: its number, in a dict per scope, and its cause (who, when, why), shared by all entries that came together. That
is about 75 MB for a million, where a dict of ``OptOut`` takes three times as much.

Patterns (``+1201555*``) are few. They are kept apart in a dict for each length of prefix, so a question costs one
look-up more for each length in use. Rejected: a trie, which answers no faster for a dozen lengths at most.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from dialconsole.model.optout import (
    EVERYWHERE,
    WILDCARD,
    OptOut,
    OptOutSource,
    campaign_scope,
    canonical_scope,
    client_scope,
    is_pattern,
)


class _Cause(Struct, frozen=True, cache_hash=True):
    source: OptOutSource
    reason: str
    by: str
    at: float
    attempt: str | None


class _Listed:
    """What is listed in one scope."""

    __slots__ = ("numbers", "prefixes")

    def __init__(self) -> None:
        self.numbers: dict[int, _Cause] = {}
        self.prefixes: dict[int, dict[str, _Cause]] = {}
        """Digits of the prefixes, by length, the longest first: the narrowest pattern explains best."""

    def put(self, number: str, cause: _Cause) -> None:
        digits = int(number.removesuffix(WILDCARD))
        if not is_pattern(number):
            self.numbers[digits] = cause
            return
        prefix = str(digits)
        if len(prefix) not in self.prefixes:
            self.prefixes = dict(sorted([*self.prefixes.items(), (len(prefix), {})], reverse=True))
        self.prefixes[len(prefix)][prefix] = cause

    def take_off(self, number: str) -> None:
        digits = int(number.removesuffix(WILDCARD))
        if not is_pattern(number):
            self.numbers.pop(digits, None)
            return
        prefix = str(digits)
        same_length = self.prefixes.get(len(prefix), {})
        same_length.pop(prefix, None)
        if not same_length:  # a length no longer in use is not looked for
            self.prefixes.pop(len(prefix), None)

    def get(self, number: str) -> _Cause | None:
        """The cause of exactly this entry."""
        digits = int(number.removesuffix(WILDCARD))
        if is_pattern(number):
            prefix = str(digits)
            return self.prefixes.get(len(prefix), {}).get(prefix)
        return self.numbers.get(digits)

    def find(self, number: int) -> tuple[str, _Cause] | None:
        """The entry that covers a number, as it stands on the list, and its cause: the number itself comes first."""
        cause = self.numbers.get(number)
        if cause is not None:
            return f"+{number}", cause
        if self.prefixes:
            digits = str(number)
            for length, prefixes in self.prefixes.items():
                cause = prefixes.get(digits[:length])
                if cause is not None:
                    return f"+{digits[:length]}{WILDCARD}", cause
        return None

    @property
    def countable(self) -> bool:
        """Whether all that is listed are numbers, and no patterns."""
        return not self.prefixes

    def covers_all_of(self, number: str) -> bool:
        """Whether every number that an entry for ``number`` (or a pattern) stands for is covered."""
        digits = number.removesuffix(WILDCARD)[1:]
        if not is_pattern(number):
            return self.find(int(digits)) is not None
        return any(digits[:length] in prefixes for length, prefixes in self.prefixes.items() if length <= len(digits))

    def entries(self) -> Iterator[tuple[str, _Cause]]:
        """All, as they stand on the list when the first is asked for; it may change meanwhile."""
        patterns = [pattern for prefixes in self.prefixes.values() for pattern in prefixes.items()]
        for number, cause in list(self.numbers.items()):
            yield f"+{number}", cause
        for prefix, cause in patterns:
            yield f"+{prefix}{WILDCARD}", cause

    def find_many(self, numbers: Sequence[int]) -> dict[int, tuple[str, _Cause]]:
        """Those of ``numbers`` that are covered: by a pattern, with its text, or (empty text) themselves."""
        found = {}
        if self.prefixes:
            for number in numbers:
                covering = self.find(number)
                if covering is not None:
                    found[number] = covering
        for number in filter(self.numbers.__contains__, numbers):
            found[number] = "", self.numbers[number]
        return found

    def __len__(self) -> int:
        return len(self.numbers) + sum(map(len, self.prefixes.values()))


class OptOutIndex:
    """Entries in force. ``covers`` costs a few look-ups however long the list is; everything runs on one thread."""

    def __init__(self, entries: Iterable[OptOut] = ()) -> None:
        self._everywhere = _Listed()
        self._scopes: dict[str, _Listed] = {EVERYWHERE: self._everywhere}
        self._cause: _Cause | None = None
        self.changes = 0
        """Raised with every entry, so that who has counted knows whether to count again."""
        self.load(entries)

    def load(self, entries: Iterable[OptOut]) -> None:
        """Add entries (and apply reversals) in the order given, the oldest first."""
        for entry in entries:
            self.add(entry)

    def add(self, entry: OptOut) -> None:
        """Put an entry in force at once, in place of an older one for the same number or pattern and scope.

        A reversal (``entry.removed``) takes exactly that entry off: one of a pattern leaves the numbers that are
        listed themselves, and one of a number leaves the patterns. Raises ``ValueError`` for a number without digits.
        """
        self.changes += 1
        scope = canonical_scope(entry.scope)
        listed = self._scopes.get(scope)
        if listed is None:
            listed = self._scopes[scope] = _Listed()
        if entry.removed:
            listed.take_off(entry.number)
        else:
            listed.put(entry.number, self._cause_of(entry))

    def get(self, number: str, scope: str = EVERYWHERE) -> OptOut | None:
        """The entry for exactly this number or pattern (E.164) in exactly this scope, if it is in force."""
        scope = canonical_scope(scope)
        listed = self._scopes.get(scope)
        cause = listed.get(number) if listed is not None else None
        return None if cause is None else _entry(number, scope, cause)

    def entries(self, scope: str) -> Iterator[OptOut]:
        """The entries in force in exactly this scope."""
        scope = canonical_scope(scope)
        listed = self._scopes.get(scope)
        for number, cause in listed.entries() if listed is not None else ():
            yield _entry(number, scope, cause)

    def unbound(self, scope: str, campaign: str, client: str) -> int:
        """How many entries of a scope would not bind ``campaign``, run for ``client``, by what its own scopes have.

        A microsecond for each entry of the scope.
        """
        own = [self._scopes[s] for s in (EVERYWHERE, *_scopes_of(campaign, client)) if s in self._scopes]
        listed = self._scopes.get(canonical_scope(scope))
        entries = listed.entries() if listed is not None else iter(())
        return sum(not any(scope.covers_all_of(number) for scope in own) for number, _ in entries)

    def covers(self, number: int, campaign: str | None, client: str = "") -> OptOut | None:
        """The entry that forbids ``campaign`` (``None``: nobody's), run for ``client``, to call a number.

        The widest scope comes first (everywhere, the client, the campaign); within it the number itself, then the
        longest pattern.
        """
        found = self._everywhere.find(number)
        if found is not None:
            return _entry(found[0], EVERYWHERE, found[1])
        if len(self._scopes) == 1:
            return None
        for scope in _scopes_of(campaign, client):
            listed = self._scopes.get(scope)
            found = listed.find(number) if listed is not None else None
            if found is not None:
                return _entry(found[0], scope, found[1])
        return None

    def named(self, campaign: str | None, client: str = "") -> Iterator[Collection[int]] | None:
        """The numbers that ``covers`` may have an entry for, scope by scope; ``None`` while there are patterns."""
        scopes = [self._scopes[s] for s in (EVERYWHERE, *_scopes_of(campaign, client)) if s in self._scopes]
        return (listed.numbers for listed in scopes) if all(listed.countable for listed in scopes) else None

    def covering(self, numbers: Sequence[int], campaign: str | None, client: str = "") -> dict[int, Hashable]:
        """Those of ``numbers`` that ``covers`` has an entry for; with equal values its entries differ by number only.

        About 50 ns a number, some 300 more while there are patterns.
        """
        found: dict[int, Hashable] = {}
        for scope in (*reversed(_scopes_of(campaign, client)), EVERYWHERE):  # the widest has the last word
            if listed := self._scopes.get(scope):
                found.update((number, (scope, *entry)) for number, entry in listed.find_many(numbers).items())
        return found

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


@lru_cache(maxsize=1024)
def _scopes_of(campaign: str | None, client: str) -> tuple[str, ...]:
    """The scopes besides everywhere that bind a campaign, the widest first. Kept: campaigns are few, calls are not."""
    of_client = (client_scope(client),) if client.strip() else ()
    return (*of_client, campaign_scope(campaign)) if campaign else of_client


def _entry(number: str, scope: str, cause: _Cause) -> OptOut:
    return OptOut(
        number=number,
        source=cause.source,
        reason=cause.reason,
        by=cause.by,
        at=cause.at,
        scope=scope,
        attempt=cause.attempt,
    )
