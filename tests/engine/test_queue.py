"""What to dial next: nothing lost, nothing twice, never from a closed window, in the order promised."""

from __future__ import annotations

import math
from array import array

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dialconsole.engine.queue import FALLS_AT_ONCE, HOURS, CallQueue, QueueCounts
from dialconsole.model.outcome import ContactStatus
from dialconsole.store.ledger import NewContacts, QueuedContact

DAY = 24.0


def contact(id: int, *, campaign: str = "a", zones: int = 1, next_at: float | None = None) -> QueuedContact:
    status = ContactStatus.PENDING if next_at is None else ContactStatus.RETRY
    return QueuedContact(id, 12125550100 + id, campaign, zones, 0, status, 0 if next_at is None else 1, next_at)


def window(zones: int, now: float) -> tuple[bool, float]:
    """Zone set n is open from hour n to hour n + 8 of each day, and n + 100 with it; 0 is always open, 9 never."""
    if zones == 0:
        return True, math.inf
    if zones == 9:
        return False, math.inf
    day, hour = divmod(now, DAY)
    start = float(zones % 100)
    if hour < start:
        return False, day * DAY + start
    if hour < start + 8:
        return True, day * DAY + start + 8
    return False, (day + 1) * DAY + start


def queue_of(*contacts: QueuedContact, now: float = 0.0) -> CallQueue:
    queue = CallQueue(lambda campaign, zones, at: window(zones, at))
    queue.load(contacts, now)
    return queue


def test_contacts_come_in_the_order_of_their_list() -> None:
    """As long as nothing else distinguishes them."""
    queue = queue_of(*(contact(i, zones=0) for i in (3, 5, 8)))
    assert [queue.pick("a", 0) for _ in range(4)] == [3, 5, 8, None]


def test_the_lane_that_closes_first_goes_first() -> None:
    """At hour 6, zones 2 close at 10 and zones 5 at 13."""
    queue = queue_of(contact(1, zones=5), contact(2, zones=2), contact(3, zones=5), now=6)
    assert [queue.pick("a", 6) for _ in range(3)] == [2, 1, 3]


def test_a_closed_lane_waits_for_its_opening() -> None:
    """And says when that is."""
    queue = queue_of(contact(1, zones=4))
    assert queue.pick("a", 3.99) is None
    assert queue.next_change("a", 3.99) == 4
    assert queue.pick("a", 4.0) == 1


def test_a_lane_that_closes_is_parked_with_what_is_left() -> None:
    """The rest goes on the next day."""
    queue = queue_of(contact(1, zones=1), contact(2, zones=1), now=8.9)
    assert queue.pick("a", 8.9) == 1
    assert queue.pick("a", 9.0) is None
    assert queue.next_change("a", 9.0) == DAY + 1
    assert queue.pick("a", DAY + 1) == 2


def test_a_lane_that_closes_on_retries_and_fresh_contacts() -> None:
    """Both are there the next day, once, the retries first."""
    queue = queue_of(*(contact(id, zones=1) for id in range(1, 5)), now=2)
    for id in (1, 2):
        assert queue.pick("a", 2) == id
        queue.retry(id, at=8, attempts=1)
    assert queue.counts("a", 8).ready == 4
    assert queue.pick("a", 9) is None
    assert [queue.pick("a", DAY + 1) for _ in range(5)] == [1, 2, 3, 4, None]


def test_what_never_opens_has_no_next_change() -> None:
    """It is counted as held all the same."""
    queue = queue_of(contact(1, zones=9))
    assert queue.pick("a", 5) is None
    assert queue.next_change("a", 5) is None
    assert queue.counts("a", 5) == QueueCounts(0, 0, 1, ((HOURS, 1, None),))


def test_a_retry_comes_back_at_its_time_before_fresh_contacts() -> None:
    """With the attempts it has now."""
    queue = queue_of(contact(1, zones=0), contact(2, zones=0), contact(3, zones=0))
    assert queue.pick("a", 0) == 1
    queue.retry(1, at=5, attempts=2)
    assert queue.pick("a", 4.9) == 2
    assert queue.pick("a", 5) == 1
    assert queue.attempts(1) == 2


def test_a_retry_that_falls_due_in_a_closed_lane_waits_with_the_lane() -> None:
    """Due at night, called in the morning."""
    queue = queue_of(contact(1, zones=1), now=2)
    assert queue.pick("a", 2) == 1
    queue.retry(1, at=20, attempts=1)
    assert queue.pick("a", 20) is None
    assert queue.counts("a", 20).holds == ((HOURS, 1, DAY + 1),)
    assert queue.pick("a", DAY + 1) == 1


def test_a_hold_names_its_reason_until_it_is_over() -> None:
    """Counted by reason, the largest first, each with its next time."""
    queue = queue_of(*(contact(i, zones=0) for i in range(1, 6)), contact(6, zones=4))
    for id, until, code in ((1, 9.0, "gap"), (2, 7.0, "gap"), (3, math.inf, "zone_unknown")):
        assert queue.pick("a", 0) == id
        queue.hold(id, until, code)
    assert queue.counts("a", 0) == QueueCounts(2, 0, 4, (("gap", 2, 7.0), (HOURS, 1, 4.0), ("zone_unknown", 1, None)))
    assert [queue.pick("a", 8) for _ in range(5)] == [6, 2, 4, 5, None]  # 6 is in the lane that closes first


def test_of_lanes_that_close_together_the_due_go_first() -> None:
    """Then the order of the list decides over all of them; a retry with a high id pushes nobody back."""
    queue = CallQueue(lambda campaign, zones, at: (True, 100.0))
    queue.load([contact(id, zones=id % 2) for id in range(1, 9)], 0)
    assert [queue.pick("a", 0) for _ in range(3)] == [1, 2, 3]
    queue.retry(3, at=5, attempts=1)
    queue.retry(1, at=6, attempts=1)
    assert [queue.pick("a", now) for now in (4, 6, 6, 6, 6)] == [4, 3, 1, 5, 6]


def test_an_emptied_lane_fills_again() -> None:
    """By a retry, by a new list, and by both at once."""
    queue = queue_of(contact(1, zones=0), contact(2, zones=0, next_at=3))
    assert [queue.pick("a", 1), queue.pick("a", 1)] == [1, None]
    queue.load([contact(7, zones=0)], 2)
    queue.retry(1, at=3, attempts=1)
    assert [queue.pick("a", 3) for _ in range(3)] == [1, 2, 7]
    queue.load([contact(8, zones=0), contact(9, zones=0)], 3)
    assert [queue.pick("a", 3) for _ in range(3)] == [8, 9, None]


def test_a_list_joins_a_lane_with_only_retries_left() -> None:
    """Its contacts are not forgotten behind them."""
    queue = queue_of(contact(1, zones=0), contact(2, zones=0))
    for id in (1, 2):
        assert queue.pick("a", 0) == id
        queue.retry(id, at=5, attempts=1)
    assert queue.pick("a", 5) == 1
    queue.load([contact(3, zones=0)], 5)
    assert [queue.pick("a", 5) for _ in range(3)] == [2, 3, None]


def test_a_lane_that_stays_open_is_asked_again_once() -> None:
    """Where one window follows on another, closing time changes nothing but the order."""
    asked: list[float] = []

    def windows(campaign: str, zones: int, now: float) -> tuple[bool, float]:
        asked.append(now)
        return True, now + 10

    queue = CallQueue(windows)
    queue.load([contact(1), contact(2), contact(3), contact(4)], 0)
    assert queue.pick("a", 0) == 1
    queue.give_back(1)
    assert queue.pick("a", 1) == 1
    queue.retry(1, at=2, attempts=1)
    assert queue.pick("a", 9) == 1
    queue.retry(1, at=9, attempts=2)
    assert queue.next_change("a", 9) is None
    assert [queue.pick("a", 10) for _ in range(5)] == [1, 2, 3, 4, None]
    assert asked == [0, 10]


def test_an_answer_that_is_over_already() -> None:
    """Windows that say "closed until now" are asked again a moment later, not for ever."""
    queue = CallQueue(lambda campaign, zones, now: (now > 5, now))
    queue.load([contact(1)], 5)
    assert queue.pick("a", 5) is None
    at = queue.next_change("a", 5)
    assert at is not None
    assert 5 < at < 5.001
    assert queue.pick("a", at) == 1


def test_a_crowd_that_falls_due_at_once_is_moved_in_steps() -> None:
    """No call moves all of it; the first pick finds somebody all the same, and everybody comes out once."""
    crowd = range(1, 10 * FALLS_AT_ONCE + 1)
    queue = queue_of(*(contact(id, zones=0) for id in crowd), contact(9999, zones=0))
    for id in crowd:
        assert queue.pick("a", 0) == id
        queue.hold(id, 5, "gap")
    assert queue.pick("a", 5) == 1
    counts = queue.counts("a", 5)
    assert (counts.ready, counts.held) == (2 * FALLS_AT_ONCE, 8 * FALLS_AT_ONCE)
    assert [queue.pick("a", 5) for _ in range(10 * FALLS_AT_ONCE + 1)] == [*crowd[1:], 9999, None]


def test_a_crowd_that_falls_due_behind_closed_hours() -> None:
    """As long as there is more to move, the next change is at once."""
    crowd = range(1, 3 * FALLS_AT_ONCE + 1)
    queue = queue_of(*(contact(id, zones=1, next_at=20) for id in crowd), now=19)
    assert queue.pick("a", 20) is None
    assert queue.next_change("a", 20) == 20
    assert queue.next_change("a", 20) == DAY + 1
    assert queue.counts("a", 20) == QueueCounts(0, 0, len(crowd), ((HOURS, len(crowd), DAY + 1),))


def test_what_is_given_back_is_first_again() -> None:
    """A slot that was not used costs the contact nothing."""
    queue = queue_of(contact(1, zones=0), contact(2, zones=0))
    assert queue.pick("a", 0) == 1
    queue.give_back(1)
    assert [queue.pick("a", 0) for _ in range(2)] == [1, 2]


def test_holds_end_when_they_are_released() -> None:
    """What they waited for may have changed, also where a time was named; a retry waits on."""
    queue = queue_of(*(contact(i, zones=0) for i in range(1, 4)))
    for id, until in ((1, math.inf), (2, 50.0)):
        assert queue.pick("a", 0) == id
        queue.hold(id, until, "registry_none")
    assert queue.pick("a", 0) == 3
    queue.retry(3, at=60, attempts=1)
    assert queue.pick("a", 5) is None
    queue.release_holds("a", 5)
    queue.release_holds("unknown", 5)
    assert [queue.pick("a", 5) for _ in range(3)] == [1, 2, None]
    assert queue.next_change("a", 5) == 60


def test_edited_windows_hold_at_once() -> None:
    """Closed lanes may open and open ones close, in the same instant."""
    shift = [0.0]
    queue = CallQueue(lambda campaign, zones, at: window(zones, at + shift[0]))
    queue.load([contact(1, zones=1), contact(2, zones=6)], 3)
    shift[0] = 7  # hour 10: zones 1 have closed, zones 6 are open
    queue.windows_changed("a", 3)
    assert [queue.pick("a", 3) for _ in range(2)] == [2, None]
    shift[0] = 0
    queue.windows_changed("a", 3)
    queue.give_back(2)
    assert [queue.pick("a", 3), queue.pick("a", 3)] == [1, None]
    assert queue.next_change("a", 4) == 6
    assert [queue.pick("a", DAY - 6) for _ in range(2)] == [None, None]
    assert [queue.pick("a", DAY + 6) for _ in range(2)] == [2, None]


def test_campaigns_do_not_see_each_other() -> None:
    """The same zones, two lanes; dropping one campaign leaves the other alone."""
    queue = queue_of(contact(1, zones=0), contact(2, campaign="b", zones=0), contact(3, zones=0, next_at=9))
    assert len(queue) == 3
    queue.drop_campaign("a")
    assert len(queue) == 1
    assert queue.pick("a", 10) is None
    assert queue.pick("b", 0) == 2
    assert (queue.number(2), queue.place(2), queue.campaign(2)) == (12125550102, 0, "b")


def test_a_dropped_campaign_can_come_again() -> None:
    """Its contacts are unknown then, wherever they stood, and may be loaded anew."""
    again = [contact(1, zones=1), contact(2, zones=0), contact(3, zones=0, next_at=9)]
    queue = queue_of(*again)
    for _ in range(2):
        queue.drop_campaign("a")
        queue.drop_campaign("a")
        assert (len(queue), queue.next_change("a", 0)) == (0, None)
        queue.load(again, 0)
        assert len(queue) == 3
    assert [queue.pick("a", 8.9) for _ in range(3)] == [1, 2, None]
    assert queue.pick("a", 9) == 3


def test_a_contact_cannot_be_in_the_queue_twice() -> None:
    """Nor be given back by somebody who does not have it: those would be two calls."""
    queue = queue_of(contact(1, zones=0))
    with pytest.raises(ValueError, match="already"):
        queue.load([contact(1, zones=0)], 0)
    with pytest.raises(ValueError, match="not picked"):
        queue.retry(1, 5, 1)


def test_a_contact_whose_call_outlived_an_engine_comes_back_like_one_that_was_picked() -> None:
    """It is out from the beginning: nobody is given it, and its call gives it back with its attempts."""
    queue = queue_of(contact(1, zones=0))
    calling = [
        msgspec.structs.replace(contact(id, zones=zones), status=ContactStatus.CALLING)
        for id, zones in ((500, 0), (501, 3))
    ]
    queue.load(calling, 4)
    assert [queue.pick("a", 4), queue.pick("a", 4)] == [1, None]
    queue.retry(500, 5, 2)
    assert (queue.pick("a", 4.9), queue.pick("a", 5), queue.attempts(500)) == (None, 500, 2)
    with pytest.raises(ValueError, match="already"):
        queue.load(calling[:1], 5)


def test_a_second_list_joins_the_first() -> None:
    """Its ids are higher; nothing else changes."""
    queue = queue_of(contact(1, zones=0))
    queue.load([contact(5000, zones=0), contact(5001, zones=3)], 4)
    assert {queue.pick("a", 4) for _ in range(3)} == {1, 5000, 5001}


FRESH = -1.0
"""When a contact of the model was ready that was never called; what is given back has been since ``-math.inf``."""


class Model(RuleBasedStateMachine):
    """The queue against a dict of contacts that is looked through each time."""

    @initialize()
    def begin(self) -> None:
        self.now = 0.0
        self.queue = CallQueue(lambda campaign, zones, at: window(zones, at))
        self.waiting: dict[int, tuple[str, int, float, str]] = {}
        """id -> (campaign, zones, not before, reason); not before ``FRESH`` if it was never put back."""
        self.out: dict[int, tuple[str, int]] = {}
        self.lanes: dict[tuple[str, int], int] = {}
        """Lanes in the order in which they were first seen: the last word between contacts that are due."""
        self.next_id = 1

    @rule(
        rows=st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from([0, 1, 4, 7, 9, 104]), st.none() | st.floats(0, 60)),
            max_size=8,
        )
    )
    def load(self, rows: list[tuple[str, int, float | None]]) -> None:
        new = []
        for campaign, zones, delay in rows:
            at = None if delay is None else self.now + delay
            new.append(contact(self.next_id, campaign=campaign, zones=zones, next_at=at))
            self.lanes.setdefault((campaign, zones), len(self.lanes))
            self.waiting[self.next_id] = (campaign, zones, FRESH if at is None else at, "")
            self.next_id += 1
        self.queue.load(new, self.now)

    @rule(hours=st.floats(0, 30))
    def pass_time(self, hours: float) -> None:
        self.now += hours
        for campaign in "ab":  # a crowd falls due in steps; the model knows no steps
            while (at := self.queue.next_change(campaign, self.now)) is not None and at <= self.now:
                pass

    @rule(campaign=st.sampled_from("ab"))
    def pick(self, campaign: str) -> None:
        ready = [
            (window(zones, self.now)[1], *((1, 0, 0.0) if at == FRESH else (0, self.lanes[name, zones], at)), id)
            for id, (name, zones, at, _) in self.waiting.items()
            if name == campaign and at <= self.now and window(zones, self.now)[0]
        ]
        picked = self.queue.pick(campaign, self.now)
        assert picked == (min(ready)[-1] if ready else None)
        if picked is not None:
            name, zones, *_ = self.waiting.pop(picked)
            self.out[picked] = (name, zones)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), delay=st.floats(0, 40), how=st.sampled_from(["retry", "gap", "zone", "back", "gone"]))
    def return_one(self, data: st.DataObject, delay: float, how: str) -> None:
        id = data.draw(st.sampled_from(sorted(self.out)))
        campaign, zones = self.out.pop(id)
        at = self.now + delay
        if how == "retry":
            self.queue.retry(id, at, 1)
        elif how == "back":
            at = -math.inf
            self.queue.give_back(id)
        elif how != "gone":
            self.queue.hold(id, at, how)
        if how != "gone":
            self.waiting[id] = (campaign, zones, at, how if how in ("gap", "zone") else "")

    @invariant()
    def counts_agree(self) -> None:
        assert len(self.queue) == len(self.waiting)
        for campaign in "ab":
            mine = [(zones, at, why) for name, zones, at, why in self.waiting.values() if name == campaign]
            due = [window(zones, self.now)[0] for zones, at, _ in mine if at <= self.now]
            counts = self.queue.counts(campaign, self.now)
            assert counts.ready == sum(due)
            assert counts.retry == sum(1 for _, at, why in mine if at > self.now and not why)
            held = {code: count for code, count, _ in counts.holds}
            assert held.get(HOURS, 0) == len(due) - sum(due)
            for reason in ("gap", "zone"):
                assert held.get(reason, 0) == sum(1 for _, at, why in mine if at > self.now and why == reason)
            assert counts.held == sum(held.values())

    @invariant()
    def next_change_is_never_late(self) -> None:
        for campaign in "ab":
            times = []
            for name, zones, at, _ in self.waiting.values():
                is_open, until = window(zones, self.now)
                if name == campaign and (at > self.now or not is_open):
                    times.append(at if at > self.now else until)
            expected = min((t for t in times if t < math.inf), default=None)
            assert self.queue.next_change(campaign, self.now) == expected


Model.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestModel = Model.TestCase


def test_a_new_list_is_loaded_column_by_column() -> None:
    """Contacts of a list that has just come in are those that ``load`` would have made, one by one."""
    places = [3, 5, 3, 3, 5]
    ids = {3: array("I", [4, 6, 7]), 5: array("I", [5, 8])}
    numbers, facts = array("Q", range(100, 105)), array("I", [1, 1, 2, 1, 1])
    new = NewContacts(4, numbers, array("I", places), facts, ids)
    one_by_one, at_once = CallQueue(lambda *_: (True, math.inf)), CallQueue(lambda *_: (True, math.inf))
    old = [QueuedContact(i, 99, "spring", 3, 1, ContactStatus.PENDING, 0, None) for i in (1, 2)]
    for queue in (one_by_one, at_once):
        queue.load(old, 0.0)
    for id, place, fact in zip(range(4, 9), places, facts, strict=True):
        one_by_one.load([QueuedContact(id, 96 + id, "spring", place, fact, ContactStatus.PENDING, 0, None)], 0.0)
    at_once.load_new("spring", new, 0.0)
    assert len(one_by_one) == len(at_once) == 7
    order = [one_by_one.pick("spring", 0.0) for _ in range(8)]
    assert order == [at_once.pick("spring", 0.0) for _ in range(8)]
    assert [one_by_one.row(i) for i in order if i] == [at_once.row(i) for i in order if i]
    with pytest.raises(ValueError, match="in the queue already"):
        at_once.load_new("spring", new, 0.0)
