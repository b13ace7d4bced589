"""The do-not-call registry: what a look-up costs, in time and memory, and how fast a registry is built from text.

The look-ups are asked of a registry as large as the FTC's: ``NUMBERS`` random numbers over 400 area codes. Its bits are
written directly, because the text of 250 million numbers would take a minute to make; the text that is imported is a
part of it (``LINES``), with as many lines an area code. Beside it a Python set, built by the plainest loop over the
same lines, and an sqlite table of ``IN_SQLITE`` numbers. Memory is that of a fresh process that opens a registry and
asks it 100,000 times.
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.row import Row
from dialconsole.compliance.registry.bitwriter import BitWriter
from dialconsole.compliance.registry.folder import commit, import_lock, part_path
from dialconsole.compliance.registry.header import Header, Kind
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.compliance.registry.registry import Registry

NUMBERS = 250_000_000
CODES = range(201, 601)
LINES = 10_000_000
IN_SQLITE = 2_000_000
QUESTIONS = 100_000
OBTAINED = date(2026, 11, 20)
AT = datetime(2026, 11, 22, tzinfo=UTC).timestamp()

_FRESH = """
import json, sys, time
from pathlib import Path
from dialconsole.compliance.registry.registry import Registry
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
folder, at, first = Path(sys.argv[1]), float(sys.argv[2]), 12_010_000_000
before = resident()
begin = time.perf_counter()
registry = Registry.open(folder)
opened = time.perf_counter() - begin
for n in range(100_000):
    registry.lookup(first + n * 39_989, at)
print(json.dumps({"opened": opened, "resident": resident() - before}))
"""


def large_registry(folder: Path) -> Header:
    """``NUMBERS`` random numbers, without their text."""
    rng = np.random.default_rng(1)
    drawn = round(-(10**7) * math.log1p(-NUMBERS / len(CODES) / 10**7))  # some are drawn twice
    with import_lock(folder):
        writer = BitWriter(part_path(folder, "national"))
        for code in CODES:
            writer.add(code * 10**7 + np.sort(rng.integers(0, 10**7, drawn)))
        survey, stamp = writer.finish(0)
        writer.close()
        header = Header(
            list="national",
            version=1,
            kind=Kind.FULL,
            san=None,
            obtained=OBTAINED,
            everywhere=False,
            counts=survey.counts,
            sources=(),
            sha256=survey.sha256,
            stamp=stamp,
        )
        commit(folder, header)
    return header


def full_list(path: Path) -> None:
    """``LINES`` lines as the FTC writes them, sorted, with as many an area code as in the large registry."""
    each = NUMBERS // len(CODES)
    lines = sorted(random.Random(1).sample(range(10**7), each))
    text = "".join(f"AAA,{line:07}\n" for line in lines)
    with path.open("w", encoding="ascii") as file:
        for code in CODES[: LINES // each]:
            file.write(text.replace("AAA", str(code)))


def plain_set(path: Path) -> set[int]:
    with path.open(encoding="ascii") as file:
        return {int(line[:3] + line[4:]) for line in file}


def sqlite_table(path: Path, numbers: Iterable[int]) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE registry (number INTEGER PRIMARY KEY) WITHOUT ROWID")
    connection.executemany("INSERT OR IGNORE INTO registry VALUES (?)", ((number,) for number in sorted(numbers)))
    connection.commit()
    return connection


def nanoseconds(asking: Callable[[list[int]], None], numbers: list[int]) -> float:
    begin = time.perf_counter_ns()
    asking(numbers)
    return (time.perf_counter_ns() - begin) / len(numbers)


def build_rates(folder: Path) -> tuple[float, float, set[int]]:
    """Lines a second from text to a registry on disk, and to a set; and that set."""
    path = folder / "full.txt"
    full_list(path)
    begin = time.perf_counter()
    header = import_registry(folder / "built", [path], obtained=OBTAINED)
    ours = header.rows / (time.perf_counter() - begin)
    begin = time.perf_counter()
    numbers = plain_set(path)
    plain = header.rows / (time.perf_counter() - begin)
    assert header.numbers == len(numbers)
    return ours, plain, numbers


def look_ups(folder: Path, numbers: set[int]) -> tuple[float, float, float]:
    """Nanoseconds of a warm look-up: the large registry, the set, sqlite; interleaved, the best of seven rounds."""
    chance = random.Random(2)
    registry = Registry.open(folder / "large")
    asked = [10**10 + chance.choice(CODES) * 10**7 + chance.randrange(10**7) for _ in range(QUESTIONS)]
    in_set = [number - 10**10 for number in asked]

    def ask_registry(numbers: list[int]) -> None:
        for number in numbers:
            registry.lookup(number, AT)

    def ask_set(asked: list[int]) -> None:
        for number in asked:
            number in numbers  # noqa: B015

    def ask_sqlite(numbers: list[int]) -> None:
        for number in numbers:
            table.execute("SELECT 1 FROM registry WHERE number = ?", (number,)).fetchone()

    with closing(sqlite_table(folder / "table.db", islice(numbers, IN_SQLITE))) as table:
        rounds = [
            (nanoseconds(ask_registry, asked), nanoseconds(ask_set, in_set), nanoseconds(ask_sqlite, in_set[:10_000]))
            for _ in range(7)
        ]
    registry.close()
    ours, plain, sqlite = (min(column) for column in zip(*rounds, strict=True))
    return ours, plain, sqlite


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rate, plain_rate, numbers = build_rates(folder)
        header = large_registry(folder / "large")
        ours, in_set, sqlite = look_ups(folder, numbers)
        fresh = subprocess.run(
            [sys.executable, "-c", _FRESH, str(folder / "large"), str(AT)], capture_output=True, text=True, check=True
        )
    seen = json.loads(fresh.stdout)
    large, set_mb = f"{header.numbers / 1e6:.0f}M numbers", sys.getsizeof(numbers) / 1e6 + len(numbers) * 32 / 1e6
    return [
        Row(f"registry of {large}: a look-up, warm", ours / 1000, "us", "<= 1.2", sqlite / 1000, "sqlite, 2M numbers"),
        Row("  the same", ours / 1000, "us", "", in_set / 1000, f"Python set, {len(numbers) / 1e6:.0f}M numbers"),
        Row("  resident memory it adds", seen["resident"], "MB", "<= 5", set_mb, "the set of 10M numbers"),
        Row("  opened", seen["opened"] * 1000, "ms", "<= 2"),
        Row(
            f"registry built from text, {LINES / 1e6:.0f}M lines",
            rate / 1e6,
            "M lines/s",
            ">= 2.5",
            plain_rate / 1e6,
            "int() of each line, into a set",
            bigger_is_better=True,
        ),
    ]
