"""Where a filter is typed: below the calls, so that they do not move while one types."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from dialconsole.console.widgets.said import said

HINT = "number, name, campaign or state; ! inverts"


class FilterBar(Horizontal):
    """Hidden until it is opened. Enter keeps the filter, escape clears it; both close the bar."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", "Clear", show=False)]

    class Changed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Closed(Message):
        """Done with typing."""

    def compose(self) -> ComposeResult:
        yield Static("/", id="filter-sign", markup=False)
        pattern = Input(id="filter-pattern", compact=True)
        pattern.cursor_blink = False
        yield pattern
        yield Static(said(self, HINT), id="filter-hint")

    def on_mount(self) -> None:
        self.display = False

    def open(self) -> None:
        self.display = True
        self.query_one(Input).focus()

    def say(self, fault: str) -> None:
        """Show what is wrong with the pattern, or the hint again."""
        hint = self.query_one("#filter-hint", Static)
        hint.update(said(self, fault or HINT))
        hint.set_class(bool(fault), "-fault")

    def clear(self) -> None:
        self.query_one(Input).value = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()

    def action_clear(self) -> None:
        self.clear()
        self._close()

    def _close(self) -> None:
        self.display = False
        self.post_message(self.Closed())
