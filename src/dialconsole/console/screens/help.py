"""Every key of the screen one came from. Made from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from dialconsole.console.actions import Danger, Place, actions_of
from dialconsole.console.render.line import Line, rule, wrap
from dialconsole.console.screens.place import PlaceScreen, bindings_of
from dialconsole.console.widgets.lines import LinesFrom

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp

_KEY, _TITLE = 10, 15

DANGER_WORDS = {
    Danger.NONE: "",
    Danger.UNDO: "u takes it back",
    Danger.CONFIRM: "asks first",
    Danger.NAME: "asks for the name",
}

LEGEND = (
    "WAIT may be called now and waits for a slot. HELD may not be called now: hours, or too soon after the last call. "
    "RETRY waits for its next attempt. ANS is the share of today's attempts that a person or a machine answered. "
    "IN 60 S counts calls started in any 60 seconds. Times are in your zone; LOCAL is the callee's."
)


class HelpScreen(PlaceScreen):
    """Keys of ``about``, what they do, who may use them."""

    PLACE: ClassVar[Place] = Place.HELP
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.HELP)

    def __init__(self, console: ConsoleApp, about: Place) -> None:
        super().__init__(console)
        self._about = about
        self._lines = LinesFrom(self._help_lines, id="help")

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="scroll"):
            yield self._lines

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _help_lines(self, width: int) -> Sequence[Line]:
        stroke = "-" if self.console.ascii_only else "─"
        lines = [rule(width, [(1, f"KEYS: {self._about.value}", "table-header")], stroke)]
        for action in actions_of(self._about):
            notes = [DANGER_WORDS[action.danger]]
            if not self.console.store.role.covers(action.role):
                notes.append(f"needs the role {action.role.value}")
            note = "".join(f" ({words})" for words in notes if words)
            first, *rest = wrap(action.help + note, width - _KEY - _TITLE - 3)
            line = Line(" ").column(action.shown, _KEY, "key").column(action.title, _TITLE, "title").add(" ")
            lines.append(line.add(first))
            lines += [Line(" " * (_KEY + _TITLE + 2)).add(text) for text in rest]
        if self._about is Place.OPERATIONS:
            lines.append(rule(width, [(1, "WORDS", "table-header")], stroke))
            lines += [Line(f" {text}", "dim") for text in wrap(LEGEND, width - 3)]
        return lines
