"""Call, campaign and do-not-call screens under the keys."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from console.driving import attached
from console.fake_engine import NOW, FakeEngine, call_report, empty
from dialconsole.console.screens.dnc import DncScreen
from dialconsole.console.widgets.live_table import LiveTable
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import RetryPolicy
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CallPhase, Outcome
from dialconsole.model.request.campaigns import HangUpCall, PauseCampaign
from dialconsole.model.request.looking import Explain, ShowCall, ShowCampaign, ShowDialable
from dialconsole.model.request.optouts import AddOptOut, ImportOptOuts, ListOptOuts, RemoveOptOut
from dialconsole.model.request.trunks import CheckTrunk
from dialconsole.model.view import Kind, Role

TO_ANA = ("tab", "tab", "down", "down", "down", "enter")
"""From the start to the details of the ringing call."""


# -- a call --------------------------------------------------------------------------------------------------------


async def test_a_call_shows_its_ladder_and_evidence() -> None:
    """Asked for by the id of the row."""
    async with attached() as driver:
        await driver.press(*TO_ANA)
        assert driver.engine.last(ShowCall).attempt == "clinic-000104"
        assert "agent ready" in driver.text
        assert "not on the do-not-call list" in driver.text
        assert "ringing, 20 s left" in driver.text


async def test_a_call_is_followed_while_it_lives() -> None:
    """A change of its row asks for the ladder again, and the last line says how it ended."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        await driver.press(*TO_ANA)
        report = call_report("clinic-000104")
        engine.answers[ShowCall] = msgspec.structs.replace(
            report,
            attempt=msgspec.structs.replace(report.attempt, outcome=Outcome.BUSY, sip_code=486, ended_at=NOW),
            events=(*report.events, CallEvent(EventKind.ENDED, NOW, "486 Busy Here")),
        )
        engine.change(Kind.CALL, "clinic-000104", phase=CallPhase.ENDED, ended_at=NOW, outcome=Outcome.BUSY)
        await driver.settle()
        assert "486 Busy Here" in driver.text
        assert "ended: busy (SIP 486)" in driver.text
        assert "x hang up" not in driver.footer


async def test_another_calls_change_asks_nothing() -> None:
    """Only what is on the screen is asked for again."""
    async with attached() as driver:
        await driver.press(*TO_ANA)
        before = len(driver.engine.asked)
        driver.engine.change(Kind.CALL, "clinic-000106", note="still dialing")
        await driver.settle()
        assert len(driver.engine.asked) == before


async def test_a_call_the_engine_does_not_know_is_told() -> None:
    """In the place where its ladder would stand."""
    engine = FakeEngine()
    engine.answers[ShowCall] = Problem("There is no call clinic-000104.")
    async with attached(engine) as driver:
        await driver.press(*TO_ANA)
        assert "There is no call clinic-000104." in driver.text


async def test_hanging_up_from_the_details() -> None:
    """The same question as from the table."""
    async with attached() as driver:
        await driver.press(*TO_ANA, "x", "y")
        assert driver.engine.last(HangUpCall).attempt == "clinic-000104"


async def test_d_from_a_call_looks_its_number_up() -> None:
    """Would it be called, and why?"""
    async with attached() as driver:
        await driver.press(*TO_ANA, "d")
        assert isinstance(driver.app.screen, DncScreen)
        assert driver.engine.last(Explain).number == "+12125550143"


# -- a campaign ----------------------------------------------------------------------------------------------------


async def test_a_campaign_shows_its_settings_and_follows_its_figures() -> None:
    """Asked again when its row changes."""
    async with attached() as driver:
        await driver.press("enter")
        assert "clinic_reminders.csv" in driver.text or "09:00 to 20:00" in driver.text
        driver.engine.change(Kind.CAMPAIGN, "reminders", done=200)
        await driver.settle()
        assert "200 of 300 done" in driver.text
        assert driver.engine.last(ShowCampaign).name == "reminders"


async def test_a_campaign_that_calls_once_says_so() -> None:
    """In place of the waits before a second call, of which there is none."""
    engine = FakeEngine()
    engine.answers[ShowCampaign] = lambda request: _once(engine, request)
    async with attached(engine, size=(160, 45)) as driver:
        await driver.press("enter")
        assert "called once, whatever comes of it" in driver.text


def _once(engine: FakeEngine, request: ShowCampaign) -> Any:
    report = engine._report(request.name)
    campaign = msgspec.structs.replace(report.campaign, retry=RetryPolicy(once=True))
    return msgspec.structs.replace(report, campaign=campaign)


async def test_a_campaign_can_be_paused_from_its_details() -> None:
    """The same key."""
    async with attached() as driver:
        await driver.press("enter", "p")
        assert driver.engine.last(PauseCampaign).name == "reminders"
        assert "p resume" in driver.footer


# -- do not call ---------------------------------------------------------------------------------------------------


async def test_slash_searches_the_list() -> None:
    """The engine searches; escape leaves the line."""
    async with attached() as driver:
        await driver.press("d", "slash")
        assert "enter search" in driver.footer
        await driver.type("303")
        await driver.press("enter")
        assert driver.engine.last(ListOptOuts).search == "303"
        assert "+1 303-555-0103" in driver.text and "+1 212-555-0160" not in driver.text
        await driver.press("slash", "escape")
        assert isinstance(driver.app.focused, LiveTable)


async def test_a_adds_a_number_with_source_reason_and_scope() -> None:
    """And the list is asked for again."""
    async with attached() as driver:
        await driver.press("d", "a")
        await driver.type("+12125550177")
        await driver.press("tab", "right", "tab")
        await driver.type("asked at the desk")
        await driver.press("tab", "right", "enter", "tab", "tab", "tab", "enter")
        assert driver.engine.last(AddOptOut) == AddOptOut(
            number="+12125550177",
            source=OptOutSource.OPERATOR,
            reason="asked at the desk",
            scope="campaign:reminders",
        )
        assert "will not be called" in driver.message
        assert isinstance(driver.engine.asked[-1], ListOptOuts)


async def test_an_entry_can_bind_the_campaigns_of_one_client() -> None:
    """By the client's label; a campaign and a client together are not one scope."""
    async with attached() as driver:
        await driver.press("d", "a")
        await driver.type("+1201555*")
        await driver.press("tab", "tab")
        await driver.type("building under dispute")
        await driver.press("tab", "right", "tab")
        await driver.type("Acme")
        await driver.press("enter")
        assert "one campaign or the campaigns of one client" in driver.text
        await driver.press("shift+tab", "left", "tab", "enter")
        asked = driver.engine.last(AddOptOut)
        assert (asked.number, asked.scope) == ("+1201555*", "client:acme")


async def test_a_pattern_is_shown_as_a_beginning_and_explained_by_no_single_number() -> None:
    """Its scope is a word and a name; taking it off tells what stays."""
    engine = FakeEngine()
    engine.listed = [OptOut("+1201555*", OptOutSource.IMPORT, "a building", "maria", NOW - 9, "client:acme")]
    async with attached(engine) as driver:
        await driver.press("d")
        assert "+1 201-555-…" in driver.text and "client acme" in driver.text
        await driver.press("enter")
        assert "stands for many numbers" in driver.message
        await driver.press("x")
        assert "Let +1 201-555-… be called again?" in driver.text
        assert "listed themselves" in driver.text and "stay on the list" in driver.text


async def test_adding_needs_a_reason() -> None:
    """Said in the form, nothing asked of the engine."""
    async with attached() as driver:
        await driver.press("d", "a")
        await driver.type("+12125550177")
        await driver.press("enter")
        assert "Reason is needed." in driver.text
        assert not any(isinstance(request, AddOptOut) for request in driver.engine.asked)


async def test_x_takes_the_number_under_the_cursor_off_with_a_reason() -> None:
    """And says that it is kept."""
    async with attached() as driver:
        await driver.press("d", "down", "x")
        assert "go into the audit" in driver.text
        await driver.press("enter")
        assert "Reason is needed." in driver.text
        await driver.type("wrong number")
        await driver.press("enter")
        assert driver.engine.last(RemoveOptOut) == RemoveOptOut(number="+13035550103", reason="wrong number")


async def test_i_imports_a_file_and_tells_what_came_of_it() -> None:
    """Counts, and the first line that is no number."""
    async with attached(size=(120, 40)) as driver:
        await driver.press("d", "i")
        await driver.type("/srv/dnc.txt")
        await driver.press("tab")
        await driver.type("state list")
        await driver.press("enter")
        assert driver.engine.last(ImportOptOuts).path == "/srv/dnc.txt"
        assert "118 numbers added, 4 listed before, 1 line left out: line 7" in driver.message


async def test_w_asks_the_gate_about_any_number() -> None:
    """The engine's own answer, with its reason."""
    async with attached() as driver:
        await driver.press("d", "w")
        await driver.type("+1 303-555-0104")
        await driver.press("enter")
        assert driver.engine.last(Explain).number == "+1 303-555-0104"
        assert "not now, not before 10:46" in driver.text


async def test_enter_asks_about_the_number_under_the_cursor() -> None:
    """Why is it on the list, and what else would hold it."""
    async with attached() as driver:
        await driver.press("d", "enter")
        assert driver.engine.last(Explain).number == "+12125550160"


async def test_the_gates_answer_is_asked_for_again_when_the_list_was_changed() -> None:
    """What stood there was true before; where the gate cannot be asked, nothing stands there."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        await driver.press("d", "enter")
        assert "not now, not before 10:46" in driver.text
        asked = [request for request in engine.asked if isinstance(request, Explain)]
        await driver.press("x")
        await driver.type("wrong number")
        await driver.press("enter")
        again = [request for request in engine.asked if isinstance(request, Explain)]
        assert again == asked * 2
        engine.answers[Explain] = Problem("The engine did not answer.")
        await driver.press("x")
        await driver.type("wrong number")
        await driver.press("enter")
        assert "not now, not before 10:46" not in driver.text


async def test_the_next_page_comes_with_the_cursor() -> None:
    """The list is long; only what is looked at is asked for."""
    engine = FakeEngine()
    engine.listed = [
        OptOut(f"+1212555{place:04}", OptOutSource.IMPORT, "list", "maria", NOW - place) for place in range(450)
    ]
    async with attached(engine) as driver:
        await driver.press("d")
        assert "450 entries" in driver.text
        await driver.press("end")
        await driver.press("end")
        await driver.press("end")
        table = driver.app.screen.query_one("#opt-outs", LiveTable)
        assert table.row_count == 450
        assert [r.offset for r in engine.asked if isinstance(r, ListOptOuts)] == [0, 199, 399]


async def test_no_entry_is_passed_over_when_another_one_is_taken_off_meanwhile() -> None:
    """Those behind it move up, over the edge of the next page; the list is then read from its top once more."""
    engine = FakeEngine()
    engine.listed = [
        OptOut(f"+1212555{place:04}", OptOutSource.IMPORT, "list", "maria", NOW - place) for place in range(450)
    ]
    async with attached(engine) as driver:
        await driver.press("d")
        del engine.listed[0]
        for _ in range(5):
            await driver.press("end")
        table = driver.app.screen.query_one("#opt-outs", LiveTable)
        assert table.row_count == len(engine.listed)
        assert all(table.get(f"{entry.number} ") is not None for entry in engine.listed)


async def test_an_observer_may_look_and_ask_but_not_change() -> None:
    """The keys for more are not in the footer."""
    async with attached(FakeEngine(role=Role.OBSERVER)) as driver:
        await driver.press("d")
        assert "a add" not in driver.footer and "w check" in driver.footer
        await driver.press("a")
        assert "needs operator" in driver.message


async def test_an_entry_that_is_no_number_is_told_by_the_engine() -> None:
    """In the form, which stays."""
    engine = FakeEngine()
    engine.answers[AddOptOut] = Problem("'hello' is no phone number.")
    async with attached(engine) as driver:
        await driver.press("d", "a")
        await driver.type("hello")
        await driver.press("tab", "tab")
        await driver.type("why")
        await driver.press("enter")
        assert "'hello' is no phone number." in driver.text
        assert "Add to do-not-call" in driver.text


async def test_a_question_that_fails_is_told() -> None:
    """The gate could not be asked."""
    engine = FakeEngine()
    answers: dict[type, Any] = engine.answers
    answers[Explain] = Problem("The registry is 40 days old.")
    async with attached(engine) as driver:
        await driver.press("d", "enter")
        assert "The registry is 40 days old." in driver.message


@pytest.mark.parametrize(
    ("key", "asks", "count"), [("enter", ShowCampaign, "in a call 8"), ("w", ShowDialable, "285 now")]
)
async def test_a_campaign_that_is_deleted_leaves_no_numbers_on_the_screen(key: str, asks: type, count: str) -> None:
    """Somebody else deletes it while its details are open; what is only out of reach stays, greyed."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        await driver.press(key)
        engine.answers[asks] = Problem("The engine did not answer.", code="timeout")
        engine.change(Kind.CAMPAIGN, "reminders", ready=3)
        await driver.seconds(1)
        assert count in driver.text
        engine.answers[asks] = Problem("There is no campaign 'reminders'.", code="unknown_campaign")
        engine.remove(Kind.CAMPAIGN, "reminders")
        await driver.settle()
        await driver.seconds(1)
        await driver.settle()
        assert "There is no campaign 'reminders'." in driver.text
        assert count not in driver.text


# -- a trunk -------------------------------------------------------------------------------------------------------


async def test_a_trunk_is_looked_over() -> None:
    """By its name: every finding with its fact, the fault with its mend, and how many there are."""
    async with attached(size=(160, 45)) as driver:
        await driver.press("t")
        assert driver.engine.last(CheckTrunk).name == "main"
        assert "1 fault" in driver.line("trunk main")
        assert "✗ FAULT" in driver.line("No SIP service answers")
        assert "→ Start livekit-sip" in driver.text


async def test_a_trunk_is_looked_over_again() -> None:
    """On request, and never by itself; what the engine refuses is told in its place."""
    engine = FakeEngine()
    async with attached(engine) as driver:
        await driver.press("t")
        engine.change(Kind.TRUNK, "main", live=3)
        await driver.settle()
        assert len([request for request in engine.asked if isinstance(request, CheckTrunk)]) == 1
        engine.answers[CheckTrunk] = Problem("There is no trunk 'main'.")
        await driver.press("t")
        assert "There is no trunk 'main'." in driver.text


async def test_the_trunk_of_a_campaign_in_the_limits() -> None:
    """Where the limits' cursor is on a campaign, its trunk is meant."""
    async with attached() as driver:
        await driver.press("tab", "down", "t")
        assert driver.engine.last(CheckTrunk).name == "main"


async def test_a_look_at_a_trunk_is_an_operators() -> None:
    """An observer is told which role it takes; a workspace without a trunk, how one is made."""
    engine = FakeEngine(role=Role.OBSERVER)
    async with attached(engine) as driver:
        await driver.press("t")
        assert "this needs operator" in driver.text
    async with attached(FakeEngine(empty())) as driver:
        await driver.press("t")
        assert "dialconsole trunk add NAME" in driver.text
