"""Engines that a console is attached to: asked over their socket, so that what a screen shows can be checked."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.cli.session import in_session
from dialconsole.control.endpoint import answers
from dialconsole.control.port import EngineClient
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import Campaign, Limits, Trunk
from dialconsole.model.request import (
    AddTrunk,
    CallReport,
    CreateCampaign,
    GetStatus,
    ImportList,
    ListCalls,
    Request,
    ShowCall,
    StartCampaign,
    StatusReport,
)
from dialconsole.store.places import socket_path
from kit.terminal import DIALCONSOLE, alive, eventually

R = TypeVar("R")

ME = pwd.getpwuid(os.getuid()).pw_name
"""The name under which the engine knows whoever runs these tests."""

AREAS = ("202", "206", "212", "213", "303", "305", "312", "404", "415", "512", "602", "617")

ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo",
         "Asia/Kolkata", "Europe/Athens")  # fmt: skip
"""Around the globe, so that it is working time somewhere at any hour a test may run."""


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


def prepare_spring(path: Path) -> Site:
    """A workspace on the real clock with one running campaign, ``spring``, that may call now and for a while.

    Four calls begin in a second, and none is made twice within the time of a test: the shortest retry is 5 minutes.
    """
    now = datetime.now(UTC)
    zone = next(zone for zone in ZONES if 10 <= now.astimezone(ZoneInfo(zone)).hour < 17)
    numbers = [f"+1{area}55501{ending}" for ending in range(20, 50) for area in AREAS]
    rows = "".join(f"{number},Person {index},{zone}\n" for index, number in enumerate(numbers))
    calls = path.parent / "calls.csv"
    calls.write_text(f"phone,name,timezone\n{rows}", "utf-8")

    async def body(client: EngineClient) -> None:
        limits = Limits(max_concurrent=100, calls_per_minute=1000, calls_per_second=4.0)
        await client.request(AddTrunk(trunk=Trunk(name="main", limits=limits)))
        await client.request(CreateCampaign(campaign=Campaign(name="spring", trunk="main")))
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
