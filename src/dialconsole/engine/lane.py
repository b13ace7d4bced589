"""Where contacts stand while they are in the queue: in a lane, or in a heap of those that wait for a time.

A lane is one campaign's contacts with one set of candidate zones. They may be called at the same hours, so whether it
is closed is asked for the lane and not for each contact. The rules by which contacts and lanes move are the queue's.
"""

from __future__ import annotations

import math
from array import array

NOWHERE, OPEN, PARKED = range(3)
"""In which heap of its campaign a lane stands. An empty lane stands in none."""

DUE = 0
"""In place of a contact at the head of a lane: somebody is due. Ids begin at 1, so these go first."""

RETRY = ""
"""The reason of those who wait for their next attempt. All other reasons are codes of the gate."""


class Lane:
    """Contacts of one campaign and one set of zones that wait for nothing but their hours and a slot."""

    __slots__ = ("campaign", "closes", "cursor", "due", "fresh", "key", "place")

    def __init__(self, campaign: CampaignLanes, key: int) -> None:
        self.campaign = campaign
        self.key = key
        """What its contacts share: the ledger's key of their place."""
        self.fresh: array[int] = array("I")
        """Contacts that were not picked yet, in the order of the list; those before ``cursor`` are gone."""
        self.cursor = 0
        self.due: list[tuple[float, int]] = []
        """Heap of (when it fell due, contact): they go before the fresh ones."""
        self.place = NOWHERE
        self.closes = -math.inf
        """While open, when it closes."""

    def __len__(self) -> int:
        return len(self.fresh) - self.cursor + len(self.due)

    def take_fresh(self) -> int:
        contact = self.fresh[self.cursor]
        self.cursor += 1
        if self.cursor == len(self.fresh):
            self.fresh, self.cursor = array("I"), 0
        return contact


class CampaignLanes:
    """The heaps of one campaign. Lanes stand in them by number, so that ties compare numbers."""

    __slots__ = ("change_at", "lanes", "name", "open", "parked", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.lanes: list[int] = []
        self.open: list[tuple[float, int, int]] = []
        """(when it closes, its first fresh contact or ``DUE``, lane): up to two entries for a lane."""
        self.parked: list[tuple[float, int]] = []
        """(when it opens, lane)."""
        self.waiting: dict[str, list[tuple[float, int]]] = {RETRY: []}
        """Reason -> heap of (when it is due, contact)."""
        self.change_at = math.inf
        """Not later than the first head of any heap; until then there is nothing to move between them."""
