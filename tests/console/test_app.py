"""The app itself: beginning, end, a lost engine, a terminal that does not keep up."""

from __future__ import annotations

import asyncio
import queue
from types import SimpleNamespace
from typing import Any

import pytest

from console.driving import LARGE, SMALL, attached, console, text_on
from console.fake_engine import NOW, FakeEngine, call
from dialconsole.console.app import ConsoleApp, run_console
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.console.screens.too_small import TooSmall
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.control.port import Welcome
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase
from dialconsole.model.view import Kind, Role


async def test_an_engine_that_refuses_us_ends_the_console_with_its_sentence() -> None:
    """Nothing is drawn for a person who may not see it."""
    engine = FakeEngine()
    engine.refusal = Problem("uid 1005 has no role on this engine; an admin can grant one.")
    app = console(engine)
    await app.run_async(headless=True, size=SMALL)
    assert app.problem is engine.refusal
    assert app.return_code == 1
    assert not app.screen_stack


async def test_access_taken_away_ends_the_console_with_who_took_it() -> None:
    """Not "no engine, trying again" for ever: the engine is there, and does not want us. Nothing stays there."""
    async with attached() as driver:
        driver.engine.revoke("Your access to this engine was taken away by root; its calls go on.")
        await driver.settle()
        assert driver.app.problem is not None
        assert "taken away by root" in driver.app.problem.sentence
        assert driver.app.return_code == 1


async def first_picture(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, first_rows_s: float = 10) -> str:
    """What is drawn first of all."""
    app = ConsoleApp(engine, timers=False, first_rows_s=first_rows_s)
    pictures: list[str] = []

    def drawn() -> None:
        pictures.append(text_on(app))
        app.exit()

    monkeypatch.setattr(app, "post_display_hook", drawn)
    await app.run_async(headless=True, size=LARGE)
    return pictures[0]


async def test_the_first_picture_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not an empty frame, then the frame with words, then the rows: one picture, with what the engine told."""
    picture = await first_picture(FakeEngine(), monkeypatch)
    for told in ("clinic", "reminders", "main", "Ana López", "find"):
        assert told in picture


async def test_an_engine_that_takes_its_time_is_waited_for_with_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty terminal would look as if nothing had been started."""
    engine = FakeEngine()
    engine.connect = asyncio.Event().wait  # type: ignore[assignment,method-assign]
    assert "Waiting for the engine." in await first_picture(engine, monkeypatch, first_rows_s=0)


async def test_leaving_closes_the_connection() -> None:
    """And nothing else."""
    engine = FakeEngine()
    async with attached(engine):
        pass
    assert engine.closed


async def test_an_engine_that_comes_back_is_taken_up_by_itself() -> None:
    """Grey while it is away; then its new data, as whoever we are to it now."""
    async with attached() as driver:
        table = driver.app.screen.query_one("#calls", LiveTable)
        driver.engine.drop()
        await driver.settle()
        await driver.seconds(14)
        assert bool(table.stale)
        assert "no engine, data is 14 s old, trying again" in driver.header
        driver.engine.rows[Kind.CALL, "new"] = call("new", "+12125550199", "Newest", CallPhase.DIALING, 1)
        driver.engine.role = Role.OBSERVER
        del driver.engine.rows[Kind.PRESENCE, "c1"]
        driver.engine.come_back()
        await driver.settle()
        assert not bool(table.stale)
        assert "Newest" in driver.text
        assert "you, observer" in driver.header


async def test_durations_stand_still_without_an_engine() -> None:
    """Times that run on would look alive."""
    async with attached() as driver:
        driver.engine.drop()
        await driver.settle()
        before = driver.line("Ana López")
        await driver.seconds(30)
        assert driver.line("Ana López") == before


async def test_a_welcome_that_fails_after_a_reconnect_is_told() -> None:
    """The console stays, and says what the engine said."""
    async with attached() as driver:
        driver.engine.drop()
        await driver.settle()
        driver.engine.refusal = Problem("The engine speaks protocol 2, this console 1.")
        driver.engine.come_back()
        await driver.settle()
        assert "protocol 2" in driver.message


async def test_nothing_is_painted_while_the_terminal_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came meanwhile is painted when it has caught up: states are skipped, nothing is lost."""
    async with attached() as driver:
        output: queue.Queue[str] = queue.Queue()
        output.put("still to be written")
        monkeypatch.setattr(driver.app._driver, "_writer_thread", SimpleNamespace(_queue=output), raising=False)
        driver.engine.put(Kind.CALL, "new", call("new", "+12125550199", "Newest", CallPhase.DIALING, 1))
        await driver.settle()
        driver.app.tick()
        assert "Newest" not in driver.text
        output.get()
        await driver.settle()
        assert "Newest" in driver.text


async def test_a_terminal_made_smaller_is_covered_and_uncovered() -> None:
    """Below 60 by 16 nothing of use would fit."""
    async with attached() as driver:
        await driver.pilot.resize_terminal(50, 12)
        await driver.settle()
        assert isinstance(driver.app.screen, TooSmall)
        assert "80×24" in driver.text
        await driver.pilot.resize_terminal(100, 30)
        await driver.settle()
        assert isinstance(driver.app.screen, OperationsScreen)


async def test_a_thousand_calls_cost_one_paint() -> None:
    """Deltas are gathered; the flush brings them all."""
    async with attached(size=(120, 40)) as driver:
        table = driver.app.screen.query_one("#calls", LiveTable)
        for place in range(1000):
            id = f"m{place:04}"
            driver.engine.put(Kind.CALL, id, call(id, "+12125550143", f"Caller {place}", CallPhase.DIALING, place / 10))
        await driver.settle()
        assert table.row_count == 1008


def test_an_unknown_theme_is_a_problem_before_anything_is_drawn() -> None:
    """With the names of those there are."""
    with pytest.raises(Problem, match="mono"):
        console(FakeEngine(), theme="neon")


def test_without_a_terminal_the_console_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual draws on stderr; in a file it would be a blank hung screen."""
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: False))
    with pytest.raises(Problem, match="needs a terminal"):
        run_console(FakeEngine())


async def test_words_from_outside_are_never_markup() -> None:
    """An answer, an alert and a name with brackets are drawn as they are."""
    engine = FakeEngine()
    engine.rows[Kind.CALL, "evil"] = call("evil", "+12125550199", "[/bold][red]x", CallPhase.DIALING, 0.1)
    async with attached(engine, size=(160, 45)) as driver:
        driver.app.say("[@click=app.exit]gone[/] [/]", "error")
        await driver.settle()
        assert "[@click=app.exit]gone[/] [/]" in driver.message
        assert "[/bold][red]x" in driver.text


async def test_a_greeting_as_somebody_else_changes_who_we_are() -> None:
    """After a reconnect our id is another; the old one is then one of the others."""
    engine = FakeEngine()

    async def connect() -> Welcome:
        return Welcome("you", Role.ADMIN, "c2", "0.1.0")

    async with attached(engine) as driver:
        replaced: Any = connect
        engine.connect = replaced  # type: ignore[method-assign]
        engine.drop()
        engine.come_back()
        await driver.settle()
        assert [person.id for person in driver.app.store.others] == ["c1"]
        assert driver.app.store.now() == NOW
