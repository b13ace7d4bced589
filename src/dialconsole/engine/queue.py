"""What to dial next, in about a microsecond at a million contacts.

A campaign's contacts lie in *lanes*, one for each place, because contacts of one lane may be called at the same
hours. An open lane waits in a heap by when it closes: the one that closes first goes first. A closed lane is parked in
a heap by when it opens. Contacts that wait (a retry, a hold) lie in heaps by when they are due, one for each reason,
and fall into their lane when they are. So no pick looks at more than a few heads of heaps, a closed or paused campaign
costs nothing, and nothing is ever scanned. Of lanes that close at the same instant, those with somebody due go first,
then the order of the list decides over all of them.

Much can fall due at once: everybody held until nine, or all retries of a night when an engine starts. No call moves
more than ``FALLS_AT_ONCE`` of them, because half a million in one go would stop hang-ups and consoles for seconds. The
next calls move the rest; until they have, ``next_change`` says *now*, and ``counts`` has them where they waited.

What is known of a contact here is a row in arrays, 18 bytes, and 120 more while it waits for a time; names stay in the
ledger. Rejected (measured): a heap of tuples for each lane (137 bytes a contact, and a fifth of a second of garbage
collection now and then), a sorted list (four times slower), one query of an index for each pick (a hundred times
slower), and scanning (19 ms at a million).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush, heapreplace

from msgspec import Struct, structs

from dialconsole.engine.columns import QueueBlock
from dialconsole.engine.lane import DUE, NOWHERE, OPEN, PARKED, RETRY, CampaignLanes, Lane
from dialconsole.model.outcome import ContactStatus
from dialconsole.store.ledger import NewContacts, QueuedContact

Windows = Callable[[str, int, float], tuple[bool, float]]
"""(campaign, place key, now) -> whether that lane is open, and until when that holds (``math.inf``: for good)."""

HOURS = "hours"
"""The reason under which contacts of closed lanes are counted."""

FALLS_AT_ONCE = 64
"""Contacts that one call moves from waiting into their lanes: about a tenth of a millisecond."""

_FIRST = -math.inf
_MOST_ATTEMPTS = 255
"""What a column of bytes can count; no policy allows a tenth of it."""

_ABSENT, _IN_LANE, _WAITING, _OUT = range(4)


class QueueCounts(Struct, frozen=True):
    ready: int
    """Callable now."""
    retry: int
    """Waiting for their next attempt."""
    held: int
    holds: tuple[tuple[str, int, float | None], ...]
    """(reason, contacts, when the first of them may be called), the largest first."""


class CallQueue:
    """All campaigns' contacts that are neither final nor being called. Instants are POSIX seconds.

    A contact that was picked is out: it comes back by ``retry``, ``hold`` or ``give_back``, or not at all.
    """

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._campaigns: dict[str, CampaignLanes] = {}
        self._lanes: list[Lane] = []
        self._lane_numbers: dict[tuple[str, int], int] = {}
        self._size = 0
        # Columns, indexed by contact id. Ids begin at 1 and have few holes.
        self._number: array[int] = array("Q")
        self._lane: array[int] = array("I")
        self._facts: array[int] = array("I")
        self._attempts = bytearray()
        self._state = bytearray()

    def __len__(self) -> int:
        return self._size

    def number(self, contact: int) -> int:
        """E.164 digits without the plus."""
        return self._number[contact]

    def place(self, contact: int) -> int:
        """Key of the contact's place."""
        return self._lanes[self._lane[contact]].key

    def facts(self, contact: int) -> int:
        """Key of what the list says of the contact."""
        return self._facts[contact]

    def attempts(self, contact: int) -> int:
        """Attempts counted against the contact."""
        return self._attempts[contact]

    def campaign(self, contact: int) -> str:
        return self._lanes[self._lane[contact]].campaign.name

    def row(self, contact: int) -> tuple[str, int, int, int, int]:
        """All of these at once: campaign, number, place, facts, attempts."""
        lane = self._lanes[self._lane[contact]]
        return lane.campaign.name, self._number[contact], lane.key, self._facts[contact], self._attempts[contact]

    def queued(self, contact: int) -> bool:
        """Whether a contact is here, and neither out nor forgotten."""
        return 0 < contact < len(self._state) and self._state[contact] in (_IN_LANE, _WAITING)

    # -- filling ------------------------------------------------------------------------------------------------------

    def load(self, contacts: Iterable[QueuedContact], now: float) -> None:
        """Add contacts, each once and those of one lane in order of id. Again for each list that is imported.

        One whose call outlived the last engine is out, as if it had been picked here, and comes back as those do.
        ``ValueError`` if one is in the queue already, or out: loading it again could call it twice.
        """
        numbers, lane_of, facts = self._number, self._lane, self._facts
        attempts, state = self._attempts, self._state
        arrived: dict[int, array[int]] = {}
        for contact in contacts:
            id = contact.id
            if id >= len(state):
                self._grow(id)
            if state[id] != _ABSENT:
                raise ValueError(f"contact {id} is in the queue already")
            lane = self._lane_numbers.get((contact.campaign, contact.place))
            if lane is None:
                lane = self._new_lane(contact.campaign, contact.place)
            numbers[id], lane_of[id], facts[id] = contact.number, lane, contact.facts
            attempts[id] = contact.attempts if contact.attempts < _MOST_ATTEMPTS else _MOST_ATTEMPTS
            if contact.status is ContactStatus.CALLING:
                state[id] = _OUT
            elif contact.status is ContactStatus.RETRY and contact.next_at is not None:
                state[id] = _OUT  # and back, as after a call
                self._wait(id, contact.next_at, RETRY)
            else:
                state[id] = _IN_LANE
                fresh = arrived.get(lane)
                if fresh is None:
                    fresh = arrived[lane] = array("I")
                fresh.append(id)
        for lane, fresh in arrived.items():
            self._add_fresh(lane, fresh)
            self._place(lane, now)

    def readmit(self, contacts: Iterable[QueuedContact], now: float) -> None:
        """Contacts that left the queue without a call are due in it again; one that is here stays as it is."""
        back = [contact for contact in contacts if not self.queued(contact.id)]
        for contact in back:
            if contact.id < len(self._state):
                self._state[contact.id] = _ABSENT
        # Due like a retry and not fresh: a lane's fresh contacts are in the order of the list.
        self.load((structs.replace(one, status=ContactStatus.RETRY, next_at=now) for one in back), now)

    def load_new(self, campaign: str, contacts: NewContacts, now: float) -> None:
        """``load`` of contacts of a list that has just come in, ten times as fast."""
        first, end = contacts.first_id, contacts.first_id + len(contacts.numbers)
        self._grow(end - 1)
        if any(self._state[first:end]):
            raise ValueError(f"some of the contacts {first} to {end - 1} are in the queue already")
        known, places = self._lane_numbers, contacts.ids_of_place
        lanes = {p: known[campaign, p] if (campaign, p) in known else self._new_lane(campaign, p) for p in places}
        self._number[first:end], self._facts[first:end] = contacts.numbers, contacts.facts
        self._lane[first:end] = array("I", map(lanes.__getitem__, contacts.places))
        self._state[first:end] = bytes([_IN_LANE]) * (end - first)
        for place, ids in places.items():
            self._add_fresh(lanes[place], ids)
            self._place(lanes[place], now)

    def _grow(self, id: int) -> None:
        """Make the columns long enough for contact ``id``, and an eighth longer, unless they are."""
        more = 0 if id < len(self._state) else max(id + 1 - len(self._state), len(self._state) >> 3)
        self._number.frombytes(bytes(8 * more))
        self._lane.frombytes(bytes(4 * more))
        self._facts.frombytes(bytes(4 * more))
        self._attempts.extend(bytes(more))
        self._state.extend(bytes(more))

    def _add_fresh(self, number: int, contacts: array[int]) -> None:
        lane = self._lanes[number]
        if lane.place == OPEN and not lane.fresh:
            heappush(lane.campaign.open, (lane.closes, contacts[0], number))
        lane.fresh.extend(contacts)
        self._size += len(contacts)

    def _new_lane(self, name: str, place: int) -> int:
        campaign = self._campaigns.get(name)
        if campaign is None:
            campaign = self._campaigns[name] = CampaignLanes(name)
        number = len(self._lanes)
        self._lanes.append(Lane(campaign, place))
        self._lane_numbers[name, place] = number
        campaign.lanes.append(number)
        return number

    # -- taking -------------------------------------------------------------------------------------------------------

    def pick(self, campaign: str, now: float) -> int | None:
        """Take the contact to call next out of the queue; ``None`` if nobody of ``campaign`` may be called now."""
        heaps = self._campaigns.get(campaign)
        if heaps is None:
            return None
        if now >= heaps.change_at:
            self._advance(heaps, now)
        if not heaps.open:
            return None
        closes, head, number = heaps.open[0]
        lane = self._lanes[number]
        if head == DUE:
            contact = heappop(lane.due)[1]
            if not lane.due:
                heappop(heaps.open)
        else:
            contact = lane.take_fresh()
            if lane.fresh:
                heapreplace(heaps.open, (closes, lane.fresh[lane.cursor], number))
            else:
                heappop(heaps.open)
        if not lane.due and not lane.fresh:
            lane.place = NOWHERE
        self._state[contact] = _OUT
        self._size -= 1
        return contact

    def _advance(self, heaps: CampaignLanes, now: float) -> None:
        """What is due by now falls into its lane; lanes that have closed or opened by now change their heap."""
        while heaps.open and heaps.open[0][0] <= now:
            closes, _, number = heappop(heaps.open)
            if self._lanes[number].closes == closes:  # else this is the lane's other entry, and it was asked already
                self._lanes[number].place = NOWHERE
                self._place(number, now)
        left = FALLS_AT_ONCE
        for waiting in heaps.waiting.values():
            while left and waiting and waiting[0][0] <= now:
                self._fall_due(*heappop(waiting), now)
                left -= 1
        while heaps.parked and heaps.parked[0][0] <= now:
            number = heappop(heaps.parked)[1]
            self._lanes[number].place = NOWHERE
            self._place(number, now)
        heads = [waiting[0][0] for waiting in heaps.waiting.values() if waiting]
        heads += [heaps.open[0][0]] if heaps.open else []
        heads += [heaps.parked[0][0]] if heaps.parked else []
        heaps.change_at = min(heads, default=math.inf)

    def _fall_due(self, at: float, contact: int, now: float) -> None:
        number = self._lane[contact]
        lane = self._lanes[number]
        if lane.place == OPEN and not lane.due:
            heappush(lane.campaign.open, (lane.closes, DUE, number))
        heappush(lane.due, (at, contact))
        self._state[contact] = _IN_LANE
        self._place(number, now)

    def _place(self, number: int, now: float) -> None:
        """Put a lane that stands nowhere where it belongs; an empty one belongs nowhere."""
        lane = self._lanes[number]
        if lane.place != NOWHERE or not len(lane):
            return
        is_open, until = self._windows(lane.campaign.name, lane.key, now)
        until = max(until, math.nextafter(now, math.inf))  # an answer that is over already would be asked for ever
        heaps = lane.campaign
        if is_open:
            lane.place, lane.closes = OPEN, until
            if lane.due:
                heappush(heaps.open, (until, DUE, number))
            if lane.fresh:
                heappush(heaps.open, (until, lane.fresh[lane.cursor], number))
        else:
            lane.place, lane.closes = PARKED, -math.inf
            heappush(heaps.parked, (until, number))
        heaps.change_at = min(heaps.change_at, until)

    # -- giving back --------------------------------------------------------------------------------------------------

    def retry(self, contact: int, at: float, attempts: int) -> None:
        """Again at ``at``, with so many attempts counted."""
        self._attempts[contact] = min(attempts, _MOST_ATTEMPTS)
        self._wait(contact, at, RETRY)

    def hold(self, contact: int, until: float, code: str) -> None:
        """Not before ``until`` (``math.inf``: not until something changes), for the reason ``code``."""
        self._wait(contact, until, code)

    def give_back(self, contact: int) -> None:
        """Unused: first in its lane again, at the next pick."""
        self._wait(contact, _FIRST, RETRY)

    def _wait(self, contact: int, at: float, reason: str) -> None:
        if self._state[contact] != _OUT:
            raise ValueError(f"contact {contact} was not picked, so it cannot be given back")
        self._state[contact] = _WAITING
        self._size += 1
        heaps = self._lanes[self._lane[contact]].campaign
        heappush(heaps.waiting.setdefault(reason, []), (at, contact))
        if at < heaps.change_at:
            heaps.change_at = at

    # -- changes ------------------------------------------------------------------------------------------------------

    def drop_campaign(self, campaign: str) -> None:
        """Forget a campaign and its contacts. None of them may be out."""
        heaps = self._campaigns.pop(campaign, None)
        if heaps is None:
            return
        gone = [contact for waiting in heaps.waiting.values() for _, contact in waiting]
        for number in heaps.lanes:
            lane = self._lanes[number]
            gone.extend(lane.fresh[lane.cursor :])
            gone.extend(contact for _, contact in lane.due)
            lane.fresh, lane.cursor, lane.due = array("I"), 0, []
            del self._lane_numbers[campaign, lane.key]
        for contact in gone:
            self._state[contact] = _ABSENT
        self._size -= len(gone)

    def windows_changed(self, campaign: str, now: float) -> None:
        """The campaign's hours were edited, or the clock was set: every lane is asked again."""
        heaps = self._campaigns.get(campaign)
        if heaps is None:
            return
        heaps.open.clear()
        heaps.parked.clear()
        for number in heaps.lanes:
            self._lanes[number].place = NOWHERE
            self._place(number, now)

    def release_holds(self, campaign: str, now: float) -> None:
        """What holds waited for may have changed, also where one named a time: all are due again. O(contacts held)."""
        heaps = self._campaigns.get(campaign)
        if heaps is None:
            return
        for reason, waiting in heaps.waiting.items():
            if reason != RETRY and waiting:
                waiting[:] = [(min(at, now), contact) for at, contact in waiting]
                heapify(waiting)
                heaps.change_at = min(heaps.change_at, now)

    # -- looking ------------------------------------------------------------------------------------------------------

    def next_change(self, campaign: str, now: float) -> float | None:
        """The earliest time at which ``pick`` may find what it does not find now; ``None`` if no time will do.

        A time that has passed means: at once, there is more to move than one call does.
        """
        heaps = self._campaigns.get(campaign)
        if heaps is None:
            return None
        self._advance(heaps, now)
        times = [waiting[0][0] for waiting in heaps.waiting.values() if waiting]
        if heaps.parked:
            times.append(heaps.parked[0][0])
        at = min(times, default=math.inf)
        return at if at < math.inf else None

    def opens_next(self, campaign: str) -> int | None:
        """Place key of the parked lane that opens first; ``None`` if none is parked."""
        heaps = self._campaigns.get(campaign)
        return self._lanes[heaps.parked[0][1]].key if heaps and heaps.parked else None

    @property
    def end(self) -> int:
        """No contact has this id or a higher one."""
        return len(self._state)

    def lanes_of(self, campaign: str) -> dict[int, int]:
        """The campaign's lanes by number, each with the key of its place. Lanes come and never go."""
        heaps = self._campaigns.get(campaign)
        return {number: self._lanes[number].key for number in heaps.lanes} if heaps else {}

    def retries(self, campaign: str) -> list[tuple[float, int]]:
        """(due, contact) of all that wait for their next attempt, in no order."""
        heaps = self._campaigns.get(campaign)
        return heaps.waiting[RETRY].copy() if heaps else []

    def block(self, first: int, stop: int) -> QueueBlock:
        """Copies of the columns of contacts ``first`` to ``stop - 1``, for counting: the arrays here must be free to
        grow."""
        part = slice(first, stop)
        number, lane, facts = self._number[part], self._lane[part], self._facts[part]
        return QueueBlock.of(number, lane, facts, self._attempts[part], self._state[part], _IN_LANE, _WAITING)

    def counts(self, campaign: str, now: float) -> QueueCounts:
        """How many are ready and why the others are not: O(lanes + reasons)."""
        heaps = self._campaigns.get(campaign)
        if heaps is None:
            return QueueCounts(0, 0, 0, ())
        self._advance(heaps, now)
        ready = closed = 0
        opens = math.inf
        for number in heaps.lanes:
            lane = self._lanes[number]
            if size := len(lane):
                is_open, until = self._windows(campaign, lane.key, now)
                if is_open:
                    ready += size
                else:
                    closed += size
                    opens = min(opens, until)
        holds = [(HOURS, closed, _finite(opens))] if closed else []
        for reason, waiting in heaps.waiting.items():
            if waiting and reason != RETRY:
                holds.append((reason, len(waiting), _finite(waiting[0][0])))
        holds.sort(key=lambda hold: (-hold[1], hold[0]))
        held = sum(count for _, count, _ in holds)
        return QueueCounts(ready, len(heaps.waiting[RETRY]), held, tuple(holds))


def _finite(at: float) -> float | None:
    return at if math.isfinite(at) else None
