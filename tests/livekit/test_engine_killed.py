"""The engine is killed with calls up; the next one finds them at the server and sees them to their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from functools import partial
from pathlib import Path

import pytest

from dialconsole.cli.session import in_session
from dialconsole.control.endpoint import answers
from dialconsole.control.port import EngineClient
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import CallingWindow, Campaign, RetryPolicy
from dialconsole.model.outcome import Outcome
from dialconsole.model.purpose import Voice
from dialconsole.model.request.campaigns import CreateCampaign, HangUpCall, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import CallReport
from dialconsole.model.request.trunks import AddTrunk, ReleaseTrunk
from dialconsole.store.places import socket_path
from kit.livekit.behaviour import PERSON, PERSON_LATE, RINGS, Behaviour
from kit.livekit.calls import KEYS_FILE, real_trunk, write_keys
from kit.livekit.processes import Server
from kit.livekit.stack import Stack
from kit.terminal import DIALCONSOLE, eventually
from terminal.engines import PURPOSE, Site, may_be_called

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(200)]

WITHIN_S = 60.0

PREFIXES = ("+1315555", "+1213555", "+1808555", "+1671555", "+44207946", "+6125550")
"""New York, Los Angeles, Hawaii, Guam, London, Sydney: somewhere people may be called now."""


def callee(behaviour: Behaviour, prefix: str) -> str:
    return f"{prefix}01{behaviour.ending}"


@pytest.fixture
def prefix() -> str:
    """Numbers that begin so may be called at this hour."""
    found = next((prefix for prefix in PREFIXES if may_be_called(callee(PERSON, prefix))), None)
    if found is None:
        pytest.skip("nobody in New York, Los Angeles, Hawaii, Guam, London or Sydney may be called at this hour")
    return found


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Server]:
    """``dialconsole engine`` on a workspace, not started."""
    path = tmp_path / "workspace"
    command: list[str | Path] = [*DIALCONSOLE, "engine", "--workspace", path]
    server = Server("engine", command, tmp_path / "engine.log", lambda: answers(socket_path(path)))
    yield server
    server.kill()


def prepare(stack: Stack, folder: Path, numbers: list[str]) -> Site:
    """A workspace with a campaign that will call ``numbers`` as soon as an engine runs on it."""
    write_keys(folder)
    calls = folder / "calls.csv"
    calls.write_text("phone\n" + "".join(f"{number}\n" for number in numbers), "utf-8")

    async def body(client: EngineClient) -> None:
        trunk = real_trunk(stack, keys_file=str(folder / KEYS_FILE))
        await client.request(AddTrunk(trunk=trunk))
        await client.request(ReleaseTrunk(name=trunk.name, typed=trunk.name))
        campaign = Campaign(
            name="spring",
            trunk=trunk.name,
            purpose=PURPOSE,
            voice=Voice.HUMAN,
            registry_exempt="a test, nobody real",
            ring_timeout_s=30.0,
            window=CallingWindow(opens=time(8), closes=time(21)),
            retry=RetryPolicy(max_attempts=1),
        )
        await client.request(CreateCampaign(campaign=campaign))
        await client.request(ImportList(campaign="spring", path=str(calls)))
        await client.request(StartCampaign(name="spring"))

    in_session(folder / "workspace", body, create=True)
    return Site(folder / "workspace")


def call_to(site: Site, number: str) -> CallReport | None:
    """The one call to a number, if there is one."""
    found = [report for report in site.ladders().values() if report.attempt.number == number]
    assert len(found) < 2, found
    return found[0] if found else None


def wait_for(site: Site, number: str, kind: EventKind) -> CallReport:
    """The call to ``number``, once it has taken this step."""

    def look() -> CallReport | None:
        report = call_to(site, number)
        return report if report and any(event.kind is kind for event in report.events) else None

    return eventually(look, lambda: f"{number} never came to {kind}: {call_to(site, number)}", WITHIN_S)


def outcome_of(site: Site, number: str) -> Outcome:
    """What came of the call to ``number``, once that is settled: a little after its last event."""

    def look() -> Outcome | None:
        report = call_to(site, number)
        return report.attempt.outcome if report else None

    return eventually(look, lambda: f"{number} was never settled: {call_to(site, number)}", WITHIN_S)


def test_calls_are_adopted(stack: Stack, engine: Server, tmp_path: Path, prefix: str) -> None:
    """A conversation and a ringing phone outlive the engine, and so does a call that is answered while there is none:
    the next engine adopts all three, hangs up when told, and nobody was called twice."""
    talks, rings, late = (callee(behaviour, prefix) for behaviour in (PERSON, RINGS, PERSON_LATE))
    site = prepare(stack, tmp_path, [talks, rings, late])
    engine.start()
    wait_for(site, talks, EventKind.ANSWERED)
    for number in (rings, late):
        wait_for(site, number, EventKind.DIALING)
        eventually(partial(stack.callees.calls_to, number), lambda: str(stack.callees.calls()))
    engine.kill()
    eventually(lambda: stack.callees.calls_to(late)[0].answered_at, lambda: str(stack.callees.calls_to(late)))
    engine.start()
    reports = [wait_for(site, number, EventKind.ADOPTED) for number in (talks, rings, late)]
    wait_for(site, late, EventKind.ANSWERED)
    for report in reports:
        site.ask(HangUpCall(attempt=report.attempt.attempt))
    ends = [outcome_of(site, number) for number in (talks, rings, late)]
    assert ends[0] is Outcome.ANSWERED
    assert ends[1] is Outcome.CANCELLED
    assert ends[2] in (Outcome.ANSWERED, Outcome.UNKNOWN)  # whoever heard the person, nobody heard a machine
    for number in (talks, rings, late):
        [received] = stack.callees.calls_to(number)
        assert received.over
