"""The operations screen under the keys: what each asks of the engine, and what it says."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from console.driving import LARGE, MIDDLE, SMALL, Driver, attached
from console.fake_engine import NOW, FakeEngine, call, empty, morning
from dialconsole.console.screens.call import CallScreen
from dialconsole.console.screens.campaign import CampaignScreen
from dialconsole.console.screens.dnc import DncScreen
from dialconsole.console.screens.help import HelpScreen
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.console.widgets.campaign_pane import CampaignPane
from dialconsole.console.widgets.limit_pane import LimitPane
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase, CampaignState, Outcome
from dialconsole.model.request.campaigns import (
    CreateCampaign,
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    StartCampaign,
)
from dialconsole.model.request.lists import CancelImport, ImportList, ImportReport, ListSummary
from dialconsole.model.request.looking import GetStatus
from dialconsole.model.request.request import Done, Request
from dialconsole.model.request.trunks import ResetTrunk, SetLimits
from dialconsole.model.view import Circuit, Hold, ImportView, Kind, Role

CHANGES = (PauseCampaign, StartCampaign, PauseAll, DrainCampaign, SetLimits, HangUpCall, HangUpCampaign, ResetTrunk)


def changes(engine: FakeEngine) -> list[object]:
    """What was asked that would change anything."""
    return [request for request in engine.asked if isinstance(request, CHANGES)]


# -- pause, start, drain -------------------------------------------------------------------------------------------


async def test_p_pauses_the_campaign_under_the_cursor_and_resumes_it() -> None:
    """One key both ways, without a question; the footer names what it would do."""
    async with attached() as driver:
        await driver.press("p")
        assert driver.engine.last(PauseCampaign).name == "reminders"
        assert "PAUSED" in driver.line("reminders")
        assert "p resume" in driver.footer
        await driver.press("p")
        assert driver.engine.last(StartCampaign).name == "reminders"
        assert "p pause" in driver.footer


@pytest.mark.parametrize("written", [{"changed_by": "maria", "changed_at": NOW}, {}])
async def test_p_does_not_resume_what_a_colleague_has_paused_in_the_same_moment(written: dict[str, Any]) -> None:
    """Both wanted it to stop calling; the second key must not be the one that makes it call again. So it is while the
    engine is still writing the pause down, and does not say whose it is."""
    async with attached() as driver:
        await driver.press("p", "p")  # what we did ourselves before does not count
        await driver.seconds(60)
        driver.engine.asked.clear()
        driver.engine.change(Kind.CAMPAIGN, "reminders", state=CampaignState.PAUSED, **written)
        await driver.press("p")
        assert not changes(driver.engine)
        assert "Somebody else paused reminders a moment ago" in driver.message
        await driver.seconds(3)
        await driver.press("p")
        assert driver.engine.last(StartCampaign).name == "reminders"


async def test_p_acts_on_the_campaign_the_cursor_is_on() -> None:
    """Down moves the cursor; the key follows it."""
    async with attached() as driver:
        await driver.press("down", "down", "p")
        assert driver.engine.last(StartCampaign).name == "survey"


async def test_p_on_a_draft_says_which_key_starts_it() -> None:
    """There is nothing to pause, and the console says what would help."""
    engine = FakeEngine()
    engine.rows[Kind.CAMPAIGN, "reminders"] = msgspec.structs.replace(
        engine.rows[Kind.CAMPAIGN, "reminders"], state=CampaignState.DRAFT
    )
    async with attached(engine) as driver:
        await driver.press("down", "down", "p")
        assert not changes(engine)
        assert "s starts it" in driver.message


@pytest.mark.parametrize("before", [(), ("d",), ("question_mark",), ("enter",), ("tab", "tab", "enter")])
async def test_P_pauses_everything_from_every_screen(before: tuple[str, ...]) -> None:
    """The one key that must work wherever one is, without a question."""
    async with attached() as driver:
        await driver.press(*before, "P")
        assert driver.engine.last(PauseAll) == PauseAll()
        assert "2 campaigns are paused" in driver.message


async def paused_together(driver: Driver, *names: str) -> None:
    """What an engine does for ``P``."""
    driver.engine.answers[PauseAll] = Done(
        f"Everything is paused: {', '.join(names)}.", undo=f"resume {' '.join(names)}"
    )
    await driver.press("P")
    for name in names:
        driver.engine.change(Kind.CAMPAIGN, name, state=CampaignState.PAUSED, changed_by="you", changed_at=NOW)
    await driver.settle()


async def test_u_after_P_offers_to_resume_exactly_what_it_paused() -> None:
    """Not the campaign that was paused before, and only after a yes, for it dials."""
    async with attached() as driver:
        await paused_together(driver, "reminders", "arrears")
        assert "u resumes them" in driver.message
        assert "u resume all" in driver.footer
        await driver.press("u")
        assert "Resume 2 campaigns paused together?" in driver.text
        assert "reminders, arrears. 12 contacts may be called now." in driver.text
        await driver.press("enter")
        assert not any(isinstance(request, StartCampaign) for request in driver.engine.asked)
        await driver.press("u", "y")
        started = [request.name for request in driver.engine.asked if isinstance(request, StartCampaign)]
        assert started == ["reminders", "arrears"]
        assert "Resumed: reminders, arrears." in driver.message
        assert "u resume all" not in driver.footer


async def test_u_after_P_leaves_alone_what_somebody_has_changed_since() -> None:
    """Maria resumed one and paused it again for a reason of hers."""
    async with attached() as driver:
        await paused_together(driver, "reminders", "arrears")
        driver.engine.change(Kind.CAMPAIGN, "arrears", changed_by="maria", reason="wrong list")
        await driver.press("u")
        assert "Resume 1 campaign paused together?" in driver.text
        assert "arrears" in driver.line("may be called now.") and "alone." in driver.text
        await driver.press("y")
        started = [request.name for request in driver.engine.asked if isinstance(request, StartCampaign)]
        assert started == ["reminders"]


async def test_u_after_P_resumes_the_others_if_one_cannot_be() -> None:
    """And names both: none is left standing without a word."""
    async with attached() as driver:
        await paused_together(driver, "reminders", "arrears")
        refusal = Problem("Every contact of reminders is done; import another list to go on.", code="complete")
        driver.engine.answers[StartCampaign] = lambda r: refusal if r.name == "reminders" else Done("started")
        await driver.press("u", "y")
        started = [request.name for request in driver.engine.asked if isinstance(request, StartCampaign)]
        assert started == ["reminders", "arrears"]
        assert "Resumed: arrears." in driver.message
        assert "Every contact of reminders is done" in driver.message


async def test_u_after_P_can_be_pressed_again_if_the_engine_did_not_answer() -> None:
    """It is not said that somebody changed them, and what P did can still be taken back."""
    async with attached() as driver:
        await paused_together(driver, "reminders", "arrears")
        driver.engine.answers[GetStatus] = Problem("The engine did not answer within 5 s.", code="timeout")
        await driver.press("u")
        assert "did not answer" in driver.message
        del driver.engine.answers[GetStatus]
        await driver.press("u", "y")
        assert "Resumed: reminders, arrears." in driver.message


async def test_a_trunk_that_was_made_anew_is_throttled_from_its_own_limits() -> None:
    """What we changed of the old one of that name is forgotten: no conflict with somebody else, and no step from it."""
    async with attached() as driver:
        await driver.press("tab", "minus")
        old = driver.engine.rows[Kind.TRUNK, "main"]
        driver.engine.remove(Kind.TRUNK, "main")
        driver.engine.put(
            Kind.TRUNK, "main", msgspec.structs.replace(old, version=1, limits=Limits(calls_per_minute=100))
        )
        await driver.settle()
        await driver.press("home", "down", "minus")
        assert "Somebody else" not in driver.text
        asked = driver.engine.last(SetLimits)
        assert (asked.version, asked.limits.calls_per_minute) == (1, 80)


async def test_enter_twice_sends_a_form_once() -> None:
    """While the engine is still at it; a second edit would be taken for a colleague's."""
    answered = asyncio.Event()

    class Slow(FakeEngine):
        async def request(self, request: Request[Any]) -> Any:
            answer = await super().request(request)
            if isinstance(request, SetLimits):
                await answered.wait()
            return answer

    async with attached(Slow()) as driver:
        await driver.press("tab", "e", "4", "enter", "enter")
        assert "Somebody else" not in driver.text
        assert sum(isinstance(request, SetLimits) for request in driver.engine.asked) == 1
        answered.set()
        await driver.settle()
        assert isinstance(driver.app.screen, OperationsScreen)


async def test_what_drained_drains_again() -> None:
    """It is not made to call more than before."""
    engine = FakeEngine()
    engine.rows[Kind.CAMPAIGN, "reminders"] = msgspec.structs.replace(
        engine.rows[Kind.CAMPAIGN, "reminders"], state=CampaignState.DRAINING
    )
    async with attached(engine) as driver:
        await paused_together(driver, "reminders")
        await driver.press("u", "y")
        assert engine.last(DrainCampaign).name == "reminders"
        assert not any(isinstance(request, StartCampaign) for request in engine.asked)


async def test_u_takes_back_the_last_of_both_kinds_first() -> None:
    """A pace changed after P is taken back before all is resumed."""
    async with attached() as driver:
        await paused_together(driver, "reminders")
        await driver.press("end", "up", "minus")
        assert "u undo" in driver.footer
        await driver.press("u")
        assert "Undone." in driver.message
        await driver.press("u")
        assert "Resume 1 campaign paused together?" in driver.text


async def test_s_asks_before_it_drains() -> None:
    """Draining says what it means in numbers; only a yes does it."""
    async with attached() as driver:
        await driver.press("s")
        assert "Drain reminders?" in driver.text
        assert "129 contacts would be left" in driver.text
        await driver.press("escape")
        assert not changes(driver.engine)
        await driver.press("s", "y")
        assert driver.engine.last(DrainCampaign).name == "reminders"


async def test_s_on_a_paused_campaign_without_calls_says_what_it_comes_to() -> None:
    """There is nothing to drain: it would be finished at once, and another key goes on calling."""
    async with attached() as driver:
        await driver.press("down", "down", "s")
        assert "Finish survey?" in driver.text
        assert "0 calls" not in driver.text
        assert "No call is in progress, so it is finished at once." in driver.text
        assert "26 contacts" in driver.text
        assert "p resumes" in driver.text
        await driver.press("y")
        assert driver.engine.last(DrainCampaign).name == "survey"


@pytest.mark.parametrize(
    ("total", "done", "words"),
    [(0, 0, "has no contacts yet: import a list first"), (420, 420, "Every contact of recall-feb is done")],
)
async def test_s_does_not_offer_to_call_nobody(total: int, done: int, words: str) -> None:
    """An empty draft, and a campaign that is through: what would help is a list."""
    engine = FakeEngine()
    state = CampaignState.FINISHED if done else CampaignState.DRAFT
    engine.rows[Kind.CAMPAIGN, "recall-feb"] = msgspec.structs.replace(
        engine.rows[Kind.CAMPAIGN, "recall-feb"], state=state, total=total, done=done
    )
    async with attached(engine) as driver:
        await driver.press("end", "s")
        assert words in driver.message
        assert "--campaign recall-feb" in driver.message
        assert "Start calling" not in driver.text
        if not total:
            assert "import a list first" in driver.line("DRAFT")


async def test_s_starts_a_finished_campaign() -> None:
    """The last campaign of the morning is finished, and was not through; start is offered, Cancel under the finger."""
    async with attached() as driver:
        await driver.press("end", "s", "enter")
        assert not changes(driver.engine)
        await driver.press("s", "right", "enter")
        assert driver.engine.last(StartCampaign).name == "recall-feb"


async def test_c_creates_a_campaign_from_a_list() -> None:
    """The form makes the campaign, reads the list and tells what came of it."""
    engine = FakeEngine()
    engine.answers[ImportList] = ImportReport(ListSummary("spring.csv", "", NOW, 120, 100, 15, 5), 0, {})
    async with attached(engine) as driver:
        await driver.press("c")
        await driver.type("spring")
        await driver.press("tab", "right", "tab")
        await driver.type("/srv/spring.csv")
        await driver.press("enter")
        made = engine.last(CreateCampaign).campaign
        assert (made.name, made.trunk, made.state) == ("spring", "backup", CampaignState.DRAFT)
        assert engine.last(ImportList).path == "/srv/spring.csv"
        assert "100 contacts, 15 duplicates, 5 rejected rows" in driver.message


async def test_a_form_stays_open_with_what_the_engine_said() -> None:
    """Nobody types a path twice because of one wrong letter."""
    engine = FakeEngine()
    engine.answers[ImportList] = Problem("There is no file /srv/sprin.csv on the engine's machine.")
    async with attached(engine) as driver:
        await driver.press("c")
        await driver.type("spring")
        await driver.press("tab", "tab")
        await driver.type("/srv/sprin.csv")
        await driver.press("enter")
        assert "There is no file /srv/sprin.csv" in driver.text
        assert "New campaign" in driver.text


# -- pace ----------------------------------------------------------------------------------------------------------


async def test_minus_and_plus_throttle_a_campaign_and_u_takes_it_back() -> None:
    """The answer names old and new; undo restores what there was."""
    async with attached() as driver:
        await driver.press("down", "down", "minus")
        asked = driver.engine.last(SetLimits)
        assert (asked.kind, asked.name, asked.version) == ("campaign", "survey", 2)
        assert asked.limits == Limits(max_concurrent=3, calls_per_minute=5)
        assert "survey: 6 a minute → 5 a minute · u undo" in driver.message
        await driver.press("u")
        assert driver.engine.last(SetLimits).limits == Limits(max_concurrent=3, calls_per_minute=6)
        assert "Undone. survey" in driver.message
        await driver.press("u")
        assert "nothing to undo" in driver.message


async def test_plus_on_a_campaign_without_a_limit_says_which_keys_help() -> None:
    """It goes as fast as its trunk already; the way there is told key by key."""
    async with attached() as driver:
        await driver.press("plus")
        assert not changes(driver.engine)
        assert "reminders goes as fast as trunk main lets it, 30 a minute." in driver.message
        assert "tab to the limits, up or down to main, then +" in driver.message


async def test_the_footer_at_80_says_how_to_open_what_is_under_the_cursor() -> None:
    """Nothing else tells that there is more behind a row."""
    async with attached() as driver:
        assert "enter open" in driver.footer


async def test_the_footer_names_the_keys_of_the_limits_while_they_have_the_focus() -> None:
    """Edit, check, reset, at any width."""
    for size in (SMALL, LARGE):
        async with attached(size=size) as driver:
            await driver.press("tab")
            for key in ("e edit", "t check", "r reset"):
                assert key in driver.footer, size
            assert "u undo" not in driver.footer
            await driver.press("minus")
            assert "u undo" in driver.footer


async def test_without_glyphs_nothing_is_a_glyph() -> None:
    """Sentences, titles, what was cut and what is asked, too; names are data and keep their letters."""
    for keys in ((), ("minus",), ("s",), ("c",), ("enter",), ("w",), ("d",), ("question_mark",), ("z", "f")):
        async with attached(size=LARGE, ascii_only=True) as driver:
            await driver.press(*keys)
            odd = {sign for sign in driver.text if not sign.isascii()} - {"ó"}
            assert not odd, (keys, odd)


async def test_what_needs_a_hand_is_on_top_and_the_cursor_on_what_calls() -> None:
    """A stopped trunk's campaign above those that run, then held, paused, finished."""
    rows = morning()
    stopped = Hold("trunk_open", "trunk backup stopped: no balance", 950, NOW + 22)
    rows[Kind.CAMPAIGN, "arrears"] = msgspec.structs.replace(rows[Kind.CAMPAIGN, "arrears"], holds=(stopped,))
    async with attached(FakeEngine(rows)) as driver:
        pane = driver.app.screen.query_one(CampaignPane)
        assert pane.row_ids() == ["arrears", "reminders", "survey", "recall-feb"]
        assert pane.cursor == "reminders"


async def test_a_running_campaign_among_many_is_in_sight() -> None:
    """The last made of thirteen, at 80 by 24; when it is paused, the cursor goes with it."""
    rows = morning()
    for place in range(12):
        name = f"old-{place:02}"
        rows[Kind.CAMPAIGN, name] = msgspec.structs.replace(rows[Kind.CAMPAIGN, "survey"], name=name)
    last = rows.pop((Kind.CAMPAIGN, "reminders"))
    rows[Kind.CAMPAIGN, "reminders"] = last
    async with attached(FakeEngine(rows)) as driver:
        pane = driver.app.screen.query_one(CampaignPane)
        assert "reminders" in driver.line("RUNNING") and pane.cursor == "reminders"
        driver.engine.change(Kind.CAMPAIGN, "reminders", state=CampaignState.PAUSED)
        await driver.settle()
        assert pane.cursor == "reminders"
        assert pane.row_ids().index("reminders") == 14
        assert "▸‖ PAUSED    reminders" in driver.text


async def test_in_the_limits_pane_the_keys_mean_the_trunk() -> None:
    """With the focus on the gauges, minus slows the trunk under their cursor."""
    async with attached() as driver:
        await driver.press("tab", "minus")
        asked = driver.engine.last(SetLimits)
        assert (asked.kind, asked.name, asked.limits.calls_per_minute) == ("trunk", "main", 25)


async def test_three_quick_steps_are_three_steps() -> None:
    """Steps count on from what the engine confirmed, not from a view that is still on its way."""
    engine = FakeEngine()
    engine.answers[SetLimits] = lambda request: Done("set")
    async with attached(engine) as driver:
        await driver.press("tab", "minus", "minus", "minus")
        asked = [(r.limits.calls_per_minute, r.version) for r in engine.asked if isinstance(r, SetLimits)]
        assert asked == [(25, 7), (20, 8), (15, 9)]


async def test_a_conflict_shows_both_values_and_asks() -> None:
    """Somebody was faster: keeping theirs is the default, setting ours needs a yes."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        stale = engine.rows[Kind.TRUNK, "main"]
        engine.rows[Kind.TRUNK, "main"] = msgspec.structs.replace(
            stale, version=8, limits=Limits(max_concurrent=12, calls_per_minute=40)
        )
        await driver.press("tab", "minus")
        assert "It is now:   40 a minute, 12 at once" in driver.text
        assert "You wanted:  25 a minute, 12 at once" in driver.text
        await driver.press("enter")
        assert engine.rows[Kind.TRUNK, "main"].limits.calls_per_minute == 40  # type: ignore[union-attr]


async def test_setting_mine_after_a_conflict_does_not_ask_for_a_version() -> None:
    """A deliberate yes wins over whatever version there is by then."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        main = engine.rows[Kind.TRUNK, "main"]
        engine.rows[Kind.TRUNK, "main"] = msgspec.structs.replace(main, version=99)
        await driver.press("tab", "minus", "y")
        assert engine.last(SetLimits).version is None
        assert "25 a minute" in driver.message


async def test_undo_asks_if_somebody_changed_it_since() -> None:
    """Taking back our change must not silently take back theirs."""
    async with attached() as driver:
        await driver.press("tab", "minus")
        driver.engine.change(Kind.TRUNK, "main", limits=Limits(calls_per_minute=10), version=12)
        await driver.settle()
        await driver.press("u")
        assert "Somebody else changed main" in driver.text
        await driver.press("escape")
        assert driver.engine.rows[Kind.TRUNK, "main"].limits == Limits(calls_per_minute=10)  # type: ignore[union-attr]


async def test_e_sets_exact_limits() -> None:
    """Numbers as typed; an empty field sets no limit; nonsense is named and the form stays."""
    async with attached() as driver:
        await driver.press("tab", "e")
        await driver.type("few")
        await driver.press("enter")
        assert "'few' is no whole number" in driver.text
        await driver.press("home", "ctrl+k")
        await driver.type("45")
        await driver.press("enter")
        asked = driver.engine.last(SetLimits)
        assert asked.limits == Limits(max_concurrent=12, calls_per_minute=45, calls_per_second=1.0)
        assert "main: 30 a minute, 12 at once, 1 a second → 45 a minute" in driver.message


# -- hanging up ----------------------------------------------------------------------------------------------------


async def test_r_takes_a_stopped_trunk_for_sound_after_a_yes() -> None:
    """The question tells what had stopped it; a trunk that nothing holds back is left alone, and says so."""
    async with attached() as driver:
        await driver.press("r")
        assert "Nothing holds trunk main back but its limits." in driver.text
        backup = driver.engine.rows[Kind.TRUNK, "backup"]
        stopped = msgspec.structs.replace(backup, circuit=Circuit.OPEN, cause="No balance.", retry_at=NOW + 22)
        driver.engine.put(Kind.TRUNK, "backup", stopped)
        await driver.settle()
        await driver.press("tab", "end", "r")
        assert "Take trunk backup for sound again?" in driver.text
        assert "No balance." in driver.text
        await driver.press("enter")
        assert not changes(driver.engine)
        await driver.press("r", "y")
        assert driver.engine.last(ResetTrunk).name == "backup"


async def test_r_lets_a_trunk_call_again_whose_agents_were_missed() -> None:
    """Its circuit is closed, its pace whole, and nothing is called all the same: the campaigns on it say why."""
    async with attached() as driver:
        hold = Hold("no_agent", "no 'receptionist' takes calls", 12, NOW + 300)
        driver.engine.change(Kind.CAMPAIGN, "reminders", holds=(hold,))
        await driver.press("r")
        assert "Take trunk main for sound again?" in driver.text
        assert "no 'receptionist' takes calls" in driver.text
        await driver.press("y")
        assert driver.engine.last(ResetTrunk).name == "main"


async def test_x_hangs_up_the_call_under_the_cursor_after_a_yes() -> None:
    """The question names the person; enter on it cancels, because Cancel has the focus."""
    async with attached() as driver:
        await driver.press("tab", "tab", "down", "down", "down", "x")
        assert "Hang up the call to +1 212-555-0143?" in driver.text
        await driver.press("enter")
        assert not changes(driver.engine)
        await driver.press("x", "y")
        assert driver.engine.last(HangUpCall).attempt == "clinic-000104"


async def test_x_keeps_to_the_call_it_was_pressed_for() -> None:
    """Rows come and go while the question is open; the answer is about the call that was named."""
    async with attached() as driver:
        await driver.press("tab", "tab", "down", "down", "down", "x")
        driver.engine.put(Kind.CALL, "new", call("new", "+12125550199", "Newest", CallPhase.DIALING, 0.1))
        driver.engine.remove(Kind.CALL, "clinic-000106")
        await driver.settle()
        await driver.press("y")
        assert driver.engine.last(HangUpCall).attempt == "clinic-000104"


async def test_keys_in_a_burst_act_on_what_each_was_meant_for() -> None:
    """A slow line brings several keys at once; none may act on where a later one moved to."""
    async with attached() as driver:
        await driver.burst("p", "down", "p", "tab", "minus", "tab", "down", "x")
        paused, started, slowed = changes(driver.engine)
        assert (paused, started) == (PauseCampaign(name="reminders"), StartCampaign(name="survey"))
        assert isinstance(slowed, SetLimits) and slowed.name == "main"
        assert "Hang up the call to +1 215-555-0161?" in driver.text


async def test_x_without_a_call_says_how_to_get_to_one() -> None:
    """No row, no guess."""
    async with attached() as driver:
        await driver.press("x")
        assert "tab goes to the calls" in driver.message


async def test_x_on_an_ended_call_changes_nothing() -> None:
    """It ended by itself meanwhile."""
    async with attached() as driver:
        await driver.press("tab", "tab", "end", "x")
        assert "ended already" in driver.message
        assert not changes(driver.engine)


async def test_X_needs_the_name_of_the_campaign() -> None:
    """Neither y nor enter nor half a name hangs up a whole campaign."""
    async with attached() as driver:
        await driver.press("X")
        assert "Hang up 6 calls of reminders? 1 is talking." in driver.text
        await driver.press("y", "enter")
        await driver.type("remin")
        await driver.press("enter")
        assert not changes(driver.engine)
        await driver.press("home", "ctrl+k")
        await driver.type("reminders")
        await driver.press("enter")
        assert driver.engine.last(HangUpCampaign).name == "reminders"


async def test_X_on_a_campaign_without_calls_says_so() -> None:
    """No dialog about nothing."""
    async with attached() as driver:
        await driver.press("down", "down", "X")
        assert "survey has no call in progress" in driver.message


async def test_an_import_is_shown_and_C_cancels_it() -> None:
    """How far a list is stands under the campaigns while it comes in; a yes cancels it, by its own id."""
    coming = ImportView(
        id="i7", campaign="reminders", list="more.csv", since=NOW, rows=410_000, rejected=12, share=0.41
    )
    engine = FakeEngine()
    engine.answers[CancelImport] = Done("The import of more.csv is cancelled; nothing of it was imported.")
    async with attached(engine, size=LARGE) as driver:
        await driver.press("C")
        assert "No list is coming into reminders" in driver.message
        driver.engine.put(Kind.IMPORT, "i7", msgspec.structs.replace(coming, rate=210_000.0))
        await driver.settle()
        assert "reminders  41% of more.csv read · 410k rows · 12 rejected · 210k/s · C cancels it" in driver.text
        await driver.press("C", "enter")
        assert not any(isinstance(request, CancelImport) for request in engine.asked)
        await driver.press("C", "right", "enter")
        assert driver.engine.last(CancelImport).id == "i7"
        driver.engine.remove(Kind.IMPORT, "i7")
        await driver.settle()
        assert "of more.csv read" not in driver.text


# -- what is shown -------------------------------------------------------------------------------------------------


async def test_slash_filters_while_typing_and_escape_clears() -> None:
    """Only calls that match are listed; enter keeps the filter, escape gives all back."""
    async with attached() as driver:
        table = driver.app.screen.query_one("#calls", LiveTable)
        await driver.press("slash")
        await driver.type("okafor")
        assert table.visible_ids() == ["clinic-000105"]
        await driver.press("enter")
        assert driver.app.focused is table
        assert "find okafor" in driver.line("CALLS")
        assert "esc all calls" in driver.footer
        await driver.press("escape")
        assert table.row_count == 8


async def test_the_way_out_of_a_filter_is_always_told() -> None:
    """Also in 80 columns while something can be undone."""
    async with attached() as driver:
        await driver.press("minus", "slash")
        await driver.type("okafor")
        await driver.press("enter")
        assert "u undo" in driver.footer
        assert "esc all calls" in driver.footer


async def test_an_exclamation_mark_inverts_the_filter() -> None:
    """Everything but."""
    async with attached() as driver:
        await driver.press("slash")
        await driver.type("!okafor")
        assert driver.app.screen.query_one("#calls", LiveTable).row_count == 7


async def test_a_bad_pattern_is_told_and_changes_nothing() -> None:
    """A pattern that is not finished keeps the calls as they are."""
    async with attached() as driver:
        await driver.press("slash")
        await driver.type("okafor(")
        assert "no pattern yet" in driver.text
        assert driver.app.screen.query_one("#calls", LiveTable).row_count == 1


@pytest.mark.parametrize("key", ["z", "ctrl+z"])
async def test_z_shows_problems_only(key: str) -> None:
    """Calls that failed on our side; again shows all."""
    async with attached() as driver:
        table = driver.app.screen.query_one("#calls", LiveTable)
        await driver.press(key)
        assert table.visible_ids() == ["clinic-000108"]
        assert "problems only" in driver.line("CALLS")
        await driver.press(key)
        assert table.row_count == 8


async def test_f_freezes_the_order_of_the_calls() -> None:
    """What comes meanwhile is counted, and listed when one lets go."""
    async with attached() as driver:
        table = driver.app.screen.query_one("#calls", LiveTable)
        await driver.press("f")
        driver.engine.put(Kind.CALL, "new", call("new", "+12125550199", "Newest", CallPhase.DIALING, 0.1))
        await driver.settle()
        assert "FROZEN, 1 new" in driver.line("CALLS")
        assert table.row_count == 8
        await driver.press("f")
        assert table.row_count == 9


async def test_tab_goes_round_the_panes() -> None:
    """Campaigns, limits, calls, and back."""
    async with attached() as driver:
        kinds = []
        for _ in range(3):
            kinds.append(type(driver.app.focused))
            await driver.press("tab")
        assert kinds == [CampaignPane, LimitPane, LiveTable]
        await driver.press("shift+tab")
        assert isinstance(driver.app.focused, LiveTable)


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (("enter",), CampaignScreen),
        (("tab", "tab", "enter"), CallScreen),
        (("d",), DncScreen),
        (("question_mark",), HelpScreen),
        (("f1",), HelpScreen),
    ],
)
async def test_keys_open_screens_and_escape_comes_back(keys: tuple[str, ...], screen: type) -> None:
    """Enter goes down, escape up."""
    async with attached() as driver:
        await driver.press(*keys)
        assert isinstance(driver.app.screen, screen)
        await driver.press("escape")
        assert isinstance(driver.app.screen, OperationsScreen)


async def test_q_goes_back_from_details_and_detaches_from_operations() -> None:
    """Detaching ends the console only; the engine is asked for nothing."""
    async with attached() as driver:
        await driver.press("d", "q")
        assert isinstance(driver.app.screen, OperationsScreen)
        await driver.press("q")
        assert not driver.app.is_running or driver.app._exit
        assert not changes(driver.engine)


async def test_ctrl_c_says_how_to_leave_and_leaves_nothing_else() -> None:
    """On our own line, in our own words: it covers no call."""
    async with attached() as driver:
        await driver.press("ctrl+c")
        assert "q detaches" in driver.message
        assert "the engine and its calls go on" in driver.message
        assert not driver.app._notifications
        assert driver.app.is_running


async def test_what_another_console_does_shows_here() -> None:
    """Maria pauses from afar: state, name, time and reason stand on the pane."""
    async with attached(size=MIDDLE) as driver:
        driver.engine.change(
            Kind.CAMPAIGN,
            "reminders",
            state=CampaignState.PAUSED,
            changed_by="maria",
            changed_at=NOW - 60,
            reason="lunch",
        )
        await driver.settle()
        assert "by maria, 60 s ago: lunch" in driver.line("reminders")


async def test_durations_count_on_between_updates() -> None:
    """The engine's clock runs at ten times real time; one real second later a call has lasted ten."""
    async with attached() as driver:
        assert "0:09" in driver.line("Ana López")
        await driver.seconds(1)
        assert "0:19" in driver.line("Ana López")
        assert "10:14:42" in driver.header


async def test_the_clock_does_not_go_back_with_us() -> None:
    """The screen we return to was last painted before the one we leave; its times are brought up to date at once."""
    async with attached() as driver:
        driver.clock.forward(0.3)
        await driver.press("enter")
        in_details = driver.header
        driver.clock.forward(0.3)
        await driver.press("escape")
        assert "10:14:35" in in_details
        assert "10:14:38" in driver.header


async def test_an_empty_workspace_offers_what_can_be_done() -> None:
    """Keys that have nothing to act on are not in the footer; the one that fills the place is."""
    async with attached(FakeEngine(empty())) as driver:
        assert "c create" in driver.footer
        assert "pause" not in driver.footer
        await driver.press("p")
        assert "no campaign yet" in driver.message
        await driver.press("c")
        assert "dialconsole trunk add" in driver.message


# -- who may, and when ---------------------------------------------------------------------------------------------


CHANGING = ("p", "P", "plus", "minus", "u", "e", "c", "s", "x", "X")


async def test_an_observer_changes_nothing_and_is_told_why() -> None:
    """Hidden in the footer, answered with a sentence."""
    async with attached(FakeEngine(role=Role.OBSERVER)) as driver:
        assert "pause" not in driver.footer
        for key in CHANGING:
            driver.app.say("")
            await driver.press(key)
            assert "You are attached as observer; this needs operator" in driver.message
        assert not changes(driver.engine)


async def test_a_role_granted_meanwhile_counts_at_once() -> None:
    """Our own presence row tells of it."""
    async with attached(FakeEngine(role=Role.OBSERVER)) as driver:
        driver.engine.change(Kind.PRESENCE, "c1", role=Role.OPERATOR)
        await driver.settle()
        assert "p pause" in driver.footer
        await driver.press("p")
        assert driver.engine.last(PauseCampaign).name == "reminders"


async def test_without_an_engine_no_key_changes_anything() -> None:
    """Not connected: nothing was changed."""
    async with attached() as driver:
        driver.engine.drop()
        await driver.settle()
        assert "pause" not in driver.footer
        for key in CHANGING:
            driver.app.say("")
            await driver.press(key)
            assert "Not connected: nothing was changed" in driver.message
        assert not changes(driver.engine)


async def test_problems_are_told_as_sentences() -> None:
    """What the engine refuses stands on the message line."""
    engine = FakeEngine()
    engine.answers[PauseCampaign] = Problem("The ledger is full, so nothing can be recorded.")
    async with attached(engine) as driver:
        await driver.press("p")
        assert driver.message == "✗ The ledger is full, so nothing can be recorded."


async def test_an_answer_makes_room_for_the_alert_again() -> None:
    """After some seconds the newest alert is back."""
    async with attached() as driver:
        await driver.press("p")
        assert "reminders is paused" in driver.message
        await driver.seconds(9)
        assert "blocked by the network" in driver.message


async def test_the_cursor_stays_on_its_campaign_when_others_come() -> None:
    """By name, not by place."""
    async with attached() as driver:
        await driver.press("down", "down")
        rows = morning()
        first = rows.pop((Kind.CAMPAIGN, "reminders"))
        driver.engine.rows = {(Kind.CAMPAIGN, "another"): msgspec.structs.replace(first, name="another"), **rows}
        driver.engine.come_back()
        await driver.settle()
        assert driver.app.screen.query_one(CampaignPane).cursor == "survey"


async def test_outcomes_of_ended_calls_are_words() -> None:
    """No code without its meaning."""
    rows = morning()
    for place, outcome in enumerate(Outcome):
        id = f"e{place:02}"
        rows[Kind.CALL, id] = call(id, "+12125550111", "Who", CallPhase.ENDED, 5, ended_at=NOW - 5, outcome=outcome)
    async with attached(FakeEngine(rows), size=LARGE) as driver:
        for words in ("no answer", "bad number", "trunk fault", "no agent", "ask carrier"):
            assert words in driver.text
