"""What stands on a terminal in which nothing of use would fit."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from dialconsole.console.widgets.said import said


class TooSmall(ModalScreen[None]):
    """Covers all until the terminal is larger; calls, and the keys of the terminal itself, go on."""

    def compose(self) -> ComposeResult:
        yield Static(said(self, _sentence(self.app.size)))

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Static).update(said(self, _sentence(event.size)))


def _sentence(size: Size) -> str:
    return (
        f"This terminal has {size.width}×{size.height} characters; the console needs at least 80×24. "
        "Enlarge it and the screen comes back. Calls go on meanwhile."
    )
