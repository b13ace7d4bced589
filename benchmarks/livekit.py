"""What a LiveKit call costs the engine: processor time, loop lag, memory, API calls, over the tests' fake server.

The server runs in a process of its own, as the real one does; the calls are real HTTP with the official client. The
baseline is that client alone, making as many requests at the same pace with nothing around them: a request that comes
alone costs a machine several times what it costs among hundreds.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from benchmarks.row import Row
from dialconsole.clock import LoopClock
from dialconsole.model.attempt import CallEvent
from dialconsole.model.campaign import LiveKitSettings
from dialconsole.telephony.backend import CallOrder
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.server import Server

AT_ONCE = 200
CALLS = 1_000
MANY = 20_000
KEY, SECRET = "devkey", "a-secret-of-more-than-thirty-two-bytes"
SETTINGS = LiveKitSettings(sip_trunk_id="ST_main", agent="caller", api_calls_per_minute=1_000_000)

_SERVE = """
from kit.livekit_cast import BUSY, Agent, Callee
from kit.twirp import serve
serve(lambda number: {callees}[number[-2:]], {agent})
"""

ORDINARY = {
    "callees": """{
        "10": Callee(rings_after_s=0.5, answers_after_s=2.0, stays_s=12.0),
        "14": Callee(rings_after_s=0.5, refusal=BUSY),
        "21": Callee(rings_after_s=0.5, answers_after_s=None),
    }""",
    "agent": "Agent(ready_after_s=0.4)",
}
"""A person for 12 s, of whom the agent says after 2.1 s that it is one; a busy line; nobody."""

BRIEF = {
    "callees": """{
        "10": Callee(rings_after_s=None, answers_after_s=0.02, stays_s=0.05),
        "14": Callee(rings_after_s=None, refusal=BUSY, refuses_after_s=0.02),
    }""",
    "agent": "Agent(ready_after_s=0.05)",
}
"""Over in a moment, for the sake of many."""

ANSWERED = ("10",)
MIX = ("10", "21", "14", "21")
"""One in four is reached, as on an ordinary day."""
MANY_MIX = ("10", "14", "14", "14")
RING_S = 8.0


BESIDE = "as many requests of the client alone, at that pace"


class Line:
    """An engine that agrees to everything."""

    async def turn(self) -> None:
        return None

    async def may_dial(self) -> bool:
        return True

    def event(self, event: CallEvent) -> None:
        return None


@contextmanager
def server(script: dict[str, str]) -> Iterator[str]:
    """The address of a fake LiveKit server in a process of its own."""
    tests = Path(__file__).parents[1] / "tests"
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(**script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tests)},
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def backend_at(url: str) -> LiveKitBackend:
    return LiveKitBackend(SETTINGS, Server(Access(url, KEY, SECRET)), LoopClock(datetime(2026, 3, 3, 15, tzinfo=UTC)))


def order(n: int, digits: str) -> CallOrder:
    number = f"+121255501{digits}"
    return CallOrder(f"att-{n}", number, "+12125550199", "reminders", "main", ring_timeout_s=RING_S)


async def _calls(
    backend: LiveKitBackend, digits: Sequence[str], count: int, first: int, spread_s: float = 0.0
) -> Counter[str]:
    """So many calls, ``AT_ONCE`` of them at a time, to each of ``digits`` in turn; what they came to."""
    numbers, ends = iter(range(first, first + count)), Counter[str]()

    async def place() -> None:
        for n in numbers:
            ends[(await backend.place(order(n, digits[n % len(digits)]), Line())).outcome.value] += 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(count, AT_ONCE)):
            tasks.create_task(place())
            await asyncio.sleep(spread_s)
    return ends


async def _lag_ms(samples: list[float], every_s: float = 0.005) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every_s
        await asyncio.sleep(every_s)
        samples.append((loop.time() - due) * 1e3)


async def _ordinary(url: str) -> list[Row]:
    backend = backend_at(url)
    await _calls(backend, MIX, 20, first=1_000_000)  # warm: imports, connections
    mix = await _cost(backend, MIX, first=0)
    answered = await _cost(backend, ANSWERED, first=CALLS)
    lags: list[float] = []
    ticker = asyncio.create_task(_lag_ms(lags))  # costs processor time itself
    await _cost(backend, MIX, first=2 * CALLS)
    ticker.cancel()
    await backend.close()
    alone_ms = [await _client_alone(url, cost) for cost in (mix, answered)]
    return [
        Row("LiveKit call, one in four answered: CPU", mix.cpu_ms, "ms", "<= 3", alone_ms[0], BESIDE),
        Row("  answered, 12 s: CPU", answered.cpu_ms, "ms", "", alone_ms[1], BESIDE),
        Row(f"  loop lag, {AT_ONCE} calls at once, p99", quantiles(lags, n=100)[98], "ms", "<= 10"),
        Row("  API calls a call, beside looks", answered.requests - answered.looks, "", "<= 6"),
        Row("  looks at an answered call of 12 s", answered.looks, ""),
    ]


class Cost(NamedTuple):
    """Of one call on the average."""

    cpu_ms: float
    requests: float
    looks: float
    calls_per_s: float


async def _cost(
    backend: LiveKitBackend, digits: Sequence[str], first: int, count: int = CALLS, spread_s: float = 0.05
) -> Cost:
    before, cpu, began = Counter(backend.requests), time.process_time(), time.perf_counter()
    ends = await _calls(backend, digits, count, first, spread_s)
    cpu_s, took_s = time.process_time() - cpu, time.perf_counter() - began
    made = Counter(backend.requests) - before
    expected = Counter(_OUTCOMES[digits[n % len(digits)]] for n in range(first, first + count))
    assert ends == expected, ends
    return Cost(cpu_s * 1e3 / count, sum(made.values()) / count, made["list_participants"] / count, count / took_s)


_OUTCOMES = {"10": "answered", "14": "busy", "21": "no_answer"}


async def _client_alone(url: str, cost: Cost, requests: int = 2_000) -> float:
    """Milliseconds of processor time that the official client takes for the requests of one such call, made at the
    pace of those calls."""
    client = Server(Access(url, KEY, SECRET))
    client.enter("nobody")
    await client.look("nobody")
    loop = asyncio.get_running_loop()
    cpu, began, per_s = time.process_time(), loop.time(), cost.requests * cost.calls_per_s
    async with asyncio.TaskGroup() as tasks:
        for n in range(requests):
            await asyncio.sleep(began + n / per_s - loop.time())
            tasks.create_task(client.look("nobody"))
    spent = (time.process_time() - cpu) * 1e3 * cost.requests / requests
    await client.close()
    return spent


async def _many(url: str) -> list[Row]:
    backend = backend_at(url)
    quarter = MANY // 4
    await _calls(backend, MANY_MIX, quarter, first=0)
    before = resident_mib()
    cost = await _cost(backend, MANY_MIX, quarter, MANY - quarter, spread_s=0.0)
    grown = resident_mib() - before
    assert len(backend) == 0
    await backend.close()
    alone_ms = await _client_alone(url, cost)
    busy = f"LiveKit call, {cost.calls_per_s:.0f} of them a second: CPU"
    return [
        Row(busy, cost.cpu_ms, "ms", "<= 3", alone_ms, BESIDE),
        Row(f"LiveKit, {MANY:,} calls: memory grown after the first quarter", grown, "MiB", "<= 5"),
    ]


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def run() -> list[Row]:
    with server(ORDINARY) as url:
        rows = asyncio.run(_ordinary(url))
    with server(BRIEF) as url:
        rows += asyncio.run(_many(url))
    return rows
