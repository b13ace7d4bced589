"""What stands on a terminal in which nothing of use would fit."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static


class TooSmall(ModalScreen[None]):
    """Covers all until the terminal is larger; calls, and the keys of the terminal itself, go on."""

    def compose(self) -> ComposeResult:
        size = self.app.size
        yield Static(
            f"This terminal has {size.width}×{size.height} characters; the console needs at least 80×24. "
            "Enlarge it and the screen comes back. Calls go on meanwhile.",
            markup=False,
        )
