"""What was found out about cells before, for thousands of rows at once.

A hash table with open addressing over whole words of cells (``Table.keys``). A dictionary answers as fast, but wants a
text for each row first. Keys are compared whole: two addresses are never taken for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from dialconsole.lists.table import Mask, Words

_MIX = 0x9E3779B97F4A7C15
"""Odd, without a pattern (2**64 by the golden ratio): multiplying by it spreads words that are alike."""

NOTHING = 0
"""The entry of a key that is not remembered."""

T = TypeVar("T")


class Memory:
    """Remembers up to ``most`` keys (a power of two) of ``words`` words; each has an entry, counted from 1."""

    def __init__(self, words: int, most: int) -> None:
        self._most = most
        self._slots = np.zeros(2 * most, np.int32)
        self._shift = np.uint64(64 - (2 * most - 1).bit_length())
        self._keys = np.zeros((words, 64), np.uint64)
        """A row for each word, which is compared faster."""
        self._entries: dict[bytes, int] = {}

    def find(self, keys: Words) -> NDArray[np.int32]:
        """The entry of each key; ``NOTHING`` for those that are not remembered."""
        slots = self._slots_of(keys)
        entries = self._slots[slots]
        others = np.flatnonzero(self._are_others(entries, keys))
        while len(others):
            slots[others] = (slots[others] + 1) % len(self._slots)
            entries[others] = self._slots[slots[others]]
            others = others[self._are_others(entries[others], keys[others])]
        return entries

    def add(self, keys: Words) -> list[int]:
        """Remember keys: the entry of each, which the next has if it is the same; ``NOTHING`` if there is no room."""
        return [self._add(key, slot) for key, slot in zip(keys, self._slots_of(keys).tolist(), strict=True)]

    def keys_from(self, entry: int) -> Words:
        """What is remembered since there were so many entries."""
        return self._keys[:, entry : len(self._entries) + 1].T

    def _add(self, key: NDArray[np.uint64], slot: int) -> int:
        name = key.tobytes()
        if entry := self._entries.get(name):
            return entry
        if len(self._entries) == self._most:
            return NOTHING
        entry = self._entries[name] = len(self._entries) + 1
        if entry == self._keys.shape[1]:
            self._keys = np.hstack([self._keys, np.zeros_like(self._keys)])
        self._keys[:, entry] = key
        while self._slots[slot]:
            slot = (slot + 1) % len(self._slots)
        self._slots[slot] = entry
        return entry

    def _are_others(self, entries: NDArray[np.int32], keys: Words) -> Mask:
        """Where there is an entry that is another key's."""
        differ = np.zeros(len(keys), np.bool_)
        for remembered, word in zip(self._keys, keys.T, strict=True):
            differ |= remembered[entries] != word
        differ &= entries != NOTHING
        return differ

    def _slots_of(self, keys: Words) -> NDArray[np.int64]:
        mixed = np.zeros(len(keys), np.uint64)
        for word in keys.T:
            mixed = (mixed ^ word) * np.uint64(_MIX)
            mixed ^= mixed >> np.uint64(29)
        return ((mixed * np.uint64(_MIX)) >> self._shift).astype(np.int64)


class Answers(Generic[T]):
    """What somebody answered about keys, each asked about once."""

    def __init__(self, words: int, most: int) -> None:
        self._memory = Memory(words, most)
        self.given: list[T | None] = [None]
        """By entry."""

    def entries(self, keys: Words, known: Mask, ask: Callable[[int], T]) -> NDArray[np.int32]:
        """The entry of each key that is ``known`` for sure; ``ask`` is asked about the place of a new one.

        ``NOTHING`` for keys that are not, and when there is no room.
        """
        entries = self._memory.find(keys)
        entries[~known] = NOTHING
        new = np.flatnonzero((entries == NOTHING) & known)
        if len(new):
            entries[new] = self._memory.add(keys[new])
            for place, entry in zip(new.tolist(), entries[new].tolist(), strict=True):
                if entry == len(self.given):
                    self.given.append(ask(place))
        return entries

    def of(self, keys: Words, known: Mask, ask: Callable[[int], T]) -> list[T]:
        """The answer to each key; of those that are not remembered ``ask`` is asked every time."""
        entries = self.entries(keys, known, ask)
        found = list(map(self.given.__getitem__, entries.tolist()))
        for place in np.flatnonzero(entries == NOTHING).tolist():
            found[place] = ask(place)
        return cast("list[T]", found)
