"""The ledger on a million contacts: durable claims at speed, loading, a simulated call.

The baseline commits each change by itself on the event loop, which is what a program does that calls its database
directly; it shares file, schema and statements with ours, so only the group commit and the thread differ.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from pathlib import Path
from statistics import median, quantiles

from benchmarks.row import Row
from dialconsole.model.attempt import CallEvent, Claim, EventKind, Settlement
from dialconsole.model.contact import Contact, ZoneSource
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind
from dialconsole.store.changes import Changes
from dialconsole.store.opening import open_for_writing
from dialconsole.store.sqlite_ledger import SqliteLedger

CONTACTS = 1_000_000
PER_SECOND = 1_000
PACED_CALLS = 4_000
FLAT_CALLS = 4_000
ALONE = 5
"""The baseline makes a fifth of the calls: on the loop they take many times as long."""
CALLERS = 200
ARRIVING = 100_000
SIMULATED = 20_000

ZONES = (("America/New_York",), ("America/Chicago",), ("America/Denver", "America/Phoenix"))
STEPS = tuple(
    CallEvent(kind, 1_763_800_000.0, detail)
    for kind, detail in (
        (EventKind.ROOM, ""),
        (EventKind.AGENT_READY, ""),
        (EventKind.DIALING, "sip:main"),
        (EventKind.RINGING, "180 Ringing"),
        (EventKind.ENDED, "busy 486 Busy Here"),
    )
)

Call = Callable[[int], Awaitable[float]]
"""Records one call, claim to settlement; returns the loop's time at which its claim was durable."""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "ledger.db"
        return [*asyncio.run(_real(path)), asyncio.run(_simulated(Path(folder) / "simulated.db"))]


async def _real(path: Path) -> list[Row]:
    await _prepare(path)
    ledger = await SqliteLedger.open(path)
    load = await _seconds(_load(ledger))
    seqs = itertools.count(1)
    ours_ms, lag_ms = await _paced(lambda seq: _call(ledger, seq), PACED_CALLS, seqs)
    flat = await _flat(lambda seq: _call(ledger, seq), FLAT_CALLS, seqs)
    arrival = await _seconds(ledger.add_list("summer", "more.csv", "", 0.0, _contacts(ARRIVING)))
    await ledger.close()
    connection = open_for_writing(path, durable=True)
    alone = Changes(connection)
    theirs_ms, their_lag_ms = await _paced(lambda seq: _call_alone(alone, seq), PACED_CALLS // ALONE, seqs)
    their_flat = await _flat(lambda seq: _call_alone(alone, seq), FLAT_CALLS // ALONE, seqs)
    connection.close()
    pace, alone_on_loop = f"{PER_SECOND:,} calls/s on 1M contacts", "a commit for each change, on the loop"
    return [
        Row(f"durable claim, {pace}, p50", median(ours_ms), "ms", "", median(theirs_ms), alone_on_loop),
        Row(f"durable claim, {pace}, p99", _p99(ours_ms), "ms", "<= 5", _p99(theirs_ms), alone_on_loop),
        Row(f"event loop lag, {pace}, p99", _p99(lag_ms), "ms", "<= 5", _p99(their_lag_ms), alone_on_loop),
        Row("fdatasync of this disk, p50", _fdatasync_ms(path.parent), "ms"),
        Row("calls recorded flat out, 200 at once", flat, "1/s", "", their_flat, alone_on_loop, bigger_is_better=True),
        Row("load 1M contacts for the queue", load, "s", "<= 1.6"),
        Row("a list of 100k rows arrives beside 1M", arrival, "s"),
    ]


async def _prepare(path: Path) -> None:
    """A ledger of a million contacts, and a disk that has finished writing it."""
    ledger = await SqliteLedger.open(path, durable=False)
    await ledger.add_list("spring", "big.csv", "", 0.0, _contacts(CONTACTS))
    await ledger.close()
    await asyncio.to_thread(os.sync)


async def _simulated(path: Path) -> Row:
    ledger = await SqliteLedger.open(path, durable=False)
    await ledger.add_list("spring", "small.csv", "", 0.0, _contacts(SIMULATED))
    calls = [(_claim(seq, SIMULATED), _settlement(seq, SIMULATED)) for seq in range(1, SIMULATED + 1)]
    began = time.perf_counter()
    for claim, settlement in calls:
        await ledger.claim(claim)
        for step in STEPS:
            ledger.progress(claim.seq, step)
        await ledger.settle(settlement)
    await ledger.close()
    return Row("simulated call in the ledger", (time.perf_counter() - began) / SIMULATED * 1e6, "us", "<= 30")


# -- what is measured -------------------------------------------------------------------------------------------------


async def _call(ledger: SqliteLedger, seq: int) -> float:
    await ledger.claim(_claim(seq))
    durable_at = asyncio.get_running_loop().time()
    for step in STEPS:
        ledger.progress(seq, step)
    await ledger.settle(_settlement(seq))
    return durable_at


async def _call_alone(changes: Changes, seq: int) -> float:
    _commit(changes, lambda: changes.claim(_claim(seq)))
    durable_at = asyncio.get_running_loop().time()
    for step in STEPS:
        _commit(changes, lambda step=step: changes.progress(seq, step))  # type: ignore[misc]
    _commit(changes, lambda: changes.settle(_settlement(seq)))
    return durable_at


def _commit(changes: Changes, step: Callable[[], object]) -> None:
    changes.begin()
    step()
    changes.commit()


async def _paced(call: Call, count: int, seqs: Iterator[int]) -> tuple[list[float], list[float]]:
    """Milliseconds from when each call was due until its claim was durable; and the loop's lag meanwhile."""
    loop = asyncio.get_running_loop()
    waits: list[float] = []

    async def one(due: float) -> None:
        waits.append((await call(next(seqs)) - due) * 1e3)

    began = loop.time()
    ticker = asyncio.create_task(_lag(count / PER_SECOND))
    calls = []
    for i in range(count):
        due = began + i / PER_SECOND
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        calls.append(asyncio.create_task(one(due)))
    await asyncio.gather(*calls)
    return waits, await ticker


async def _lag(seconds: float) -> list[float]:
    """Milliseconds by which a timer of 5 ms comes late."""
    loop = asyncio.get_running_loop()
    end, late = loop.time() + seconds, []
    while (now := loop.time()) < end:
        await asyncio.sleep(0.005)
        late.append((loop.time() - now - 0.005) * 1e3)
    return late


async def _flat(call: Call, count: int, seqs: Iterator[int]) -> float:
    """Calls a second, claim to settlement, as fast as they go."""
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            await call(next(seqs))

    return count / await _seconds(asyncio.gather(*(caller() for _ in range(CALLERS))))


async def _load(ledger: SqliteLedger) -> None:
    loaded = 0
    async for block in ledger.queued():
        loaded += len(block)
    assert loaded == CONTACTS, loaded


def _fdatasync_ms(folder: Path) -> float:
    times = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(200):
            probe.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            times.append((time.perf_counter() - began) * 1e3)
    return median(times)


async def _seconds(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


# -- samples ----------------------------------------------------------------------------------------------------------


def _contacts(count: int) -> Iterator[Contact]:
    """In no order, as in real lists. Area codes begin with 1, so none of these numbers exists."""
    for i in range(count):
        number = f"+11{i * 387_420_489 % 999_999_937:09}"
        yield Contact(i + 2, number, f"Jane Doe {i}", ZONES[i % 3], ZoneSource.NUMBER, {"ref": f"A{i}"})


def _contact_of(seq: int, contacts: int) -> int:
    """Contacts in an order that jumps about the file, as retries and lanes do."""
    return seq * 7_919 % contacts + 1


def _claim(seq: int, contacts: int = CONTACTS) -> Claim:
    return Claim(
        seq, f"0a1b2c3d-{seq:08}", _contact_of(seq, contacts), "+11000000000", "spring", "main", "+12125550199", 1,
        1_763_800_000.0 + seq, _verdict(seq),
    )  # fmt: skip


def _settlement(seq: int, contacts: int = CONTACTS) -> Settlement:
    return Settlement(
        seq, _contact_of(seq, contacts), Outcome.BUSY, ContactStatus.RETRY, 1, 1_763_800_040.0 + seq,
        dialed_at=1_763_800_002.0 + seq, next_at=1_763_800_900.0, sip_code=486, sip_reason="Busy Here",
        reasons=("Busy; called again in 15 minutes.",),
    )  # fmt: skip


def _verdict(seq: int) -> Verdict:
    zones = ZONES[seq % 3]
    return Verdict(VerdictKind.CLEAR, _checks(zones, seq // 100 % 60), zones, 1_763_800_000.0 + seq)


@lru_cache
def _checks(zones: tuple[str, ...], minute: int) -> tuple[CheckResult, ...]:
    """The words of the checks, kept as the gate keeps them."""
    sentences = (
        (CheckName.NUMBER, "A valid number of a kind that is called (fixed line or mobile)."),
        (CheckName.CAMPAIGN, "The campaign is running."),
        (CheckName.OPTOUT, "Not on the do-not-call list."),
        (CheckName.ATTEMPTS, "Attempt 1 of 3."),
        (CheckName.HOURS, f"Within 09:00-20:00 in {zones[0]}; it is 11:{minute:02} there."),
        (CheckName.GAP, "No call to this number in the last 15 minutes, by any campaign."),
    )
    return tuple(CheckResult(name, VerdictKind.CLEAR, "ok", sentence) for name, sentence in sentences)
