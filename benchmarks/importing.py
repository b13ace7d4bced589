"""A call list of 1,000,000 rows: from the file to contacts that could be dialed, in an engine that goes on.

Beside it what a simple program does with the same file and nothing else: ``csv`` and ``phonenumbers``, of whose rows a
tenth are read and the time is multiplied. The list is like those people have: numbers in four shapes, nine in ten of
them from the state of the address, one of as many ZIP codes as there are, a state, written consent of some day. The
numbers are random.
"""

from __future__ import annotations

import asyncio
import csv
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import phonenumbers

from benchmarks.row import Row
from dialconsole.clock import RealClock
from dialconsole.compliance.places.zips import zip_place
from dialconsole.engine.engine import Engine
from dialconsole.exchanges import ExchangeKind, exchange_kinds
from dialconsole.lists.number_shapes import LONGEST, NumberShapes
from dialconsole.lists.numbers import Number, NumberReader
from dialconsole.lists.table import of_rows
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.request.campaigns import CreateCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.request import Caller
from dialconsole.model.request.trunks import AddTrunk
from dialconsole.model.view import Role
from dialconsole.store.workspace import Workspace

ROWS = 1_000_000
ZIP_CODES = 41_000
"""In use in the United States: between 41,000 and 42,000."""
SHARE = 10
"""One row in so many is read by the baseline."""

SHAPES = ("{}{}{}", "({}) {}-{}", "+1{}{}{}", "{}-{}-{}")
FORMATS = (*SHAPES, "1{}{}{}", "{}.{}.{}", "+1 {} {} {}", "1-{}-{}-{}", "tel:+1-{}-{}-{}", " {} {}{} ")

AT_ONCE = 10_000
"""Numbers compared, of each of which both ways to read them are asked."""

LOOK_S = 0.001


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="dialconsole-bench-") as folder:
        path = Path(folder) / "list.csv"
        _write(path)
        seconds, lag, memory = asyncio.run(_imported(path, Path(folder) / "workspace"))
        baseline = _with_phonenumbers(path)
    return [
        Row("import 1,000,000 rows, file to dialable", seconds, "s", "<= 4", baseline, "csv + phonenumbers, no more"),
        Row("  loop lag p99 meanwhile", lag * 1000, "ms", "<= 5"),
        Row("  peak memory of the reader", memory, "MB"),
        Row("numbers that phonenumbers reads otherwise, of 1,000,000 in ten formats", _different(), "", "0"),
    ]


def _write(path: Path) -> None:
    rng = random.Random(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("phone", "name", "state", "zip", "consent", "consent_date"))
        writer.writerows(_people(rng))


def _people(rng: random.Random) -> Iterator[tuple[str, ...]]:
    from dialconsole.compliance.places.area_codes import area_code_of

    codes: dict[str, list[int]] = {}
    for code in range(200, 1000):
        found = area_code_of(10_000_000_000 + code * 10_000_000)
        for state in found.jurisdictions if found is not None else ():
            codes.setdefault(state, []).append(code)
    everywhere = [code for state, those in codes.items() if state.startswith("US-") for code in those]
    addresses = [
        (code, place.states[0])
        for code in (f"{number:05}" for number in range(100_000))
        if (place := zip_place(code, lost_zeros=False)) is not None and place.states and place.states[0] in codes
    ]
    addresses = rng.sample(addresses, ZIP_CODES)
    kinds = exchange_kinds()
    seen: set[tuple[int, int, int]] = set()
    while len(seen) < ROWS:
        zip_code, state = rng.choice(addresses)
        area = rng.choice(codes[state]) if rng.random() < 0.9 else rng.choice(everywhere)
        exchange, rest = rng.randrange(200, 1000), rng.randrange(10_000)
        number = (area, exchange, rest)
        if kinds[area * 1000 + exchange] != ExchangeKind.LINE or number in seen:
            continue
        seen.add(number)
        phone = rng.choice(SHAPES).format(area, exchange, f"{rest:04}")
        day = f"2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        name = f"{rng.choice(('Ana', 'Bo', 'Cy'))} {rng.choice(('Vega', 'Lee'))}"
        yield phone, name, state[3:], zip_code, "written", day


def _with_phonenumbers(path: Path) -> float:
    began = time.perf_counter()
    with path.open(newline="") as file:
        for line, row in enumerate(csv.reader(file)):
            if line and line % SHARE == 0:
                number = phonenumbers.parse(row[0], "US")
                if phonenumbers.is_valid_number(number):
                    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    with path.open(newline="") as file:
        read = time.perf_counter()
        for _ in csv.reader(file):
            pass
        reading = time.perf_counter() - read
    return (read - began - reading) * SHARE + reading


async def _imported(path: Path, workspace: Path) -> tuple[float, float, float]:
    """Seconds, the loop's lag that one turn in a hundred exceeds, and megabytes that the reader took at its most."""
    caller = Caller(user="bench", uid=-1, pid=0, role=Role.ADMIN)
    engine = await Engine.open(Workspace.create(workspace, at=0.0), RealClock(), dialing=True)
    lags: list[float] = []
    try:
        await engine.handle(AddTrunk(trunk=Trunk(name="main")), caller)
        await engine.handle(CreateCampaign(campaign=Campaign(name="big", trunk="main")), caller)
        watching = asyncio.create_task(_watch(lags))
        began = time.perf_counter()
        report = await engine.handle(ImportList(campaign="big", path=str(path)), caller)
        seconds = time.perf_counter() - began
        watching.cancel()
        assert report.list.contacts == len(engine.floor.queue) == ROWS
    finally:
        await engine.close()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, sorted(lags)[int(len(lags) * 0.99)], memory


async def _watch(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(LOOK_S)
        lags.append(time.perf_counter() - began - LOOK_S)


def _different() -> int:
    """Numbers of random digits, written in ten ways, that our readers and phonenumbers do not agree on."""
    rng, reader, shapes, different = random.Random(11), NumberReader("US"), NumberShapes(), 0
    for _ in range(0, ROWS, AT_ONCE):
        digits = [
            f"{rng.randrange(200, 1000)}{rng.randrange(100, 1000)}{rng.randrange(10_000):04}" for _ in range(AT_ONCE)
        ]
        cells = [rng.choice(FORMATS).format(one[:3], one[3:6], one[6:]) for one in digits]
        table = of_rows(range(AT_ONCE), [[cell] for cell in cells])
        assert table is not None
        at_once = shapes.read(*table.padded(0, LONGEST)).tolist()
        for cell, known, right in zip(cells, at_once, map(int, digits), strict=True):
            number = phonenumbers.PhoneNumber(country_code=1, national_number=right)
            expected = f"+1{right}" if phonenumbers.is_valid_number(number) else None
            found = reader.read(cell)
            different += (found.e164 if isinstance(found, Number) else None) != expected
            different += known != 0 and f"+{known}" != expected
    return different
