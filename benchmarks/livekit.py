"""What a LiveKit call costs the engine: processor time, loop lag, memory, API calls, over the tests' fake server.

The server runs in a process of its own, as the real one does; the calls are real HTTP with the official client. The
baseline is that client alone, making the same requests one after the other with nothing around them.
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
    lags: list[float] = []
    ticker = asyncio.create_task(_lag_ms(lags))
    mix = await _cost(backend, MIX, first=0)
    answered = await _cost(backend, ANSWERED, first=CALLS)
    ticker.cancel()
    await backend.close()
    alone_ms = await _client_alone(url)
    beside = "its requests alone, with the same client"
    return [
        Row("LiveKit call, one in four answered: CPU", mix.cpu_ms, "ms", "<= 3", alone_ms * mix.requests, beside),
        Row("  answered, 12 s: CPU", answered.cpu_ms, "ms", "", alone_ms * answered.requests, beside),
        Row(f"  loop lag, {AT_ONCE} calls at once, p99", quantiles(lags, n=100)[98], "ms", "<= 10"),
        Row("  API calls a call, beside looks", answered.requests - answered.looks, "", "<= 6"),
        Row("  looks at an answered call of 12 s", answered.looks, ""),
    ]


class Cost(NamedTuple):
    """Of one call on the average."""

    cpu_ms: float
    requests: float
    looks: float


async def _cost(backend: LiveKitBackend, digits: Sequence[str], first: int) -> Cost:
    before, cpu = Counter(backend.requests), time.process_time()
    ends = await _calls(backend, digits, CALLS, first, spread_s=0.05)
    cpu_ms = (time.process_time() - cpu) * 1e3 / CALLS
    made = Counter(backend.requests) - before
    expected = Counter(_OUTCOMES[digits[n % len(digits)]] for n in range(CALLS))
    assert ends == expected, ends
    return Cost(cpu_ms, sum(made.values()) / CALLS, made["list_participants"] / CALLS)


_OUTCOMES = {"10": "answered", "14": "busy", "21": "no_answer"}


async def _client_alone(url: str, each: int = 10) -> float:
    """Milliseconds of processor time for one request of the official client, as many at once as there are calls."""
    client = Server(Access(url, KEY, SECRET))
    client.enter("nobody")
    await client.look("nobody")

    async def look() -> None:
        for _ in range(each):
            await client.look("nobody")

    cpu = time.process_time()
    await asyncio.gather(*(look() for _ in range(AT_ONCE)))
    spent = (time.process_time() - cpu) * 1e3 / (each * AT_ONCE)
    await client.close()
    return spent


async def _memory(url: str) -> Row:
    backend = backend_at(url)
    quarter = MANY // 4
    await _calls(backend, MANY_MIX, quarter, first=0)
    before = resident_mib()
    await _calls(backend, MANY_MIX, MANY - quarter, first=quarter)
    grown = resident_mib() - before
    assert len(backend) == 0
    await backend.close()
    return Row(f"LiveKit, {MANY:,} calls: memory grown after the first quarter", grown, "MiB", "<= 5")


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def run() -> list[Row]:
    with server(ORDINARY) as url:
        rows = asyncio.run(_ordinary(url))
    with server(BRIEF) as url:
        rows.append(asyncio.run(_memory(url)))
    return rows
