"""The screens of who may be called and why not, driven by their keys."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from console.driving import LARGE, MIDDLE, SMALL, Driver, attached
from console.fake_engine import FakeEngine, dialable_report
from dialconsole.console.screens.campaign import CampaignScreen
from dialconsole.console.screens.dnc import DncScreen
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.console.screens.place import PlaceScreen
from dialconsole.console.screens.reason import ReasonScreen
from dialconsole.console.screens.why import WhyScreen
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import StartCampaign
from dialconsole.model.request.looking import Explain, ListUndialable, ShowDialable
from dialconsole.model.view import Kind


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE])
async def test_w_shows_the_counts_of_the_campaign_under_the_cursor(size: tuple[int, int]) -> None:
    """What may be called now, later and not, and each reason with its count, the largest first."""
    async with attached(size=size) as driver:
        await driver.press("down", "w")
        assert _is(driver, WhyScreen)
        assert driver.engine.last(ShowDialable).name == "arrears"
        assert "285 now" in driver.text and "397 later today" in driver.text and "118 refused" in driver.text
        assert "waits" in driver.line("Before calling hours") and "397" in driver.line("Before calling hours")
        assert "refused" in driver.line("Without the consent")
        assert "done" in driver.line("Completed")


async def test_enter_opens_a_reason_and_explains_a_contact_and_escape_goes_up() -> None:
    """From a count to its contacts, from a contact to the gate's word on it, and back step by step."""
    async with attached() as driver:
        await driver.press("w", "down", "enter")
        assert _is(driver, ReasonScreen)
        assert driver.engine.last(ListUndialable).code == "before_hours"
        assert "BEFORE CALLING HOURS" in driver.text and "+1 213-555-0101" in driver.text
        await driver.press("enter")
        asked = driver.engine.last(Explain)
        assert (asked.number, asked.campaign) == ("+12135550101", "reminders")
        assert "not now, not before 10:46" in driver.text
        await driver.press("d")
        assert _is(driver, DncScreen)
        await driver.press("escape", "escape")
        assert _is(driver, WhyScreen)
        await driver.press("escape")
        assert _is(driver, OperationsScreen)


async def test_the_reason_under_the_cursor_is_told_in_full() -> None:
    """A column may be too narrow for a sentence that says what to do."""
    async with attached() as driver:
        await driver.press("w", "down", "down")
        assert "may be used for 31 days, so nothing is dialed" in " ".join(driver.text.split())


async def test_the_next_page_comes_when_the_cursor_is_at_the_end() -> None:
    """A list of any length is asked for a page at a time."""
    async with attached() as driver:
        await driver.press("w", "down", "enter")
        assert "the first 100" in driver.text
        await driver.press("end")
        assert driver.engine.last(ListUndialable).after == 100
        assert "the first" not in driver.text


async def test_from_a_campaigns_details_too() -> None:
    """w there is about that campaign; escape leads back to it."""
    async with attached() as driver:
        await driver.press("enter", "w")
        assert _is(driver, WhyScreen)
        await driver.press("escape")
        assert _is(driver, CampaignScreen)


async def test_counts_are_asked_for_again_once_a_second_while_things_change() -> None:
    """Not with every change, and not at all while nothing changes."""
    async with attached() as driver:
        await driver.press("w")
        asked = _asked(driver.engine)
        for done in (172, 173, 174):
            driver.engine.change(Kind.CAMPAIGN, "reminders", done=done)
            await driver.settle()
        assert _asked(driver.engine) == asked
        await driver.seconds(1)
        await driver.seconds(1)
        assert _asked(driver.engine) == asked + 1


async def test_a_start_is_asked_for_with_who_may_be_called() -> None:
    """The dialog opens at once; the line follows when the engine has counted. Start goes on from the counts, too."""
    async with attached() as driver:
        await driver.press("down", "down", "down", "s")
        assert "Start recall-feb?" in driver.text
        assert driver.engine.last(ShowDialable).fresh
        assert "Of 920 contacts: 285 may be called now, 397 later today" in driver.text
        await driver.press("escape", "w", "s", "y")
        assert driver.engine.last(StartCampaign).name == "recall-feb"


async def test_what_cannot_be_counted_is_said() -> None:
    """On the screen itself, and in the dialog of a start, which goes on without it."""
    engine = FakeEngine()
    engine.answers[ShowDialable] = Problem("The contacts differ in too many ways to be counted.")
    async with attached(engine) as driver:
        await driver.press("w")
        assert "too many ways" in driver.text
        await driver.press("escape", "down", "down", "down", "s")
        assert "too many ways" in driver.text
        await driver.press("y")
        assert driver.engine.last(StartCampaign).name == "recall-feb"


async def test_a_list_that_is_empty_or_refused_says_so() -> None:
    """Contacts move on while somebody looks; an engine may refuse."""
    engine = FakeEngine()
    engine.answers[ListUndialable] = Problem("There is no campaign 'reminders'.")
    async with attached(engine) as driver:
        await driver.press("w", "enter")
        assert "There is no campaign" in driver.text


async def test_a_campaign_without_contacts() -> None:
    """An empty table says what would fill it."""
    engine = FakeEngine()
    engine.answers[ShowDialable] = lambda request: _nobody(request.name)
    async with attached(engine) as driver:
        await driver.press("w")
        assert "list import" in driver.text


def _nobody(name: str) -> Any:
    return msgspec.structs.replace(
        dialable_report(name), total=0, ready=0, today=0, waiting=0, refused=0, done={}, reasons=()
    )


def _asked(engine: FakeEngine) -> int:
    return sum(isinstance(request, ShowDialable) for request in engine.asked)


def _is(driver: Driver, screen: type[PlaceScreen]) -> bool:
    return isinstance(driver.app.screen, screen)
