"""The questions the console asks before it does something that cannot be taken back.

The safe answer always has the focus, and says what it does. Muscle memory is the enemy here: what would cut people off
in the middle of a sentence cannot be confirmed with the key that asked for it, and the worst of it asks for a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from dialconsole.console.widgets.said import said
from dialconsole.model.errors import Problem

Later = Callable[[], Awaitable[str]]
"""Makes a line that takes a moment to find out. May raise ``Problem``."""

COUNTING = "Counting who may be called …"


class Confirm(ModalScreen[bool]):
    """Asks, and is dismissed with the answer.

    With ``later`` a line follows when it is known. With ``typed`` the answer is yes only after that text was
    typed: ``y`` alone does nothing then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", show=False),
        Binding("n", "answer(False)", "No", show=False),
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("left,up", "app.focus_previous", "Before", show=False),
        Binding("right,down", "app.focus_next", "Next", show=False),
    ]

    def __init__(
        self,
        question: str,
        consequence: str,
        yes: str,
        no: str = "Cancel",
        *,
        typed: str = "",
        later: Later | None = None,
    ) -> None:
        super().__init__()
        self._question = question
        self._consequence = consequence
        self._yes = yes
        self._no = no
        self._typed = typed
        self._later = later

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(said(self, self._question), classes="dialog-title")
            yield Static(said(self, self._consequence), classes="dialog-text")
            if self._later is not None:
                yield Static(said(self, COUNTING), classes="dialog-text", id="later")
            if self._typed:
                yield Static(said(self, f"Type {self._typed} to confirm:"), classes="dialog-text")
                name = Input(id="typed", compact=True)
                name.cursor_blink = False
                yield name
            with Horizontal(classes="dialog-buttons"):
                yield Button(said(self, self._no), id="no", compact=True)
                yield Button(said(self, self._yes), id="yes", compact=True, disabled=bool(self._typed))

    def on_mount(self) -> None:
        self.query_one("#typed" if self._typed else "#no").focus()
        if self._later is not None:
            self.run_worker(self._tell(self._later))

    async def _tell(self, later: Later) -> None:
        """The answer to the question does not wait for it."""
        try:
            sentence = await later()
        except Problem as problem:
            sentence = problem.sentence
        self.query_one("#later", Static).update(said(self, sentence))

    @property
    def _allowed(self) -> bool:
        return not self._typed or self.query_one("#typed", Input).value.strip() == self._typed

    def on_input_changed(self) -> None:
        self.query_one("#yes", Button).disabled = not self._allowed

    def on_input_submitted(self) -> None:
        if self._allowed:
            self.dismiss(True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        if not yes or (self._allowed and not self._typed) or self.focused is self.query_one("#yes"):
            self.dismiss(yes)
