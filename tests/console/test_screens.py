"""Every screen and state that matters, as it looks. ``make snapshots`` accepts what has changed; look at it first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from console.driving import LARGE, MIDDLE, SMALL, Driver, console, settle
from console.fake_engine import NOW, FakeEngine, HandClock, call, empty, engine_view, morning
from dialconsole.console.app import ConsoleApp
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase, CampaignState, Outcome
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.view import CallerIdView, CampaignView, Circuit, Hold, ImportView, Kind, Role, View

Look = Callable[..., bool]
Script = Callable[[Driver], Coroutine[Any, Any, None]]


@pytest.fixture
def look(snap_compare: Callable[..., bool]) -> Look:
    """Compare the screen after a script with the one that was accepted."""

    def compare(
        size: tuple[int, int] = SMALL,
        script: Script | None = None,
        *,
        engine: FakeEngine | None = None,
        theme: str = "dark",
        ascii_only: bool = False,
    ) -> bool:
        fake, clock = engine or FakeEngine(), HandClock()

        async def run(pilot: Pilot[None]) -> None:
            await settle(pilot)
            assert isinstance(pilot.app, ConsoleApp)
            if script is not None:
                await script(Driver(pilot, pilot.app, fake, clock))

        app = console(fake, clock, theme=theme, ascii_only=ascii_only)
        return snap_compare(app, terminal_size=size, run_before=run)

    return compare


def keys(*names: str) -> Script:
    async def press(driver: Driver) -> None:
        await driver.press(*names)

    return press


# -- operations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_operations(look: Look, size: tuple[int, int]) -> None:
    """A normal morning: one campaign runs, one is paused from afar, one is held, one is finished."""
    assert look(size)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_operations_in_mono(look: Look, size: tuple[int, int]) -> None:
    """Without colour every state is still there, as glyph and word."""
    assert look(size, theme="mono")


def test_operations_in_ascii(look: Look) -> None:
    """Without glyphs, for terminals that have none."""
    assert look(ascii_only=True)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_all_paused(look: Look, size: tuple[int, int]) -> None:
    """Everything paused: calls in progress go on, nothing new starts."""
    rows = morning()
    for key, view in rows.items():
        if isinstance(view, CampaignView) and view.state is CampaignState.RUNNING:
            rows[key] = msgspec.structs.replace(
                view, state=CampaignState.PAUSED, changed_by="maria", changed_at=NOW - 30, ready=0
            )
    assert look(size, engine=FakeEngine(rows))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_throttled(look: Look, size: tuple[int, int]) -> None:
    """A campaign throttled twice: the answer names old and new, the limit has its gauge under the trunk."""
    assert look(size, keys("minus", "minus"))


def test_draining_and_draft(look: Look) -> None:
    """A campaign that finishes its calls and one that was never started."""
    rows = morning()
    running, paused = rows[Kind.CAMPAIGN, "reminders"], rows[Kind.CAMPAIGN, "survey"]
    rows[Kind.CAMPAIGN, "reminders"] = msgspec.structs.replace(running, state=CampaignState.DRAINING, ready=0)
    rows[Kind.CAMPAIGN, "survey"] = msgspec.structs.replace(paused, state=CampaignState.DRAFT, changed_by="")
    assert look(MIDDLE, engine=FakeEngine(rows))


def troubled_trunks() -> dict[tuple[Kind, str], View]:
    """``main`` slowed by its carrier with one caller ID at rest, ``backup`` stopped, its campaign with it."""
    rows = morning()
    main, backup = rows[Kind.TRUNK, "main"], rows[Kind.TRUNK, "backup"]
    callers = (
        CallerIdView("+12125550100", calls=50, answered=12, blocked=14, resting_until=NOW + 80_000),
        CallerIdView("+13125550101", calls=20, answered=9),
    )
    rows[Kind.TRUNK, "main"] = msgspec.structs.replace(main, pace=0.5, full="", caller_ids=callers)
    cause = "The carrier wants to be paid: the account has no balance. (SIP 402 Payment Required)"
    rows[Kind.TRUNK, "backup"] = msgspec.structs.replace(
        backup, circuit=Circuit.OPEN, cause=cause, retry_at=NOW + 22, waiting=950
    )
    held = rows[Kind.CAMPAIGN, "arrears"]
    hold = Hold("trunk_open", f"trunk backup stopped: {cause}", 950, NOW + 22)
    rows[Kind.CAMPAIGN, "arrears"] = msgspec.structs.replace(held, trunk="backup", held=950, holds=(hold,))
    return rows


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_trunks_in_trouble(look: Look, size: tuple[int, int]) -> None:
    """A stopped trunk says so, when it is tried again and why; a slowed one says its pace; the campaign waits."""
    assert look(size, engine=FakeEngine(troubled_trunks()))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_trunks_on_trial_and_locked(look: Look, size: tuple[int, int]) -> None:
    """One call tries a stopped trunk; another, to the real network, calls its allow list alone."""
    rows = troubled_trunks()
    main, backup = rows[Kind.TRUNK, "main"], rows[Kind.TRUNK, "backup"]
    rows[Kind.TRUNK, "main"] = msgspec.structs.replace(
        main, backend="livekit", locked=True, allowed=2, pace=None, caller_ids=()
    )
    rows[Kind.TRUNK, "backup"] = msgspec.structs.replace(
        backup, circuit=Circuit.HALF_OPEN, retry_at=None, trial=True, live=1
    )
    assert look(size, engine=FakeEngine(rows))


def test_a_stopped_trunk_in_ascii(look: Look) -> None:
    """Its state in a word, without glyphs."""
    assert look(engine=FakeEngine(troubled_trunks()), ascii_only=True)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_empty(look: Look, size: tuple[int, int]) -> None:
    """A new workspace says what would fill it and which key does that."""
    assert look(size, engine=FakeEngine(empty()))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_engine_gone(look: Look, size: tuple[int, int]) -> None:
    """The data goes grey and tells its age; a key that changes anything says that nothing was changed."""

    async def gone(driver: Driver) -> None:
        driver.engine.drop()
        await driver.settle()
        await driver.seconds(14)
        await driver.press("p")

    assert look(size, gone)


def test_dialing_stopped(look: Look) -> None:
    """An engine that cannot dial says so above everything else."""
    rows = morning()
    rows[Kind.ENGINE, "engine"] = engine_view(stopped="the disk is full: no attempt can be recorded, so none is made")
    assert look(engine=FakeEngine(rows))


def test_observer(look: Look) -> None:
    """Somebody who may only look has no keys for more, and is told so when pressing one."""
    assert look(SMALL, keys("p"), engine=FakeEngine(role=Role.OBSERVER))


def hostile() -> dict[tuple[Kind, str], View]:
    """What lists and carriers send when they mean harm, after ``safe_text`` took the control bytes out."""
    rows = morning()
    names = (
        "[/bold][red]Eve[/]",
        "[@click=app.exit]tap me[/]",
        "日本語の名前がとても長い場合",
        "Zoe\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "x" * 200,
    )
    for place, name in enumerate(names):
        id = f"clinic-0002{place:02}"
        rows[Kind.CALL, id] = call(
            id, f"+1212555010{place}", name, CallPhase.RINGING, place + 1, note="[b]note", due=NOW + 9
        )
    rows[Kind.CALL, "clinic-000300"] = call(
        "clinic-000300", "+12125550109", "]8;;evil", CallPhase.ENDED, 5, ended_at=NOW - 5, outcome=Outcome.UNKNOWN
    )
    alert = rows[Kind.ALERT, "a1"]
    rows[Kind.ALERT, "a1"] = msgspec.structs.replace(alert, sentence="[link=x]agent said[/link] " + "long " * 60)
    survey = rows[Kind.CAMPAIGN, "survey"]
    rows[Kind.CAMPAIGN, "survey"] = msgspec.structs.replace(survey, changed_by="[b]", reason="[/] " + "why " * 40)
    return rows


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_hostile_data(look: Look, size: tuple[int, int]) -> None:
    """Markup from outside is drawn as text, wide and long names keep the columns in place."""
    assert look(size, engine=FakeEngine(hostile()))


def test_many_of_everything(look: Look) -> None:
    """More campaigns and trunks than fit: the panes say which part is shown, figures stay in their columns."""
    rows = morning()
    base, trunk = rows[Kind.CAMPAIGN, "reminders"], rows[Kind.TRUNK, "main"]
    for place in range(12):
        name = f"wave-{place:02}"
        rows[Kind.CAMPAIGN, name] = msgspec.structs.replace(base, name=name, total=1_250_000, done=98_765 * place)
        rows[Kind.TRUNK, name] = msgspec.structs.replace(
            trunk, name=name, limits=Limits(max_concurrent=12_000, calls_per_minute=600_000), live=9000, full=""
        )
    assert look(SMALL, keys("down", "down", "down", "down", "down", "down", "down"), engine=FakeEngine(rows))


def test_filter(look: Look) -> None:
    """While a filter is typed the calls follow it, and the keys at the foot are those of the line."""

    async def find(driver: Driver) -> None:
        await driver.press("slash")
        await driver.type("ring|talk")

    assert look(SMALL, find)


def test_problems_frozen(look: Look) -> None:
    """Only what went wrong, standing still."""
    assert look(LARGE, keys("z", "f"))


def test_the_least_that_is_shown(look: Look) -> None:
    """At 60 by 16 the least needed columns and the calling clock go; everything else is there."""
    assert look((60, 16))


def test_too_small(look: Look) -> None:
    """Below what can be read the console says how much it needs."""
    assert look((50, 12))


# -- dialogs -------------------------------------------------------------------------------------------------------


def test_hang_up(look: Look) -> None:
    """One call: who it is, what it does; Cancel has the focus."""
    assert look(SMALL, keys("tab", "tab", "down", "down", "down", "down", "down", "x"))


def test_hang_up_all(look: Look) -> None:
    """A whole campaign: how many, how many talk, and its name to type."""
    assert look(SMALL, keys("X"))


def test_conflict(look: Look) -> None:
    """Somebody else was faster: both values, and the safe answer has the focus."""
    engine = FakeEngine()
    engine.answers[SetLimits] = Problem("main was changed by maria while you did.", code="conflict")
    assert look(SMALL, keys("tab", "minus"), engine=engine)


def test_edit_limits(look: Look) -> None:
    """Exact limits, with what was wrong with them."""

    async def edit(driver: Driver) -> None:
        await driver.press("tab", "enter")
        await driver.type("many")
        await driver.press("enter")

    assert look(SMALL, edit)


def test_create(look: Look) -> None:
    """A new campaign from a call list."""
    assert look(SMALL, keys("c"))


# -- the other screens ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_a_list_coming_in(look: Look, size: tuple[int, int]) -> None:
    """How far it is, in the line under the campaigns."""
    engine = FakeEngine()
    engine.rows[Kind.IMPORT, "i7"] = ImportView(
        id="i7", campaign="reminders", list="march_recall.csv", since=NOW, rows=410_000, rejected=1_204, rate=210_000.0,
        share=0.41,
    )  # fmt: skip
    assert look(size, engine=engine)


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_call(look: Look, size: tuple[int, int]) -> None:
    """A ringing call: its ladder, and why it was allowed."""
    assert look(size, keys("tab", "tab", "down", "down", "down", "enter"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_campaign(look: Look, size: tuple[int, int]) -> None:
    """A campaign in full."""
    assert look(size, keys("enter"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_dnc(look: Look, size: tuple[int, int]) -> None:
    """The do-not-call list, and the gate's answer about a number that is not on it."""

    async def ask(driver: Driver) -> None:
        await driver.press("d", "w")
        await driver.type("+13035550104")
        await driver.press("enter")

    assert look(size, ask)


def test_dnc_empty(look: Look) -> None:
    """Nobody on the list yet."""
    engine = FakeEngine()
    engine.listed = []
    assert look(SMALL, keys("d"), engine=engine)


def test_dnc_add(look: Look) -> None:
    """A number to add, with its source, reason and scope."""
    assert look(SMALL, keys("d", "a"))


def test_dnc_remove(look: Look) -> None:
    """Taking a number off needs a reason, and says that it is kept."""
    assert look(SMALL, keys("d", "x"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_help(look: Look, size: tuple[int, int]) -> None:
    """Every key of the operations screen."""
    assert look(size, keys("question_mark"))


# -- who may be called ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_who_may_be_called(look: Look, size: tuple[int, int]) -> None:
    """The counts, the reasons of the others, and the sentence of the one under the cursor."""
    assert look(size, keys("down", "down", "w", "down", "down"))


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_contacts_of_a_reason(look: Look, size: tuple[int, int]) -> None:
    """The contacts behind a count, and what the gate says of the one that was asked about."""
    assert look(size, keys("down", "down", "w", "down", "enter", "down", "enter"))


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_start_says_who_may_be_called(look: Look, size: tuple[int, int]) -> None:
    """A start asks first, with the counts."""
    assert look(size, keys("down", "down", "down", "s"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_trunk_check(look: Look, size: tuple[int, int]) -> None:
    """A trunk looked over: facts in the order of causes, mends below what is wrong."""
    assert look(size, keys("t"))
