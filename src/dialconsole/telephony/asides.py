"""What a backend has to say beside its calls. Not of the seam ``backend``: most have nothing, and no call needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from dialconsole.model.view import WebhookView

Tell = Callable[[str, str], None]
"""Told a sentence and its severity: ``info``, ``warning`` or ``error``."""


@runtime_checkable
class TakesWebhooks(Protocol):
    """A backend that may be told things over HTTP."""

    def tell_with(self, tell: Tell) -> None:
        """From now on say what a person should know."""

    def webhooks(self) -> WebhookView | None:
        """How that goes; ``None`` if its settings want none."""
