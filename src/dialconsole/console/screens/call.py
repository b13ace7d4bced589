"""One call: the ladder of what happened beside why it was allowed to happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll

from dialconsole.console.actions import Action, Place
from dialconsole.console.call_control import CallControl
from dialconsole.console.render.call import OUTCOME_WORDS, what_now
from dialconsole.console.render.duration import duration
from dialconsole.console.render.evidence import verdict_lines
from dialconsole.console.render.glyphs import call_sign
from dialconsole.console.render.header import BACKEND_WORDS
from dialconsole.console.render.ladder import ladder_lines
from dialconsole.console.render.line import Line, rule, spread, wrap
from dialconsole.console.render.number import phone
from dialconsole.console.screens.place import Handler, PlaceScreen, bindings_of
from dialconsole.console.store import Changes
from dialconsole.console.widgets.lines import LinesFrom
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase
from dialconsole.model.request.looking import CallReport, ShowCall
from dialconsole.model.view import CallView, Kind

if TYPE_CHECKING:
    from dialconsole.console.app import ConsoleApp

SIDE_BY_SIDE = 130
"""Cells from which ladder and evidence stand beside each other."""


class CallScreen(PlaceScreen):
    """Follows its call while that lives: each step of it asks for the ladder again."""

    PLACE: ClassVar[Place] = Place.CALL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.CALL)

    def __init__(self, console: ConsoleApp, attempt: str) -> None:
        super().__init__(console)
        self._attempt = attempt
        self._last = console.store.calls.get(attempt)
        self._report: CallReport | None = None
        self._fault = ""
        self._hanging_up = CallControl(console.desk)
        self._head = LinesFrom(self._head_lines, id="call-head")
        self._ladder = LinesFrom(self._ladder_lines, id="ladder")
        self._evidence = LinesFrom(self._evidence_lines, id="evidence")

    def body(self) -> ComposeResult:
        yield self._head
        with VerticalScroll(classes="scroll"), Horizontal(classes="columns"):
            yield self._ladder
            yield self._evidence

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= SIDE_BY_SIDE, "-wide")

    @property
    def _call(self) -> CallView | None:
        """The call as it is now, or as it was last seen."""
        self._last = self.console.store.calls.get(self._attempt, self._last)
        return self._last

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, changes: Changes) -> None:
        for lines in (self._head, self._ladder, self._evidence):
            lines.stale = not self.console.store.connected
        if changes.replaced or self._attempt in changes.ids[Kind.CALL]:
            self._head.redraw()
            self._ask()

    def second(self) -> None:
        self._head.redraw()
        self._ladder.redraw()

    def _ask(self) -> None:
        self.run_worker(self._load(), exclusive=True, group="report")

    async def _load(self) -> None:
        try:
            self._report = await self.console.desk.request(ShowCall(attempt=self._attempt))
        except Problem as problem:
            self._fault = problem.sentence
        for lines in (self._head, self._ladder, self._evidence):
            lines.redraw()
        self.redraw_footer()

    def _head_lines(self, width: int) -> Sequence[Line]:
        call, record = self._call, self._report.attempt if self._report else None
        known = call or record
        if known is None:
            return [Line(f" call {self._attempt}", "title")]
        tries = f", try {known.attempt_no}" + (f" of {call.max_attempts}" if call else "")
        who = Line("call ", "dim").add(phone(known.number), "title").add(f"  {known.name}")
        what = Line(f"{known.campaign}{tries}  over {known.trunk}", "dim")
        state = self._state()
        if who.width + what.width + state.width + 6 <= width:
            return [Line(" ").join(spread(width - 2, who, what, state))]
        return [Line(" ").join(spread(width - 2, who, state)), Line(" ").join(what)]

    def _state(self) -> Line:
        call = self._call
        if call is not None and call.phase is not CallPhase.ENDED:
            sign = call_sign(call)
            return Line(
                f"{sign.text(self.console.ascii_only)} {duration(self.console.store.now() - call.since)}", sign.role
            )
        outcome = self._report.attempt.outcome if self._report else call.outcome if call else None
        code = self._report.attempt.sip_code if self._report else call.sip_code if call else None
        words = OUTCOME_WORDS[outcome] if outcome is not None else "ended"
        return Line(f"ended: {words}" + (f" (SIP {code})" if code else ""), "state-ended")

    def _ladder_lines(self, width: int) -> Sequence[Line]:
        title = rule(width, [(1, "WHAT HAPPENED", "table-header")], "-" if self.console.ascii_only else "─")
        if self._report is None:
            words = self._fault or "Asking for its steps …"
            return [title, *(Line(f" {line}", "dim") for line in wrap(words, width - 2))]
        store, call = self.console.store, self._call
        backend = store.engine.backend if store.engine is not None else "trunk"
        placer = BACKEND_WORDS.get(backend, backend)
        lines = ladder_lines(self._report.events, placer, width, store.zone, ascii_only=self.console.ascii_only)
        if call is not None and call.phase is not CallPhase.ENDED:
            now = what_now(call, store.now())
            words = f"{call_sign(call).word}, {now}" if now else call_sign(call).word
            lines.append(Line(" " * 24).add(words, call_sign(call).role))
        return [title, *lines]

    def _evidence_lines(self, width: int) -> Sequence[Line]:
        title = rule(width, [(1, "WHY IT MAY BE CALLED", "table-header")], "-" if self.console.ascii_only else "─")
        if self._report is None:
            return [title]
        if self._report.evidence is None:
            return [title, Line(" The engine kept no evidence for this call.", "dim")]
        return [title, *verdict_lines(self._report.evidence, width, ascii_only=self.console.ascii_only)]

    # -- keys -----------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        return {"hang_up": lambda: self._hanging_up.hang_up(self._attempt), "dnc": self._open_dnc}

    def title_of(self, action: Action) -> str | None:
        call = self._call
        over = call is None or call.phase is CallPhase.ENDED
        return None if action.name == "hang_up" and over else super().title_of(action)

    def _open_dnc(self) -> None:
        from dialconsole.console.screens.dnc import DncScreen

        call = self._call
        self.console.push_screen(DncScreen(self.console, call.number if call else ""))
