"""One table of actions, and everything that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding

from console.driving import attached, console
from console.fake_engine import FakeEngine
from dialconsole.console.actions import ACTIONS, BY_NAME, Action, Danger, Place, actions_of, as_markdown
from dialconsole.console.screens.call import CallScreen
from dialconsole.console.screens.campaign import CampaignScreen
from dialconsole.console.screens.dnc import DncScreen
from dialconsole.console.screens.help import HelpScreen
from dialconsole.console.screens.operations import OperationsScreen
from dialconsole.console.screens.place import PlaceScreen
from dialconsole.console.screens.trunk import TrunkScreen
from dialconsole.model.view import Role

PAGE = Path(__file__).parents[2] / "docs" / "console.md"
BEGIN, END = "<!-- keys: made from src/dialconsole/console/actions.py -->\n", "<!-- end of keys -->"


def test_names_are_unique() -> None:
    """An action is known by its name."""
    assert len(BY_NAME) == len(ACTIONS)


@pytest.mark.parametrize("place", list(Place))
def test_no_key_means_two_things_in_one_place(place: Place) -> None:
    """Each key once."""
    keys = [key for action in actions_of(place) for key in action.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_what_changes_something_is_no_observers(action: Action) -> None:
    """Whoever may only look has no key that does more; and what is dangerous is a change."""
    assert not action.changes or action.role is not Role.OBSERVER
    assert action.danger is Danger.NONE or action.changes


def test_pausing_is_never_made_hard() -> None:
    """No question, no undo, one key."""
    assert BY_NAME["pause_all"].danger is BY_NAME["toggle_pause"].danger is Danger.NONE
    assert set(BY_NAME["pause_all"].places) == set(Place)


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        (Place.OPERATIONS, ()),
        (Place.CAMPAIGN, ("enter",)),
        (Place.CALL, ("tab", "tab", "enter")),
        (Place.DNC, ("d",)),
        (Place.TRUNK, ("t",)),
        (Place.HELP, ("question_mark",)),
    ],
)
async def test_every_action_of_a_place_is_bound_and_does_something(place: Place, keys: tuple[str, ...]) -> None:
    """The screen knows each action of its place by name, and its keys are the table's."""
    async with attached(FakeEngine()) as driver:
        await driver.press(*keys)
        screen = driver.app.screen
        assert isinstance(screen, PlaceScreen) and screen.PLACE is place
        known = {**screen._common_handlers(), **screen.handlers()}
        for action in actions_of(place):
            assert action.name in known
            for key in action.keys:
                assert any(b.action == f"act('{action.name}')" for b in screen._bindings.get_bindings_for_key(key))


@pytest.mark.parametrize("screen", [OperationsScreen, CampaignScreen, CallScreen, DncScreen, TrunkScreen, HelpScreen])
def test_bindings_have_an_id_for_keymaps(screen: type[PlaceScreen]) -> None:
    """So that a person may put them on other keys."""
    assert all(isinstance(binding, Binding) and binding.id for binding in screen.BINDINGS)


async def test_the_palette_offers_the_actions_and_no_screenshot() -> None:
    """A screenshot would write phone numbers to a file."""
    async with attached() as driver:
        commands = list(driver.app.get_system_commands(driver.app.screen))
        titles = [command.title for command in commands]
        assert "pause all (P)" in titles
        assert "theme mono" in titles
        assert not any("creenshot" in title for title in titles)
        next(command for command in commands if command.title == "freeze (f)").callback()
        await driver.settle()
        assert "FROZEN" in driver.line("CALLS")


async def test_the_palette_changes_the_theme() -> None:
    """At once, from any screen."""
    async with attached() as driver:
        commands = {c.title: c for c in driver.app.get_system_commands(driver.app.screen)}
        commands["theme mono"].callback()
        assert driver.app.theme == "mono"


async def test_ctrl_p_opens_the_palette() -> None:
    """Textual's own, with our commands."""
    async with attached() as driver:
        await driver.press("ctrl+p")
        assert type(driver.app.screen).__name__ == "CommandPalette"


async def test_the_help_screen_lists_every_action_of_its_place() -> None:
    """With what it needs of one's role."""
    async with attached(FakeEngine(role=Role.OBSERVER), size=(160, 60)) as driver:
        await driver.press("question_mark")
        for action in actions_of(Place.OPERATIONS):
            assert action.title in driver.text
        assert "(needs the role operator)" in driver.text


def test_the_page_in_the_docs_is_the_table() -> None:
    """``python -m dialconsole.console.actions docs/console.md`` writes it anew."""
    page = PAGE.read_text()
    keys = page.partition(BEGIN)[2].partition(END)[0]
    assert keys == as_markdown()


def test_a_console_needs_no_engine_to_be_made() -> None:
    """Nothing is asked before the app runs."""
    engine = FakeEngine()
    console(engine)
    assert engine.asked == []
