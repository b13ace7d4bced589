"""A few lines to fill in. It stays open until the engine has taken them: nobody types a reason twice.

Rejected: a screen for each form (they differ in their fields only) and Textual's Select (a list that opens over the
dialog, for two or three words).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from dialconsole.console.field import Field, Submit
from dialconsole.console.widgets.said import said


class Choice(Widget, can_focus=True):
    """One of a few words; the arrow keys and space go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Before", show=False),
        Binding("right,space", "step(1)", "Next", show=False),
    ]

    at: reactive[int] = reactive(0)

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, *, id: str) -> None:
        super().__init__(id=id, classes="form-value")
        self._choices = choices
        self.set_reactive(Choice.at, max(0, [key for key, _ in choices].index(value)) if value else 0)

    @property
    def value(self) -> str:
        return self._choices[self.at][0]

    def render(self) -> Content:
        return said(self, f"‹ {self._choices[self.at][1]} ›")

    def action_step(self, step: int) -> None:
        self.at = (self.at + step) % len(self._choices)

    def on_click(self) -> None:
        self.action_step(1)


class Form(ModalScreen[bool]):
    """Dismissed with whether it was submitted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]

    def __init__(self, title: str, fields: Sequence[Field], yes: str, submit: Submit, note: str = "") -> None:
        super().__init__()
        self._title = title
        self._fields = fields
        self._yes = yes
        self._submit = submit
        self._note = note
        self._sending = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(said(self, self._title), classes="dialog-title")
            if self._note:
                yield Static(said(self, self._note), classes="dialog-text")
            for field in self._fields:
                with Horizontal(classes="form-row"):
                    yield Static(said(self, field.label), classes="form-label")
                    yield _editor(field)
            yield Static("", id="fault")
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(said(self, self._yes), id="yes", compact=True)

    def on_mount(self) -> None:
        self.query_one(f"#{self._first_empty()}").focus()

    def _first_empty(self) -> str:
        return next((f.key for f in self._fields if not f.value and not f.choices), self._fields[0].key)

    def action_cancel(self) -> None:
        self.dismiss(False)

    def on_input_submitted(self) -> None:
        self._send()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "yes":
            self._send()
        else:
            self.dismiss(False)

    def _values(self) -> dict[str, str]:
        values = {}
        for field in self._fields:
            editor = self.query_one(f"#{field.key}")
            assert isinstance(editor, (Input, Choice))
            values[field.key] = editor.value.strip()
        return values

    def _send(self) -> None:
        """Once, however often enter is pressed: what the engine is at cannot be called back."""
        if self._sending:
            return
        values = self._values()
        for field in self._fields:
            if field.needed and not values[field.key]:
                self._say(f"{field.label} is needed.")
                self.query_one(f"#{field.key}").focus()
                return
        self._sending = True
        self.run_worker(self._try(values))

    async def _try(self, values: dict[str, str]) -> None:
        try:
            fault = await self._submit(values)
        finally:
            self._sending = False
        if fault:
            self._say(fault)
        else:
            self.dismiss(True)

    def _say(self, fault: str) -> None:
        line = self.query_one("#fault", Static)
        line.update(said(self, fault))
        line.add_class("-said")


def _editor(field: Field) -> Input | Choice:
    if field.choices:
        return Choice(field.choices, field.value, id=field.key)
    # An Input takes markup in its placeholder; ours are constants, never data.
    editor = Input(field.value, placeholder=field.hint, id=field.key, classes="form-value", compact=True)
    editor.cursor_blink = False
    return editor
