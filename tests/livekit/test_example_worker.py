"""docs/example_agent.py, started as a person starts it, takes calls."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from kit.livekit.behaviour import MACHINE, PERSON
from kit.livekit.calls import opened_desk
from kit.livekit.configs import KEY, SECRET
from kit.livekit.ports import free_port
from kit.livekit.processes import Server
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(150)]

NAME = "example"


@pytest.fixture
def example(stack: Stack) -> Iterator[str]:
    """The worker's name, once its server has taken it."""
    worker = Server(
        "example worker",
        [sys.executable, Path(__file__).parents[2] / "docs" / "example_agent.py", "start"],
        stack.folder / "example.log",
        lambda: "registered worker" in worker.log.read_text("utf-8", "replace"),
        {
            "LIVEKIT_URL": stack.ws_url,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
            "AGENT_NAME": NAME,
            "AGENT_PORT": str(free_port()),
            "AGENT_PROCESSES": "2",
        },
    )
    worker.start()
    yield NAME
    worker.kill()


async def test_a_person_and_a_machine(stack: Stack, example: str, tmp_path: Path) -> None:
    """It talks with a person and says what came of it, and leaves a machine its message; then it has them hung up."""
    async with opened_desk(stack, tmp_path, agent=example) as desk:
        person, machine = await asyncio.gather(*(desk.ended(behaviour, 4) for behaviour in (PERSON, MACHINE)))
    assert (await person.end).outcome is Outcome.ANSWERED
    assert person.line.detail(EventKind.DISPOSITION) == "listened to the end"
    assert (await machine.end).outcome is Outcome.VOICEMAIL
    assert machine.line.detail(EventKind.MESSAGE) == "left"
