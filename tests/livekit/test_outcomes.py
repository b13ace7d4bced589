"""What a callee does and what a call comes to, through real servers and the LiveKit backend.

``DIALCONSOLE_OUTCOME_TABLE=FILE`` writes the table of what was expected and seen there; ``-s`` prints it.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from kit.livekit.calls import opened_desk
from kit.livekit.outcome_table import CASES, Case, Seen, table
from kit.livekit.programs import PROGRAMS, version
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(200)]

AT_ONCE = 6
"""An agent that hears well needs a part of a processor; the campaign of 60 is where many calls are up at once."""


async def test_every_outcome(stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each callee of the table comes to the outcome, the SIP code and the steps that it must, and rings once."""
    places = asyncio.Semaphore(AT_ONCE)
    before = len(stack.callees.calls())

    async def see(case: Case) -> Seen:
        async with places:
            call = desk.place(desk.order(case.behaviour, **case.settings))
            return Seen(case, await call.end, tuple(call.line.events))

    async with opened_desk(stack, tmp_path, verdict_s=6.0, message_s=5.0) as desk:
        seen = await asyncio.gather(*(see(case) for case in CASES))
    text = table(seen)
    _publish(text, capsys)
    assert not [one.fault for one in seen if one.fault], text
    numbers = [call.number for call in stack.callees.calls()[before:]]
    assert sorted(numbers) == sorted(set(numbers)) and len(numbers) == len(CASES)


def _publish(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    versions = "\n".join(f"- {program.name}: {version(program)}" for program in PROGRAMS)
    if path := os.environ.get("DIALCONSOLE_OUTCOME_TABLE"):
        Path(path).write_text(f"{text}\n\n{versions}\n", "utf-8")
    print(f"\n{text}\n\n{versions}")  # noqa: T201
