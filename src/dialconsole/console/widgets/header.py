"""The top line of every screen."""

from __future__ import annotations

from collections.abc import Sequence

from dialconsole.console.render.glyphs import CLOSED, OPEN
from dialconsole.console.render.header import HeaderFacts, header_line, stopped_lines
from dialconsole.console.render.line import Line
from dialconsole.console.store import Store
from dialconsole.console.widgets.lines import Lines


class Header(Lines):
    """Workspace, DEMO, time, people, line. Under it a sentence when the engine cannot dial at all."""

    def __init__(self, store: Store, ascii_only: bool) -> None:
        super().__init__(id="header")
        self._store = store
        self._ascii = ascii_only

    def lines(self, width: int) -> Sequence[Line]:
        store = self._store
        facts = HeaderFacts(
            engine=store.engine,
            now=store.now(),
            user=store.user,
            role=store.role.value,
            others=tuple(store.others),
            connected=store.connected,
            latency_s=store.link.latency_s,
            age_s=store.age_s(),
        )
        lines = [header_line(facts, width, OPEN.mark(self._ascii), CLOSED.mark(self._ascii))]
        if store.engine is not None and store.engine.stopped:
            lines += stopped_lines(store.engine.stopped, width)
        return lines
