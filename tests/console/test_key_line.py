"""Keys that come all at once do what they would have done one by one."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.widgets import Input

from console.driving import Driver, attached
from console.fake_engine import FakeEngine
from dialconsole.console.dialogs import Confirm
from dialconsole.console.screens.help import HelpScreen
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.model.campaign import Limits
from dialconsole.model.request.campaigns import DrainCampaign, HangUpCampaign, PauseCampaign
from dialconsole.model.request.optouts import AddOptOut
from dialconsole.model.request.trunks import SetLimits


def asked(driver: Driver, kind: type) -> bool:
    """Whether the engine was asked for that."""
    return any(isinstance(request, kind) for request in driver.engine.asked)


@pytest.mark.parametrize(
    ("keys", "limit"),
    [
        (("ctrl+u", "2", "4", "enter"), 24),
        (("end", "5", "backspace", "4", "enter"), 304),
        (("home", "delete", "2", "enter"), 20),
        (("end", "left", "4", "ctrl+k", "enter"), 34),
    ],
)
async def test_editing_keys_and_letters_act_in_the_order_they_came(keys: tuple[str, ...], limit: int) -> None:
    """And enter sets what stands there when all before it have acted: here the trunk's 30 calls a minute."""
    async with attached() as driver:
        await driver.press("tab", "e")
        await driver.burst(*keys)
        assert driver.engine.last(SetLimits).limits.calls_per_minute == limit


async def test_keys_that_move_the_focus_keep_their_place_too() -> None:
    """What is typed behind a tab belongs to the next field."""
    async with attached() as driver:
        await driver.press("tab", "e")
        await driver.burst("ctrl+u", "2", "4", "tab", "ctrl+u", "8", "down", "ctrl+u", "1", "enter")
        assert driver.engine.last(SetLimits).limits == Limits(calls_per_minute=24, max_concurrent=8, calls_per_second=1)


async def test_the_key_that_opens_a_form_and_those_for_it_may_come_together() -> None:
    """None of them reaches the screen behind."""
    async with attached() as driver:
        await driver.burst("tab", "e", "ctrl+u", "2", "4", "enter")
        assert driver.engine.last(SetLimits).limits.calls_per_minute == 24
        assert isinstance(driver.app.screen, OperationsScreen)


async def test_enter_on_a_limit_opens_its_form_for_the_keys_behind_it() -> None:
    """That way goes through a message of the pane before the form is opened."""
    async with attached() as driver:
        await driver.burst("tab", "enter", "ctrl+u", "2", "4", "enter")
        assert driver.engine.last(SetLimits).limits.calls_per_minute == 24


async def test_a_search_typed_in_one_go_searches() -> None:
    """``/pause`` pauses nothing and opens nothing."""
    async with attached() as driver:
        await driver.type("/pause")
        assert driver.app.screen.query_one("#filter-pattern", Input).value == "pause"
        assert isinstance(driver.app.screen, OperationsScreen)
        assert not asked(driver, PauseCampaign)


async def test_the_key_behind_a_search_is_a_key_again() -> None:
    """Enter closes the line; p then pauses, and is no letter of the search."""
    async with attached() as driver:
        await driver.burst("slash", "a", "n", "a", "enter", "p")
        assert "find ana" in driver.text
        assert driver.engine.last(PauseCampaign).name == "reminders"


async def test_a_name_typed_right_behind_the_question_for_it_answers_it() -> None:
    """``X``, the name and enter in one go hang up that campaign and do nothing else."""
    async with attached() as driver:
        await driver.burst("X", *"reminders", "enter")
        assert driver.engine.last(HangUpCampaign).name == "reminders"
        assert isinstance(driver.app.screen, OperationsScreen)


async def test_a_wrong_name_stays_in_the_question() -> None:
    """Its letters open nothing and pause nothing behind the dialog."""
    async with attached() as driver:
        await driver.burst("X", *"spdcze", "enter")
        assert isinstance(driver.app.screen, Confirm)
        assert driver.app.screen.query_one("#typed", Input).value == "spdcze"
        assert not asked(driver, PauseCampaign) and not asked(driver, HangUpCampaign)


async def test_the_answer_may_come_with_the_question() -> None:
    """``sy`` drains, ``sn`` does not."""
    async with attached() as driver:
        await driver.burst("s", "n")
        assert not asked(driver, DrainCampaign)
        await driver.burst("s", "y")
        assert driver.engine.last(DrainCampaign).name == "reminders"


async def test_escape_gives_the_keys_behind_it_back_to_the_screen() -> None:
    """A form left unsent, then the campaign paused."""
    async with attached() as driver:
        await driver.burst("e", "9", "escape", "p")
        assert not asked(driver, SetLimits)
        assert driver.engine.last(PauseCampaign).name == "reminders"


async def test_keys_for_a_screen_that_opens_wait_for_it() -> None:
    """``da`` and a number: the editor, its form, the number in it."""
    async with attached() as driver:
        await driver.burst("d", "a", *"2125550199", "down", "down", *"asked us", "enter")
        added = driver.engine.last(AddOptOut)
        assert (added.number, added.reason) == ("2125550199", "asked us")


async def test_an_engine_that_does_not_answer_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is opening is waited for, so that one can always look elsewhere, or leave."""
    engine = FakeEngine()

    async def never(request: object) -> None:
        await asyncio.Event().wait()

    async with attached(engine) as driver:
        monkeypatch.setattr(engine, "request", never)
        await driver.burst("p", "question_mark")
        assert isinstance(driver.app.screen, HelpScreen)


async def test_text_that_is_pasted_goes_where_the_key_before_it_led() -> None:
    """A paste waits in the same line."""
    async with attached() as driver:
        driver.app.post_message(events.Key("slash", "/"))
        driver.app.post_message(events.Paste("ana"))
        await driver.burst("enter")
        assert "find ana" in driver.text


async def test_keys_for_the_palette_wait_for_it() -> None:
    """Letters typed right behind ctrl+p look for a command, they are none."""
    async with attached() as driver:
        await driver.burst("ctrl+p", "p", "a", "u")
        assert driver.app.screen.query_one(Input).value == "pau"
        assert not asked(driver, PauseCampaign)
