"""Engines that a console is attached to: asked over their socket, so that what a screen shows can be checked."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.cli.session import in_session
from dialconsole.control.endpoint import answers
from dialconsole.control.port import EngineClient
from dialconsole.engine.explain import explain_alone
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import CallingWindow, Campaign, Limits, Trunk
from dialconsole.model.purpose import Purpose, Voice
from dialconsole.model.request.campaigns import CreateCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import CallReport, Explain, GetStatus, ListCalls, ShowCall, StatusReport
from dialconsole.model.request.request import Request
from dialconsole.model.request.trunks import AddTrunk
from dialconsole.store.places import socket_path
from kit.terminal import DIALCONSOLE, alive, eventually

R = TypeVar("R")

ME = pwd.getpwuid(os.getuid()).pw_name
"""The name under which the engine knows whoever runs these tests."""

PURPOSE = Purpose.INFORMATIONAL

NUMBERS = (
    [f"+1{area}55501{ending}" for ending in range(24, 100) for area in (212, 332, 347, 646, 718, 917)],
    [f"+1{area}55501{ending}" for ending in range(24, 100) for area in (213, 310, 323, 424, 747, 818)],
    [f"+1808555{ending:04}" for ending in range(124, 200)],
    [f"+1671555{ending:04}" for ending in range(124, 200)],
    [f"+44207946{ending:04}" for ending in range(300)],
    [f"+612555{ending:05}" for ending in range(100, 300)],
)
"""Fictional numbers of New York, Los Angeles, Hawaii, Guam, London, Sydney: somewhere people may be called, mostly."""


def with_the_carrier(call: CallReport) -> bool:
    """Whether it was dialed and has not ended."""
    return call.attempt.outcome is None and any(event.kind is EventKind.DIALING for event in call.events)


class Site:
    """A workspace, seen from outside the console."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def command(self) -> str:
        """A console on it, as typed at a prompt."""
        return f"dialconsole attach --workspace {self.path}"

    def ask(self, request: Request[R]) -> R:
        async def body(client: EngineClient) -> R:
            return await client.request(request)

        return in_session(self.path, body)

    def status(self) -> StatusReport:
        return self.ask(GetStatus())

    def attempts(self) -> dict[str, dict[str, Any]]:
        """Every attempt by its id, as ``dialconsole export attempts`` prints it."""
        command = [*DIALCONSOLE, "export", "attempts", "--workspace", str(self.path)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        return {row["attempt"]: row for row in map(json.loads, lines)}

    def ladders(self) -> dict[str, CallReport]:
        """Every call with its steps so far, by attempt id."""

        async def body(client: EngineClient) -> dict[str, CallReport]:
            page = await client.request(ListCalls(limit=1000))
            return {a.attempt: await client.request(ShowCall(attempt=a.attempt)) for a in page.attempts}

        return in_session(self.path, body)

    def wait_for_calls(self, least: int = 3) -> dict[str, CallReport]:
        """The calls that are with the carrier, as soon as there are so many."""

        def look() -> dict[str, CallReport] | None:
            found = {id: call for id, call in self.ladders().items() if with_the_carrier(call)}
            return found if len(found) >= least else None

        return eventually(look, lambda: f"never {least} calls at once: {self.ladders()}")

    def pid(self) -> int:
        return self.status().engine.pid

    def end_engine(self) -> None:
        """Kill the engine, if one runs."""
        if answers(socket_path(self.path)):
            pid = self.pid()
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not alive(pid), lambda: f"engine {pid} did not end")


@contextmanager
def demonstration(folder: Path) -> Iterator[Site]:
    """The engine of a demonstration, without a console: several campaigns, a clock of its own at ten times speed."""
    folder.mkdir()
    reading, writing = os.pipe()
    plan = msgspec.json.encode(DemoPlan(folder=str(folder), lifeline=reading, seed=1)).decode()
    engine = BackgroundEngine("dialconsole.cli.demo_engine", [plan], folder / "engine.log", pass_fds=[reading])
    os.close(reading)
    try:
        engine.wait_until_it_answers(socket_path(workspace_in(folder)))
        yield Site(workspace_in(folder))
    finally:
        os.close(writing)
        engine.process.kill()
        engine.process.wait()


def may_be_called(number: str) -> bool:
    """Now, and for the ten minutes that a test may take, by the engine's own rules."""
    now = datetime.now(UTC).timestamp()
    question = Explain(number=number, purpose=PURPOSE, voice=Voice.HUMAN)
    return all(explain_alone(question, at).verdict.clear for at in (now, now + 600))


def prepare_spring(path: Path) -> Site:
    """A workspace on the real clock with one running campaign, ``spring``, that may call now and for a while.

    Four calls begin in a second, and none is made twice within the time of a test: the shortest retry is 5 minutes.
    """
    numbers = next((numbers for numbers in NUMBERS if may_be_called(numbers[0])), None)
    if numbers is None:
        pytest.skip("nobody in New York, Los Angeles, Hawaii, Guam, London or Sydney may be called at this hour")
    rows = "".join(f"{number},Person {index}\n" for index, number in enumerate(numbers))
    calls = path.parent / "calls.csv"
    calls.write_text(f"phone,name\n{rows}", "utf-8")

    async def body(client: EngineClient) -> None:
        limits = Limits(max_concurrent=100, calls_per_minute=1000, calls_per_second=4.0)
        await client.request(AddTrunk(trunk=Trunk(name="main", limits=limits)))
        spring = Campaign(
            name="spring",
            trunk="main",
            purpose=PURPOSE,
            voice=Voice.HUMAN,
            registry_exempt="a test, nobody real",
            window=CallingWindow(opens=time(8), closes=time(21)),
        )
        await client.request(CreateCampaign(campaign=spring))
        await client.request(ImportList(campaign="spring", path=str(calls)))
        await client.request(StartCampaign(name="spring"))

    in_session(path, body, create=True)
    return Site(path)


@contextmanager
def foreground_engine(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """``dialconsole engine``, as a service manager runs it, once it answers. Killed at the end."""
    log = (site.path / "engine.log").open("ab")
    process = subprocess.Popen(
        [*DIALCONSOLE, "engine", "--workspace", str(site.path)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    log.close()
    try:
        eventually(
            lambda: answers(socket_path(site.path)) or process.poll() is not None,
            lambda: (site.path / "engine.log").read_text(),
        )
        yield process
    finally:
        process.kill()
        process.wait()
