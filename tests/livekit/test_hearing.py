"""What the engine hears by itself: webhooks of the server, and the callee's voice where no agent reports it."""

from __future__ import annotations

from pathlib import Path

import pytest
from livekit.protocol.webhook import WebhookEvent

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.livekit.backend import LiveKitBackend
from kit.livekit.behaviour import PERSON_LEAVES, PERSON_UNREPORTED
from kit.livekit.calls import opened_desk, until
from kit.livekit.ports import LOOPBACK
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(120)]


async def test_webhooks(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's webhooks reach the backend with true signatures and tell when the callee leaves."""
    told: list[tuple[str, str]] = []
    heard = LiveKitBackend.heard

    def listen(backend: LiveKitBackend, event: WebhookEvent) -> None:
        told.append((event.event, event.participant.identity))
        heard(backend, event)

    monkeypatch.setattr(LiveKitBackend, "heard", listen)
    async with opened_desk(stack, tmp_path, webhook_listen=f"{LOOPBACK}:{stack.ports.webhooks}") as desk:
        call = await desk.ended(PERSON_LEAVES, 5)
        assert (await call.end).outcome is Outcome.ANSWERED
        left = ("participant_left", call.order.attempt)
        await until(lambda: left in told, lambda: str(told))
    assert ("participant_joined", call.order.attempt) in told


async def test_the_observer(stack: Stack, tmp_path: Path) -> None:
    """Where the agent says nothing of the callee, the observer hears for itself that it is a person."""
    async with opened_desk(stack, tmp_path, observe=True) as desk:
        call = await desk.reach(EventKind.HUMAN, PERSON_UNREPORTED, 1)
        await desk.backend.hang_up(call.order.attempt)
        assert (await call.end).outcome is Outcome.ANSWERED
