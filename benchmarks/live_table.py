"""The live call table under load: our Line-API widget, and Textual's DataTable doing the same with a tenth of the rows.

A headless app of 160x45 takes 500 changes a second (one in ten to a row on the screen, one in ten a row that comes or
goes) and flushes five times a second; then the same with about ten key presses a second. Real time passes: Textual
knows no other.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from statistics import quantiles
from typing import NamedTuple

import dialconsole.console  # noqa: F401 (before Textual, as in the program: it sets the frame rate)

# isort: split
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from benchmarks.row import Row
from dialconsole.console.render.call import CALL_COLUMNS, call_row
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.outcome import CallPhase
from dialconsole.model.view import CallView

ROWS = 100_000
DATATABLE_ROWS = 10_000
UPDATES_PER_S = 500
FLUSH_S = 0.2
KEY_S = 0.1
START = 1_772_551_000.0


class Measured(App[None]):
    """An app that tells when a key press has reached the screen."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.calls = {f"att_{n}": a_call(n) for n in range(rows)}
        self.waits: list[float] = []
        self._pressed = 0.0
        self._cursor_then: object = None

    def cursor(self) -> object:
        raise NotImplementedError

    def load(self) -> None:
        raise NotImplementedError

    def change(self, call_id: str, call: CallView | None) -> None:
        raise NotImplementedError

    def flush(self, now: float) -> None:
        raise NotImplementedError

    def press(self, key: str) -> None:
        self._pressed, self._cursor_then = time.perf_counter(), self.cursor()
        self.post_message(events.Key(key, None))

    def post_display_hook(self) -> None:
        if self._pressed and self.cursor() != self._cursor_then:
            self.waits.append(time.perf_counter() - self._pressed)
            self._pressed = 0.0


class OnLiveTable(Measured):
    def compose(self) -> ComposeResult:
        self.table = LiveTable(CALL_COLUMNS, call_row)
        yield self.table

    def cursor(self) -> object:
        return self.table.cursor_id

    def load(self) -> None:
        self.table.sort_by(lambda _, call: call.claimed_at, column="for", reverse=True)
        self.table.replace_all(self.calls.items())
        self.table.flush(START)

    def change(self, call_id: str, call: CallView | None) -> None:
        if call is None:
            self.table.discard(call_id)
        else:
            self.table.put(call_id, call)

    def flush(self, now: float) -> None:
        self.table.flush(now)

    def on_screen(self) -> list[str]:
        return self.table.visible_ids()


class OnDataTable(Measured):
    """Changes are collected and written five times a second, which is the kindest way to use it."""

    def compose(self) -> ComposeResult:
        self.table = DataTable[str](cursor_type="row")
        yield self.table

    def cursor(self) -> object:
        return self.table.cursor_row

    def load(self) -> None:
        table = self.table
        for column in CALL_COLUMNS:
            table.add_column(column.title, key=column.key, width=column.width)
        for call_id, call in self.calls.items():
            table.add_row(*(cell.text for cell in call_row(call_id, call, START)), key=call_id)
        self._changed: dict[str, CallView | None] = {}

    def change(self, call_id: str, call: CallView | None) -> None:
        self._changed[call_id] = call

    def flush(self, now: float) -> None:
        table = self.table
        for call_id, call in self._changed.items():
            known = call_id in table.rows
            if call is None and known:
                table.remove_row(call_id)
            elif call is not None and known:
                for column, cell in zip(CALL_COLUMNS, call_row(call_id, call, now), strict=True):
                    table.update_cell(call_id, column.key, cell.text)
            elif call is not None:
                table.add_row(*(cell.text for cell in call_row(call_id, call, now)), key=call_id)
        self._changed.clear()

    def on_screen(self) -> list[str]:
        return list(self.calls)[:40]


def a_call(n: int, phase: CallPhase = CallPhase.RINGING) -> CallView:
    return CallView(
        id=f"att_{n}",
        number=f"+1212555{100 + n % 100:04}",
        name=f"Contact {n}",
        campaign="reminders",
        trunk="main",
        attempt_no=1,
        max_attempts=3,
        phase=phase,
        since=START - n % 60,
        claimed_at=START - n / 100,
        zones=("America/New_York",),
        due=START + 20,
    )


def changes(app: OnLiveTable | OnDataTable, seed: int = 1) -> Iterator[tuple[str, CallView | None]]:
    """Changes without end: 80 % any row, 10 % a row on the screen, 5 % a new one, 5 % one that goes."""
    dice = random.Random(seed)
    known = list(app.calls)
    phases = list(CallPhase)
    fresh = len(known)
    while True:
        kind = dice.random()
        if kind < 0.05:
            known.append(f"att_{fresh}")
            yield f"att_{fresh}", a_call(fresh)
            fresh += 1
        elif kind < 0.1:
            place = dice.randrange(len(known))
            known[place], known[-1] = known[-1], known[place]
            yield known.pop(), None
        else:
            among = app.on_screen() if kind < 0.2 else known
            call_id = dice.choice(among)
            yield call_id, a_call(int(call_id[4:]), dice.choice(phases))


class Figures(NamedTuple):
    load_s: float
    cpu: float
    """Share of a core with changes and flushes, nobody touching a key."""
    waits_s: list[float]
    """Key press to paint, with changes and flushes going on."""


async def measure(make: Callable[[], OnLiveTable | OnDataTable], seconds: float, keys: int) -> Figures:
    """Load, run ``seconds`` without keys for the CPU share, then with so many keys for their delay.

    The 95th percentile is Textual's own frame clock: a key that comes right after a flush waits for up to two frames.
    """
    app = make()
    async with app.run_test(size=(160, 45)) as pilot:
        began = time.perf_counter()
        app.load()
        await pilot.pause()
        loaded = time.perf_counter() - began
        feed = changes(app)
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(change(app, feed, seconds), flush(app, seconds))
        share = (time.process_time() - cpu) / (time.perf_counter() - wall)
        seconds = keys * KEY_S
        await asyncio.gather(change(app, feed, seconds), flush(app, seconds), press(app, seconds))
        return Figures(loaded, share, app.waits)


async def change(app: OnLiveTable | OnDataTable, feed: Iterator[tuple[str, CallView | None]], seconds: float) -> None:
    """Changes by the clock: a slow app gets no fewer of them."""
    began, done = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds:
        for call_id, call in islice(feed, int(passed * UPDATES_PER_S) - done):
            app.change(call_id, call)
            done += 1
        await asyncio.sleep(0.02)


async def flush(app: OnLiveTable | OnDataTable, seconds: float) -> None:
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        app.flush(START + passed)
        await asyncio.sleep(FLUSH_S)


async def press(app: OnLiveTable | OnDataTable, seconds: float) -> None:
    """Keys at moments that have nothing to do with the flushes, as a person's have nothing."""
    began, dice, pressed = time.perf_counter(), random.Random(2), 0
    while time.perf_counter() - began < seconds:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * KEY_S)
        app.press("up" if pressed // 20 % 2 else "down")
        pressed += 1


def run() -> list[Row]:
    """Ours with 100,000 rows, DataTable with 10,000 and half as long."""
    ours = asyncio.run(measure(lambda: OnLiveTable(ROWS), 4.0, keys=60))
    theirs = asyncio.run(measure(lambda: OnDataTable(DATATABLE_ROWS), 2.0, keys=30))
    beside = f"DataTable, {DATATABLE_ROWS:,} rows"
    (our_p50, our_p95), (their_p50, their_p95) = _percentiles(ours.waits_s), _percentiles(theirs.waits_s)
    what = f"live table, {ROWS:,} rows, {UPDATES_PER_S}/s"
    return [
        Row(f"{what}: CPU", ours.cpu * 100, "% of a core", "<= 8", theirs.cpu * 100, beside),
        Row(f"{what}: key to paint p50", our_p50, "ms", "", their_p50, beside),
        Row(f"{what}: key to paint p95", our_p95, "ms", "<= 30", their_p95, beside),
        Row(f"{what}: load and show", ours.load_s * 1000, "ms", "<= 1000", theirs.load_s * 1000, beside),
    ]


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    cuts = quantiles(seconds, n=20)
    return cuts[9] * 1000, cuts[18] * 1000
