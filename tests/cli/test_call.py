"""``dialconsole call``: the ladder as it happens, and what the end comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from cli.conftest import Shell
from dialconsole.cli import call
from dialconsole.cli.call import follow
from dialconsole.control.local import LocalClient
from dialconsole.control.port import EngineClient
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.trunks import PlaceTestCall
from kit.engine import MARIA, Callee, number, open_room, virtual

T = TypeVar("T")

OWN = number(42)


def test_ladder(tmp_path: Path) -> None:
    """Each step is told once, in order, with the one before; it returns with the outcome and the evidence."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=12)) as room:
            client = LocalClient(room.engine, MARIA)
            placed = await client.request(PlaceTestCall(number=OWN, trunk="main", consent=ConsentBasis.WRITTEN))
            told: list[tuple[CallEvent, CallEvent | None]] = []
            report = await follow(client, placed.attempt, lambda event, before: told.append((event, before)))
            kinds = [event.kind for event, _ in told]
            assert kinds == [
                EventKind.CLAIMED,
                EventKind.AGENT_READY,
                EventKind.RECHECKED,
                EventKind.DIALING,
                EventKind.RINGING,
                EventKind.ANSWERED,
                EventKind.HUMAN,
                EventKind.ENDED,
            ]
            assert [before for _, before in told[1:]] == [event for event, _ in told[:-1]]
            assert report.attempt.outcome is Outcome.ANSWERED
            assert report.evidence is not None

    virtual(main)


@pytest.fixture
def play(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callee], None]:
    """The command meets an engine at noon, in virtual time, with a trunk ``main`` whose callee does what is said."""
    callees = [Callee()]

    def in_session(workspace: Path | None, body: Callable[[EngineClient], Awaitable[T]]) -> T:
        async def main() -> T:
            async with open_room(tmp_path, lambda order: callees[-1]) as room:
                return await body(LocalClient(room.engine, MARIA))

        return virtual(main)

    monkeypatch.setattr(call, "in_session", in_session)
    return callees.append


@pytest.mark.parametrize(
    ("callee", "code", "told"),
    [
        (Callee(), 0, "answered."),
        (Callee(Outcome.NO_ANSWER), 0, "no answer."),
        (Callee(Outcome.REJECTED, sip_code=603, sip_reason="Decline"), 0, "dnc remove +12125550142"),
        (Callee(Outcome.TRUNK_FAULT, sip_code=503, sip_reason="Service Unavailable"), 1, "trunk fault (503 Service"),
        (Callee(Outcome.AGENT_UNAVAILABLE), 1, "agent unavailable."),
    ],
)
def test_end(play: Callable[[Callee], None], shell: Shell, callee: Callee, code: int, told: str) -> None:
    """The outcome ends it; exit code 1 if the call never got as far as the callee."""
    play(callee)
    said = shell("call", "212 555 0142", "--trunk", "main", "--consent", "written", code=code)
    assert f"calling {OWN} through main" in said
    assert "--hang-up" in said
    assert "rechecked" in said
    assert told in said


def test_json(play: Callable[[Callee], None], shell: Shell) -> None:
    """One document at the end: attempt, steps and evidence."""
    play(Callee())
    report = shell.json("call", OWN, "--trunk", "main", "--consent", "written")
    assert report["attempt"]["outcome"] == "answered"
    assert report["attempt"]["campaign"] == "test-calls"
    assert report["evidence"]["checks"]


def test_gate_says_no(play: Callable[[Callee], None], shell: Shell) -> None:
    """Without consent an agent's voice may not call: the gate's words, and nothing is dialed."""
    shell("call", OWN, "--trunk", "main", code=1)
    assert "consent" in shell.err


def test_through_what(shell: Shell) -> None:
    """A trunk or a campaign must be named."""
    shell("call", OWN, code=2)
    assert "--trunk" in shell.err


def test_no_engine(shell: Shell) -> None:
    """Without a running engine it starts none, and says how."""
    shell("trunk", "add", "main")
    shell("call", OWN, "--trunk", "main", code=1)
    assert "dialconsole run" in shell.err
