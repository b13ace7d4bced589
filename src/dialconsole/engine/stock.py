"""A campaign's queued contacts, put together by what the gate looks at: some thousand kinds instead of a million.

Counted in slices on the event loop, a millisecond or two each, because the queue, the opt-outs and the calls of the
last days live there; only the registry's files are read in a thread. What a number is (assigned or not, on which
registry) is found out once and kept until a registry changes. What happens while it is counted may or may not be in
the count: each contact is seen once, as it is at that instant.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from dialconsole.compliance.alike import Doings, Happened, NumberKinds, facts_alike
from dialconsole.compliance.registry.many import OpenLists
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.sieve import Sieve, portions
from dialconsole.compliance.zones import zones_of_number
from dialconsole.engine.columns import QueueBlock
from dialconsole.engine.queue import CallQueue
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_ONCE = 2_048
"""Contacts of one slice."""
_FOUND_AT_ONCE = 65_536
_SIEVED_AT_ONCE = 16_384

ASKED_AT_ONCE = 50
"""Exchanges that are asked about in one go: a millisecond."""

_FACTS_AT_ONCE = 4_096
_MOST_ATTEMPTS = 31
"""More are counted alike. No campaign allows more than 20, so the check has said no by then."""

_LANE_BITS, _FACTS_BITS, _KIND_BITS, _ATTEMPTS_BITS = 18, 18, 22, 5
"""Of the integer that two contacts share if the gate cannot tell them apart."""
_TRIES = 3
"""A registry that changes more often than it can be read through is not one to wait for."""


class Group(Struct):
    """Contacts that the gate answers alike."""

    contact: int
    """One of them."""
    doings: Doings | None
    count: int
    """Without those that wait for their next attempt."""


class Stock(Struct, frozen=True):
    """One count."""

    at: float
    groups: dict[tuple[int, Doings | None], Group]
    ids: NDArray[np.int64]
    """The contacts that are in the queue, ascending."""
    places: NDArray[np.int32]
    """For each the position of its group, in the order of ``groups``."""
    due: NDArray[np.float64]
    """For each when its next attempt is due, if that is later than ``at``; else 0."""

    def of(self, places: Sequence[int], after: int = 0) -> NDArray[np.int64]:
        """Positions in ``ids`` of the members of some groups, of those with ids above ``after``."""
        import numpy as np

        first = int(np.searchsorted(self.ids, after, side="right"))
        return first + np.flatnonzero(np.isin(self.places[first:], np.array(places, np.int32)))

    def waits(self) -> dict[int, NDArray[np.float64]]:
        """By position of a group, when those of its members that wait are due. Blocking: 0.1 s for a million."""
        import numpy as np

        waiting = np.flatnonzero(self.due)
        waiting = waiting[np.argsort(self.places[waiting], kind="stable")]
        places, starts = np.unique(self.places[waiting], return_index=True)
        return dict(zip(places.tolist(), np.split(self.due[waiting], starts[1:]), strict=bool(len(places))))


class Stocktaker:
    """Counts, again and again, what one queue holds. Everything runs on its loop."""

    def __init__(self, queue: CallQueue, facts: dict[int, ContactFacts], registry: Registry) -> None:
        self._queue = queue
        self._facts = facts
        self._registry = registry
        self._one_at_a_time = asyncio.Lock()
        self._ready = False
        self._loads = 0
        self._kinds = NumberKinds()
        self._kind_of: NDArray[np.int32]
        """By contact; 0: not found out yet."""
        self._facts_ids: dict[Hashable, int] = {}
        self._facts_of: NDArray[np.int64]
        """By key of the ledger's facts, two columns: for numbers on no registry, and for those on one."""

    async def take(self, campaign: str, happened: Happened, at: float) -> Stock:
        """Count a campaign's contacts as things stand at ``at``. Raises ``Problem`` for more kinds than can be told."""
        async with self._one_at_a_time:
            lanes = await self._prepare(campaign)
            import numpy as np

            counting = _Counting(happened, at, await self._due_later(campaign, at), await _sieve_of(happened))
            listed = np.array(self._kinds.listed, np.int64)
            faults = np.array(self._kinds.faults, np.int64)
            for first, block in self._blocks():
                mine = self._mine(block, lanes)
                mine = mine[self._kind_of[first + mine] != 0]  # what came meanwhile is for the next count
                if len(mine):
                    keys = self._keys(first, block, mine, lanes, listed)
                    counting.add(first + mine, block.numbers[mine], keys, faults[self._kind_of[first + mine]])
                await asyncio.sleep(0)
            return await asyncio.to_thread(counting.stock)

    # -- what is found out once ---------------------------------------------------------------------------------------

    async def _prepare(self, campaign: str) -> NDArray[np.int64]:
        """Find out what is new; returns the campaign's lanes."""
        if not self._ready:
            await asyncio.to_thread(importlib.import_module, "numpy")
            self._forget()
            self._ready = True
        for _ in range(_TRIES):
            if self._loads != self._registry.loads:
                self._forget()
            lanes = self._lanes(campaign)
            await self._find_kinds(lanes)
            if self._loads == self._registry.loads:
                break
        await self._find_facts()
        if max(
            len(self._kinds.listed) >> _KIND_BITS, len(self._facts_ids) >> _FACTS_BITS, int(lanes.max()) >> _LANE_BITS
        ):
            raise Problem(f"The contacts of {campaign} differ in too many ways to be counted.", code="too_many")
        return lanes

    def _forget(self) -> None:
        import numpy as np

        self._kinds = NumberKinds()
        self._loads = self._registry.loads
        self._kind_of = np.zeros(self._queue.end, np.int32)
        if not self._ready:
            self._facts_of = np.zeros((0, 2), np.int64)

    def _lanes(self, campaign: str) -> NDArray[np.int64]:
        """By number of a lane: its place among the campaign's lanes; -1 for those of others."""
        import numpy as np

        mine = self._queue.lanes_of(campaign)
        lanes = np.full(max(mine, default=0) + 1, -1, np.int64)
        lanes[list(mine)] = range(len(mine))
        return lanes

    async def _find_kinds(self, lanes: NDArray[np.int64]) -> None:
        import numpy as np

        if len(self._kind_of) < self._queue.end:
            self._kind_of = np.concatenate([self._kind_of, np.zeros(self._queue.end - len(self._kind_of), np.int32)])
        ids, numbers = [], []
        for first, block in self._blocks():
            mine = self._mine(block, lanes)
            new = mine[self._kind_of[first + mine] == 0]
            if len(new):
                ids.append(first + new)
                numbers.append(block.numbers[new])
            await asyncio.sleep(0)
        if ids:
            await self._ask_lists(*await asyncio.to_thread(lambda: (np.concatenate(ids), np.concatenate(numbers))))

    async def _ask_lists(self, ids: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        lists, kinds = OpenLists(self._registry), self._kinds
        try:
            listed, unknown = await asyncio.gather(
                asyncio.to_thread(lists.listed, numbers), asyncio.to_thread(kinds.unknown_exchanges, numbers)
            )
        finally:
            lists.close()
        for place, number in enumerate(unknown):
            if place % ASKED_AT_ONCE == 0:
                await asyncio.sleep(0)
            zones_of_number(number)
        found = await asyncio.to_thread(kinds.of, numbers, listed)
        for begin in range(0, len(ids), _FOUND_AT_ONCE):
            self._kind_of[ids[begin : begin + _FOUND_AT_ONCE]] = found[begin : begin + _FOUND_AT_ONCE]
            await asyncio.sleep(0)

    async def _find_facts(self) -> None:
        import numpy as np

        highest = max(self._facts, default=0)
        if highest < len(self._facts_of):
            return
        table = np.zeros((highest + 1, 2), np.int64)
        table[: len(self._facts_of)] = self._facts_of
        for place, key in enumerate(range(len(self._facts_of), highest + 1), 1):
            facts = self._facts.get(key)
            if facts is not None:
                table[key] = [self._facts_id(facts_alike(facts, listed=listed)) for listed in (False, True)]
            if place % _FACTS_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._facts_of = table

    def _facts_id(self, alike: Hashable) -> int:
        return self._facts_ids.setdefault(alike, len(self._facts_ids))

    # -- counting -----------------------------------------------------------------------------------------------------

    def _blocks(self) -> Iterator[tuple[int, QueueBlock]]:
        for first in range(0, len(self._kind_of), AT_ONCE):
            yield first, self._queue.block(first, min(first + AT_ONCE, len(self._kind_of)))

    def _mine(self, block: QueueBlock, lanes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in a block of the contacts that are queued in some lanes."""
        import numpy as np

        return np.flatnonzero(block.queued & (block.lanes < len(lanes)) & (lanes[block.lanes % len(lanes)] >= 0))

    def _keys(
        self,
        first: int,
        block: QueueBlock,
        mine: NDArray[np.int64],
        lanes: NDArray[np.int64],
        listed: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """One integer for all that the gate looks at and that does not change by itself."""
        import numpy as np

        kinds = self._kind_of[first + mine].astype(np.int64)
        key = lanes[block.lanes[mine]] << _FACTS_BITS | self._facts_of[block.facts[mine], listed[kinds]]
        key = key << _KIND_BITS | kinds
        attempts: NDArray[np.int64] = np.minimum(block.attempts[mine], _MOST_ATTEMPTS).astype(np.int64)
        return key << _ATTEMPTS_BITS | attempts

    async def _due_later(self, campaign: str, at: float) -> NDArray[np.float64]:
        """By contact when its next attempt is due, if that is later than ``at``; else 0."""
        import numpy as np

        retries = self._queue.retries(campaign)
        later = np.zeros(len(self._kind_of))
        for begin in range(0, len(retries), AT_ONCE):
            due, contacts = zip(*retries[begin : begin + AT_ONCE], strict=True)
            known = np.array(contacts, np.int64)
            times = np.array(due)[known < len(later)]
            later[known[known < len(later)]] = np.where(times > at, times, 0.0)
            await asyncio.sleep(0)
        return later


class _Counting:
    """Contacts as they are looked at, slice by slice, and put into groups when all have been."""

    def __init__(self, happened: Happened, at: float, due: NDArray[np.float64], sieve: Sieve | None) -> None:
        self._happened = happened
        self._sieve = sieve
        self._at = at
        self._due = due
        self._doings: list[Doings | None] = [None]
        self._opted_out = [False]
        self._doings_ids: dict[Doings, int] = {}
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []

    def add(
        self, ids: NDArray[np.int64], numbers: NDArray[np.int64], keys: NDArray[np.int64], faults: NDArray[np.int64]
    ) -> None:
        import numpy as np

        happened = self._happenings(numbers)
        opted_out = np.array(self._opted_out, np.bool_)[happened]
        self._parts.append((ids, np.where(opted_out, -1 - faults, keys), happened))

    def _happenings(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each number what happened to it, as a small integer; 0: nothing."""
        import numpy as np

        found = np.zeros(len(numbers), np.int64)
        held = self._sieve.held(numbers) if self._sieve is not None else np.arange(len(numbers))
        in_order = numbers[held].tolist()
        doings = self._happened.doings(in_order)
        if doings:
            found[held] = [self._doings_id(doings[number]) if number in doings else 0 for number in in_order]
        return found

    def _doings_id(self, doings: Doings) -> int:
        id = self._doings_ids.get(doings)
        if id is None:
            id = self._doings_ids[doings] = len(self._doings)
            self._doings.append(doings)
            self._opted_out.append(doings.optout is not None)
        return id

    def stock(self) -> Stock:
        """The groups. Blocking: 0.2 s for a million, nearly all of it without holding the interpreter."""
        import numpy as np

        nothing = np.zeros(0, np.int64)
        ids, keys, happened = (
            np.concatenate(columns) for columns in zip((nothing, nothing, nothing), *self._parts, strict=True)
        )
        due = self._due[ids]
        all_keys = np.unique(keys)
        places = np.searchsorted(all_keys, keys)
        touched = np.flatnonzero(happened)  # few; the others need no second look
        pairs = places[touched] << 32 | happened[touched]
        found = np.unique(pairs)
        places[touched] = len(all_keys) + np.searchsorted(found, pairs)
        everyone = np.bincount(places, minlength=len(all_keys) + len(found))
        places = (np.cumsum(everyone > 0) - 1)[places]
        groups_keys = np.concatenate([all_keys, all_keys[found >> 32]])[everyone > 0]
        groups_doings = np.concatenate([np.zeros(len(all_keys), np.int64), found & 0xFFFFFFFF])[everyone > 0]
        contacts = np.zeros(len(groups_keys), np.int64)
        contacts[places] = ids  # whichever comes last
        ready = np.bincount(places[due == 0], minlength=len(groups_keys))
        groups = {}
        rows = zip(groups_keys.tolist(), groups_doings.tolist(), contacts.tolist(), ready.tolist(), strict=True)
        for key, id, contact, count in rows:
            doings = self._doings[id]
            groups[key, doings] = Group(contact, doings, count)
        return Stock(at=self._at, groups=groups, ids=ids, places=places.astype(np.int32), due=due)


async def _sieve_of(happened: Happened) -> Sieve | None:
    """Holds back every number to which anything happened; ``None`` if only a look at each number can tell."""
    named = happened.named()
    if named is None:
        return None
    sieve = Sieve(sum(map(len, named)))
    for numbers in named:
        for part in portions(numbers, _SIEVED_AT_ONCE):
            sieve.fill(part)
            await asyncio.sleep(0)
    return sieve
