"""A trunk looked over by the engine, where its keys are: what is wrong with it, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from dialconsole.console.actions import Place
from dialconsole.console.render.line import Line, wrap
from dialconsole.console.render.trunk_check import check_lines
from dialconsole.console.screens.place import Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.model.errors import Problem
from dialconsole.model.request.trunks import CheckTrunk, TrunkCheck

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp


class TrunkScreen(PlaceScreen):
    """Asks when it opens, and when told to; never by itself, for each look makes a room at the server."""

    PLACE: ClassVar[Place] = Place.TRUNK
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.TRUNK)

    def __init__(self, console: ConsoleApp, name: str) -> None:
        super().__init__(console)
        self._trunk = name
        self._check: TrunkCheck | None = None
        self._fault = ""
        self._lines = LinesFrom(self._check_lines, id="trunk-check")

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="scroll"):
            yield self._lines

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._again()

    def paint(self, changes: Changes) -> None:
        self._lines.stale = not self.console.store.connected
        self._lines.redraw()

    def handlers(self) -> dict[str, Handler]:
        return {"check_again": self._again}

    def _again(self) -> None:
        self._check, self._fault = None, ""
        self._lines.redraw()
        self.run_worker(self._look(), exclusive=True, group="check")

    async def _look(self) -> None:
        try:
            self._check = await self.console.desk.request(CheckTrunk(name=self._trunk))
        except Problem as problem:
            self._fault = problem.sentence
        self._lines.redraw()

    def _check_lines(self, width: int) -> Sequence[Line]:
        if self._check is not None:
            return check_lines(self._check, width, self.console.ascii_only)
        waiting = f"The engine looks {self._trunk} over; no phone rings. An agent may take some seconds to be ready."
        return [Line(f" {line}", "dim") for line in wrap(self._fault or waiting, width - 2)]
