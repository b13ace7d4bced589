"""Who of a million contacts may be called, and why not the others; beside asking the gate about each.

The contacts live in three hundred area codes, a hundred in each exchange; a tenth is on the national registry, a
twentieth on the do-not-call list, a twentieth waits for its next attempt. How long the event loop is kept from its
other work is measured meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.row import Row
from dialconsole.clock import LoopClock
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.compliance.zones import zones_of_number
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.safeguards import Safeguards, proposed
from dialconsole.engine.standing import Day, Standing
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.store.ledger import QueuedContact

CONTACTS = 1_000_000
ASKED_ONE_BY_ONE = 20_000
AREA_CODES = 300
NOW = datetime(2026, 3, 3, 15, 10, tzinfo=UTC)
"""A Tuesday, 10:10 in New York: the Pacific is still closed."""

DAY = 86_400.0


def numbers() -> list[int]:
    """Of exchanges that are in use, a hundred each."""
    codes = [code for code in range(201, 990) if zones_of_number(int(f"1{code}5550100")).callable][:AREA_CODES]
    per_code = CONTACTS // len(codes) // 100 + 1
    found: list[int] = []
    for code in codes:
        exchanges = (n for n in range(200, 1000) if zones_of_number(int(f"1{code}{n}0100")).callable)
        for _, exchange in zip(range(per_code), exchanges, strict=False):
            found += range(int(f"1{code}{exchange}0000"), int(f"1{code}{exchange}0100"))
    random.Random(1).shuffle(found)
    return found[:CONTACTS]


class Bench:
    """A floor on which nobody dials."""

    def __init__(self, folder: Path, clock: LoopClock, all_numbers: list[int]) -> None:
        chance = random.Random(2)
        self.clock = clock
        self.safeguards = Safeguards(folder, ())
        self.safeguards.book.load()
        self.safeguards.history.keep_s = self.safeguards.book.longest_window_s
        self.gate = self.safeguards.gate
        self.queue = CallQueue(self._opening)
        self.places: dict[int, Place] = {}
        self.facts = {
            1: ContactFacts(ConsentBasis.WRITTEN),
            2: ContactFacts(ConsentBasis.UNKNOWN),
            3: ContactFacts(ConsentBasis.ORAL, last_purchase=NOW.timestamp() - 90 * DAY),
        }
        self.campaigns = {"spring": Campaign(name="spring", trunk="main", purpose=Purpose.SURVEY, voice=Voice.HUMAN)}
        self.standings = {"spring": Standing()}
        self.standings["spring"].total = len(all_numbers)
        self.halted: dict[str, int] = {}
        self.trunks = {"main": Trunk(name="main")}
        self.moves = 0
        self.day = Day("America/New_York")
        self.ledger: Any = SimpleNamespace()
        now = NOW.timestamp()
        states = [place for place in self.safeguards.book.places if place.startswith("US-")]
        keys: dict[int, int] = {}
        contacts = []
        for id, number in enumerate(all_numbers, 1):
            code = number // 10**7
            if code not in keys:
                keys[code] = len(keys) + 1
                zones = zones_of_number(number).zones
                self.places[keys[code]] = Place(zones, (states[code % len(states)],))
            waits = chance.random() < 0.05
            after = chance.choice((900.0, 7200.0, 7200.0, DAY))  # busy, no answer, voicemail
            status, due = (
                (ContactStatus.RETRY, now + chance.random() * after) if waits else (ContactStatus.PENDING, None)
            )
            contacts.append(
                QueuedContact(id, number, "spring", keys[code], chance.randint(1, 3), status, int(waits), due)
            )
            if waits:
                self.safeguards.claimed(number, now - chance.random() * DAY)
        self.contacts = contacts
        self.queue.load(contacts, now)
        self.safeguards.opt_outs.load(
            OptOut(f"+{number}", OptOutSource.IMPORT, "bench", "bench", now) for number in all_numbers[::20]
        )
        self.dialable = self.new()

    def new(self) -> Dialable:
        """One that has not looked yet."""
        return Dialable(self, self.queue, self.places, self.facts)  # type: ignore[arg-type]

    def _opening(self, campaign: str, place: int, now: float) -> tuple[bool, float]:
        opening = self.safeguards.opening(self.campaigns[campaign], self.places[place], now)
        return opening.open, opening.until

    def one_by_one(self) -> float:
        """Seconds to ask the gate about each of some contacts, scaled to all of them."""
        doc, now = self.campaigns["spring"], NOW.timestamp()
        begin = time.perf_counter()
        for one in self.contacts[:ASKED_ONE_BY_ONE]:
            call = proposed(
                doc,
                CampaignState.RUNNING,
                one.number,
                self.places[one.place],
                self.facts[one.facts],
                one.attempts,
                self.trunks["main"],
            )
            self.gate.judge(call, now)
        return (time.perf_counter() - begin) / ASKED_ONE_BY_ONE * len(self.contacts)


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    begin = time.perf_counter()
    await work()
    return time.perf_counter() - begin


async def longest_stretch(work: Callable[[], Awaitable[object]]) -> float:
    """How long the loop is kept from its other work at worst. Seconds of the processor.

    Apart from ``seconds``, because watching each turn of the loop takes its share.
    """
    turns: list[float] = []

    async def watch() -> None:
        while True:
            begin = time.thread_time()
            await asyncio.sleep(0)
            turns.append(time.thread_time() - begin)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.01)
    turns.clear()
    await work()
    watching.cancel()
    return max(turns)


def registry_of(folder: Path, all_numbers: list[int]) -> Path:
    listed = folder / "listed.txt"
    listed.write_text("".join(f"{n // 10**7 - 1000},{n % 10**7:07}\n" for n in all_numbers[::10]))
    import_registry(folder / "registry", [listed], obtained=NOW.date())
    return folder / "registry"


async def measure(folder: Path) -> list[Row]:
    all_numbers = numbers()
    bench = Bench(registry_of(folder, all_numbers), LoopClock(NOW), all_numbers)
    beside = bench.one_by_one()
    gc.collect()
    gc.freeze()  # the million contacts of this module's own are none of the engine's
    first = await seconds(lambda: bench.dialable.report("spring"))
    again = []
    for _ in range(3):
        bench.moves += 1  # a call began
        again.append(await seconds(lambda: bench.dialable.report("spring", fresh=True)))
    bench.dialable = bench.new()
    worst = await longest_stretch(lambda: bench.dialable.report("spring"))
    report = await bench.dialable.report("spring")
    assert report.open == CONTACTS and report.ready and report.today and report.refused
    gc.unfreeze()
    scaled = f"the gate for each ({ASKED_ONE_BY_ONE:,}, scaled)"
    return [
        Row(
            what="who of 1M contacts may be called, first look",
            ours=first,
            unit="s",
            aim="<= 1",
            baseline=beside,
            beside=scaled,
        ),
        Row(
            what="the same again after a call",
            ours=min(again),
            unit="s",
            aim="<= 1",
            baseline=bench.one_by_one(),
            beside=scaled,
        ),
        Row(what="the loop kept from other work at a time, at worst", ours=worst * 1000, unit="ms"),
    ]


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dialconsole-bench-") as folder:
        return asyncio.run(measure(Path(folder)))
