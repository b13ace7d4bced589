"""The next contact: a pick, and for most of them a put back as a retry, beside a list that is looked through."""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator

from benchmarks.row import Row
from dialconsole.engine.queue import CallQueue
from dialconsole.model.outcome import ContactStatus
from dialconsole.store.ledger import QueuedContact

CAMPAIGNS, CLASSES = 20, 60
PICKS = 20_000
BLOCK = 100


class _Listed:
    """A contact of a simple campaign manager."""

    def __init__(self, id: int, campaign: str, zones: int) -> None:
        self.id, self.campaign, self.zones = id, campaign, zones
        self.status, self.next_at, self.attempts = "pending", 0.0, 0


def _window(campaign: str, zones: int, now: float) -> tuple[bool, float]:
    return zones % 10 != 0, 36_000.0 + zones


def _contacts(count: int) -> Iterator[QueuedContact]:
    chance = random.Random(1)
    for id in range(1, count + 1):
        campaign = f"c{chance.randrange(CAMPAIGNS)}"
        number, place = 2_000_000_000 + id, chance.randrange(CLASSES)
        yield QueuedContact(id, number, campaign, place, 0, ContactStatus.PENDING, 0, None)


def _ours(count: int) -> tuple[float, float, float]:
    """Microseconds a pick (median of blocks), seconds to build, bytes a contact."""
    rows = list(_contacts(count))
    gc.collect()
    tracemalloc.start()
    queue = CallQueue(_window)
    queue.load(rows, 0.0)
    size = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()
    before = time.perf_counter()
    queue = CallQueue(_window)
    queue.load(rows, 0.0)
    built = time.perf_counter() - before
    del rows
    gc.collect()
    gc.freeze()
    times: list[float] = []
    now = 0.0
    names = [f"c{i}" for i in range(CAMPAIGNS)]
    for _ in range(min(PICKS, count // 2) // BLOCK):
        before = time.perf_counter()
        for i in range(BLOCK):
            now += 0.01
            contact = queue.pick(names[i % CAMPAIGNS], now)
            if contact is not None and i % 5 < 3:
                queue.retry(contact, now + 7200, 1)
        times.append((time.perf_counter() - before) / BLOCK * 1e6)
    gc.unfreeze()
    return statistics.median(times), built, size


def _crowd(count: int) -> float:
    """The 99th percentile, in ms, of the first thousand picks after everybody was held until the same instant."""
    queue = CallQueue(lambda campaign, zones, now: (True, 1e9 + zones))
    rows = (QueuedContact(id, id, "c", id % CLASSES, 0, ContactStatus.PENDING, 0, None) for id in range(1, count + 1))
    queue.load(rows, 0.0)
    while (contact := queue.pick("c", 0.0)) is not None:
        queue.hold(contact, 3600.0, "before_hours")
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(1000):
        before = time.perf_counter()
        queue.pick("c", 3600.0)
        times.append(time.perf_counter() - before)
    gc.unfreeze()
    return sorted(times)[989] * 1e3


def _scan(count: int, picks: int = 15) -> float:
    """Microseconds a pick of the list when half of it is done."""
    people = [_Listed(c.id, c.campaign, c.place) for c in _contacts(count)]
    for person in people[: count // 2]:
        person.status = "completed"
    times = []
    for i in range(picks):
        campaign = f"c{i % CAMPAIGNS}"
        before = time.perf_counter()
        for person in people:
            if (
                person.status in ("pending", "retry")
                and person.campaign == campaign
                and person.next_at <= 1.0
                and _window(campaign, person.zones, 1.0)[0]
            ):
                person.status = "calling"
                break
        times.append((time.perf_counter() - before) * 1e6)
    return statistics.median(times)


def run() -> list[Row]:
    rows: list[Row] = []
    for count in (10_000, 100_000, 1_000_000):
        pick, built, size = _ours(count)
        rows.append(Row(f"next contact of {count:,}", pick, "us", "<= 2", _scan(count), "scan of a list, half done"))
    rows.append(Row("  queue of 1,000,000: build", built, "s"))
    rows.append(Row("  memory a contact", size, "B"))
    rows.append(Row("  pick when 300,000 fall due at once, p99", _crowd(300_000), "ms"))
    return rows
