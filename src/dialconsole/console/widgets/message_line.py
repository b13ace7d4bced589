"""The line above the keys: the answer to what was just asked, or else the newest alert.

Rejected: toasts. They cover the rows one is about to act on, and with them the calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from dialconsole.console.render.clock import hour
from dialconsole.console.render.glyphs import alert_sign
from dialconsole.console.render.line import Line, wrap
from dialconsole.console.render.number import phones_in
from dialconsole.console.render.plain import plain
from dialconsole.console.render.zone_names import named_zones
from dialconsole.console.store import Store
from dialconsole.console.widgets.lines import Lines

ANSWER_LINES, ALERT_LINES = 3, 2
"""At most; an alert takes fewer, because it stays while calls need the room."""


class Answer(Struct, frozen=True):
    """Something said to the person at this console."""

    sentence: str
    severity: str


class MessageLine(Lines):
    """``answer`` gives what is to be said now, if anything is."""

    def __init__(self, store: Store, answer: Callable[[], Answer | None], ascii_only: bool) -> None:
        super().__init__(id="message")
        self._store = store
        self._answer = answer
        self._ascii = ascii_only

    def lines(self, width: int) -> Sequence[Line]:
        answer = self._answer()
        if answer is not None:
            return self._said(phones_in(answer.sentence), answer.severity, "", width, ANSWER_LINES)
        alert = self._store.newest_alert
        if alert is None:
            return [Line()]
        return self._said(
            phones_in(alert.sentence), alert.severity, f"{hour(alert.at, self._store.zone)}  ", width, ALERT_LINES
        )

    def _said(self, sentence: str, severity: str, before: str, width: int, most: int) -> list[Line]:
        sign = alert_sign(severity)
        sentence = named_zones(plain(sentence) if self._ascii else sentence)
        first, *rest = wrap(sentence, width - 4 - len(before), most)
        head = Line(" ").add(f"{sign.mark(self._ascii)} ", sign.role).add(before, "dim").add(first, sign.role)
        return [head, *(Line(" " * (3 + len(before))).add(line, sign.role) for line in rest)]
