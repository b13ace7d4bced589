"""What operators should be told without asking: the newest alerts, and the log line for each."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from dialconsole.clock import Clock
from dialconsole.model.text import safe_text
from dialconsole.model.view import AlertView

log = logging.getLogger(__name__)

KEPT = 100
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Notices:
    """The last ``KEPT`` alerts, oldest first."""

    def __init__(self, clock: Clock, changed: Callable[[str], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._alerts: deque[AlertView] = deque()
        self._count = 0

    def tell(self, sentence: str, severity: str = "info") -> None:
        """Add an alert: ``info``, ``warning`` or ``error``."""
        self._count += 1
        alert = AlertView(
            id=f"{self._count:06d}", at=self._clock.time(), severity=severity, sentence=safe_text(sentence)
        )
        log.log(_LEVELS[severity], "%s", alert.sentence)
        self._alerts.append(alert)
        if len(self._alerts) > KEPT:
            self._changed(self._alerts.popleft().id)
        self._changed(alert.id)

    def all(self) -> tuple[AlertView, ...]:
        return tuple(self._alerts)

    def get(self, id: str) -> AlertView | None:
        return next((alert for alert in reversed(self._alerts) if alert.id == id), None)
