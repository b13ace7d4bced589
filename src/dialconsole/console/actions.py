"""Everything a person can do with a key, in one table.

Bindings, footer, command palette, help screen and the keys in ``docs/console.md`` are made from it, so none of them can
promise what another does not keep. Rejected: hints written beside each binding (they drift) and hiding what a role may
not do by not binding it (the key then does nothing and nobody learns why; here it answers with a sentence).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import IntEnum, StrEnum
from pathlib import Path

from msgspec import Struct

from dialconsole.model.view import Role


class Danger(IntEnum):
    """How hard it is to do by mistake. Pausing is never made hard."""

    NONE = 0
    UNDO = 1
    """Done at once; the answer names old and new, ``u`` takes it back."""
    CONFIRM = 2
    """Asks first, with what it would touch; Cancel has the focus."""
    NAME = 3
    """Asks for the campaign's name to be typed."""


class Place(StrEnum):
    """Where an action's keys are bound."""

    OPERATIONS = "Operations"
    CAMPAIGN = "Campaign details"
    CALL = "Call details"
    WHY = "Who may be called"
    REASON = "Contacts of a reason"
    DNC = "Do-not-call editor"
    TRUNK = "Trunk check"
    HELP = "Help"


EVERYWHERE = tuple(Place)
DETAILS = (Place.CAMPAIGN, Place.CALL, Place.WHY, Place.REASON, Place.DNC, Place.TRUNK, Place.HELP)


class Action(Struct, frozen=True, kw_only=True):
    """One thing to do. ``keys`` are Textual's names of keys; ``shown`` is what people read instead."""

    name: str
    title: str
    """One or two words, for the footer."""
    keys: tuple[str, ...]
    shown: str
    places: tuple[Place, ...]
    help: str
    """One sentence."""
    changes: bool = False
    """Whether it changes anything at the engine: such keys are off while there is none."""
    danger: Danger = Danger.NONE
    role: Role = Role.OBSERVER
    footer: int = 0
    """Place in the footer, 1 first; what does not fit is left out from the end. 0 is never there."""
    footer_key: str = ""
    """Key and title in the footer where they differ there: ``+/- pace`` stands for two actions."""
    footer_title: str = ""


ACTIONS: tuple[Action, ...] = (
    Action(
        name="toggle_pause",
        title="pause",
        keys=("p",),
        shown="p",
        places=(Place.OPERATIONS, Place.CAMPAIGN),
        help="Pause the campaign under the cursor, or resume it. No new call starts; calls in progress go on.",
        changes=True,
        role=Role.OPERATOR,
        footer=1,
    ),
    Action(
        name="pause_all",
        title="pause all",
        keys=("P",),
        shown="P",
        places=EVERYWHERE,
        help="Pause every campaign at once, from any screen. Never asks.",
        changes=True,
        role=Role.OPERATOR,
        footer=2,
    ),
    Action(
        name="throttle_up",
        title="faster",
        keys=("plus", "equals_sign"),
        shown="+",
        places=(Place.OPERATIONS,),
        help="More calls a minute for the campaign under the cursor, or for the trunk when the limits have the focus.",
        changes=True,
        danger=Danger.UNDO,
        role=Role.OPERATOR,
        footer=5,
        footer_key="+/-",
        footer_title="pace",
    ),
    Action(
        name="throttle_down",
        title="slower",
        keys=("minus",),
        shown="-",
        places=(Place.OPERATIONS,),
        help="Fewer calls a minute, the same way. Takes effect with the very next call.",
        changes=True,
        danger=Danger.UNDO,
        role=Role.OPERATOR,
    ),
    Action(
        name="undo",
        title="undo",
        keys=("u",),
        shown="u",
        places=(Place.OPERATIONS, Place.CAMPAIGN, Place.CALL, Place.WHY, Place.REASON, Place.DNC, Place.TRUNK),
        help="Take the last change of pace or limits back; after P, resume what it paused. The latter asks first.",
        changes=True,
        role=Role.OPERATOR,
        footer=5,
    ),
    Action(
        name="edit_limits",
        title="edit limits",
        footer_title="edit",
        keys=("e",),
        shown="e",
        places=(Place.OPERATIONS,),
        help="Type the limits of the trunk or campaign under the cursor of the limits: a minute, at once, a second.",
        changes=True,
        danger=Danger.UNDO,
        role=Role.OPERATOR,
        footer=14,
    ),
    Action(
        name="reset_trunk",
        title="reset trunk",
        footer_title="reset",
        keys=("r",),
        shown="r",
        places=(Place.OPERATIONS,),
        help="Take the trunk under the cursor of the limits for sound again, if it was stopped or slowed.",
        changes=True,
        danger=Danger.CONFIRM,
        role=Role.OPERATOR,
        footer=17,
    ),
    Action(
        name="check_trunk",
        title="check trunk",
        footer_title="check",
        keys=("t",),
        shown="t",
        places=(Place.OPERATIONS,),
        help="Find out whether the trunk under the cursor of the limits could place calls; no phone rings.",
        changes=True,
        role=Role.OPERATOR,
        footer=16,
    ),
    Action(
        name="check_again",
        title="again",
        keys=("t",),
        shown="t",
        places=(Place.TRUNK,),
        help="Look the trunk over once more.",
        changes=True,
        role=Role.OPERATOR,
        footer=5,
    ),
    Action(
        name="create",
        title="create",
        keys=("c",),
        shown="c",
        places=(Place.OPERATIONS,),
        help="Make a campaign from a call list on the engine's machine. It stays a draft until it is started.",
        changes=True,
        role=Role.OPERATOR,
        footer=15,
    ),
    Action(
        name="cancel_import",
        title="cancel import",
        keys=("C",),
        shown="C",
        places=(Place.OPERATIONS,),
        help="Stop the list that is coming into the campaign under the cursor. Nothing of it is there then.",
        changes=True,
        danger=Danger.CONFIRM,
        role=Role.OPERATOR,
    ),
    Action(
        name="start_or_drain",
        title="start/drain",
        keys=("s",),
        shown="s",
        places=(Place.OPERATIONS, Place.CAMPAIGN, Place.WHY),
        help="Start a draft or finished campaign, or drain one: its calls in progress finish, no new ones start.",
        changes=True,
        danger=Danger.CONFIRM,
        role=Role.OPERATOR,
        footer=9,
    ),
    Action(
        name="open",
        title="open",
        keys=("enter",),
        shown="enter",
        places=(Place.OPERATIONS,),
        help="Details of what is under the cursor: a campaign, a call; on a limit, its numbers to edit.",
        footer=7,
    ),
    Action(
        name="filter",
        title="find",
        keys=("slash",),
        shown="/",
        places=(Place.OPERATIONS,),
        help="Filter the calls by a pattern over number, name, campaign and state; ! in front shows the others.",
        footer=6,
    ),
    Action(
        name="unfilter",
        title="all calls",
        keys=("escape",),
        shown="esc",
        places=(Place.OPERATIONS,),
        help="Clear the filter.",
        footer=4,
    ),
    Action(
        name="problems",
        title="problems",
        keys=("z", "ctrl+z"),
        shown="z, ctrl+z",
        places=(Place.OPERATIONS,),
        help="Show only calls that went wrong: blocked, throttled, trunk fault, bad number, no agent, unknown.",
        footer=10,
        footer_key="z",
    ),
    Action(
        name="freeze",
        title="freeze",
        keys=("f",),
        shown="f",
        places=(Place.OPERATIONS,),
        help="Freeze the order of the calls, so that nothing moves while you aim; again to let go.",
        footer=11,
    ),
    Action(
        name="hang_up",
        title="hang up",
        keys=("x",),
        shown="x",
        places=(Place.OPERATIONS, Place.CALL),
        help="Hang up the call under the cursor.",
        changes=True,
        danger=Danger.CONFIRM,
        role=Role.OPERATOR,
        footer=12,
    ),
    Action(
        name="hang_up_campaign",
        title="hang up all",
        keys=("X",),
        shown="X",
        places=(Place.OPERATIONS, Place.CAMPAIGN),
        help="Hang up every call of the campaign under the cursor, and pause it.",
        changes=True,
        danger=Danger.NAME,
        role=Role.OPERATOR,
        footer=13,
    ),
    Action(
        name="dnc",
        title="do-not-call",
        footer_title="DNC",
        keys=("d",),
        shown="d",
        places=(Place.OPERATIONS, Place.CALL, Place.REASON),
        help="Open the do-not-call editor; from a call or contact, with its number looked up.",
        footer=8,
    ),
    Action(
        name="why",
        title="why not",
        keys=("w",),
        shown="w",
        places=(Place.OPERATIONS, Place.CAMPAIGN),
        help="How many contacts of the campaign may be called now, today, later, and why not the others.",
        footer=8,
    ),
    Action(
        name="open_reason",
        title="contacts",
        keys=("enter",),
        shown="enter",
        places=(Place.WHY,),
        help="The contacts behind the count under the cursor.",
        footer=1,
    ),
    Action(
        name="explain_contact",
        title="explain",
        keys=("enter",),
        shown="enter",
        places=(Place.REASON,),
        help="Ask the engine's own gate about the contact under the cursor: every check, and when it may be called.",
        footer=1,
    ),
    Action(
        name="dnc_search",
        title="search",
        keys=("slash",),
        shown="/",
        places=(Place.DNC,),
        help="Search the list: digits of a number, or words of a reason.",
        footer=5,
    ),
    Action(
        name="dnc_add",
        title="add",
        keys=("a",),
        shown="a",
        places=(Place.DNC,),
        help="Add a number, with where the wish came from, why, and whether it binds every campaign or one.",
        changes=True,
        role=Role.OPERATOR,
        footer=6,
    ),
    Action(
        name="dnc_remove",
        title="remove",
        keys=("x",),
        shown="x",
        places=(Place.DNC,),
        help="Take the number under the cursor off the list. Needs a reason; both stay in the audit.",
        changes=True,
        danger=Danger.CONFIRM,
        role=Role.OPERATOR,
        footer=7,
    ),
    Action(
        name="dnc_import",
        title="import",
        keys=("i",),
        shown="i",
        places=(Place.DNC,),
        help="Add every number of a file on the engine's machine.",
        changes=True,
        role=Role.OPERATOR,
        footer=9,
    ),
    Action(
        name="would_call",
        title="check",
        keys=("w",),
        shown="w",
        places=(Place.DNC,),
        help="Ask the engine's own gate whether a number would be called now, and why not.",
        footer=8,
    ),
    Action(
        name="next_pane",
        title="next pane",
        keys=("tab",),
        shown="tab",
        places=EVERYWHERE,
        help="Move the focus to the next part of the screen.",
    ),
    Action(
        name="previous_pane",
        title="previous pane",
        keys=("shift+tab",),
        shown="shift+tab",
        places=EVERYWHERE,
        help="Move the focus to the part before.",
    ),
    Action(
        name="help",
        title="help",
        keys=("question_mark", "f1"),
        shown="?, F1",
        places=(Place.OPERATIONS, Place.CAMPAIGN, Place.CALL, Place.WHY, Place.REASON, Place.DNC, Place.TRUNK),
        help="Every key of this screen, what it does and who may use it.",
        footer=3,
        footer_key="?",
    ),
    Action(
        name="palette",
        title="commands",
        keys=("ctrl+p",),
        shown="ctrl+p",
        places=EVERYWHERE,
        help="Find a command by its name; also the colour themes.",
    ),
    Action(
        name="back",
        title="back",
        keys=("escape", "q"),
        shown="esc, q",
        places=DETAILS,
        help="Back to the screen before.",
        footer=4,
        footer_key="esc",
    ),
    Action(
        name="detach",
        title="detach",
        keys=("q",),
        shown="q",
        places=(Place.OPERATIONS,),
        help="Leave the console. The engine and its calls go on without it.",
        footer=4,
    ),
)

BY_NAME = {action.name: action for action in ACTIONS}


def actions_of(place: Place) -> list[Action]:
    """The actions whose keys are bound in ``place``, in the table's order."""
    return [action for action in ACTIONS if place in action.places]


def as_markdown(actions: Iterable[Action] = ACTIONS) -> str:
    """The tables of keys for ``docs/console.md``, one for each place."""
    lines: list[str] = []
    listed = list(actions)
    for place in Place:
        here = [a for a in listed if place in a.places]
        lines += [f"### {place.value}", "", "| key | what | who | danger |", "| --- | --- | --- | --- |"]
        lines += [f"| `{a.shown}` | {a.help} | {a.role.value} | {a.danger.value} |" for a in here]
        lines.append("")
    return "\n".join(lines)


def _write_page(page: Path) -> None:
    """Put the tables between the two marks of the page in the docs."""
    begin, end = "<!-- keys: made from src/dialconsole/console/actions.py -->\n", "<!-- end of keys -->"
    before, _, rest = page.read_text().partition(begin)
    page.write_text(f"{before}{begin}{as_markdown()}{end}{rest.partition(end)[2]}")


if __name__ == "__main__":
    _write_page(Path(sys.argv[1]))
