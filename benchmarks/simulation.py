"""A 12-hour day of 100,000 calls with gate, limiter and ledger all on; beside it, what an empty loop would take.

Runs in a process of its own so that the peak of memory is its own.
"""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

CONTACTS = 60_000
CALLS = 100_000

_RUN = """
import json, resource, sys
from datetime import datetime, UTC
import msgspec
from dialconsole.engine.simulate import SimulationPlan, simulate
report = simulate(SimulationPlan(
    lists=(sys.argv[1],), workspace=sys.argv[2], seed=1,
    start=datetime(2026, 3, 3, 13, tzinfo=UTC), hours=12, calls_per_minute=150, concurrency=600,
))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(msgspec.to_builtins(report) | {"peak_mib": peak}))
"""


def write_list(path: Path, contacts: int) -> None:
    """Fictional numbers run out at 100 an area code, so these are made up whole: nothing here can dial."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("phone", "name"))
        for i in range(contacts):
            out.writerow((f"+1212{2_000_000 + i * 97:07d}", f"Person {i}"))


def empty_loop(calls: int) -> float:
    """Seconds for the same number of calls as five sleeps each on the same virtual loop: the floor."""
    from dialconsole.clock import run_virtual

    async def call() -> None:
        for _ in range(5):
            await asyncio.sleep(10)

    async def main() -> None:
        tasks: set[asyncio.Task[None]] = set()
        for _ in range(calls):
            task = asyncio.create_task(call())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(0.43)

    before = time.perf_counter()
    run_virtual(main)
    return time.perf_counter() - before


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(path, CONTACTS)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(path), str(Path(folder) / "workspace")],
            capture_output=True,
            text=True,
            check=True,
        )
    report = json.loads(done.stdout)
    floor = empty_loop(CALLS)
    attempts, wall = report["attempts"], report["wall_seconds"]
    per_100k = wall / attempts * 100_000
    return [
        Row(f"simulated day, {attempts:,} calls: per 100,000", per_100k, "s", "<= 12", floor, "five sleeps a call"),
        Row("  calls a second", attempts / wall, "/s"),
        Row("  peak memory", report["peak_mib"], "MiB"),
    ]
