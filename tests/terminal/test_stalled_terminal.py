"""A terminal that stops reading: an SSH line that hangs, a laptop that sleeps, a pane in copy mode."""

from __future__ import annotations

import asyncio

import pytest

from dialconsole.control.connection import Connection
from dialconsole.model.request.campaigns import PauseCampaign
from dialconsole.model.request.looking import GetStatus, StatusReport
from dialconsole.store.places import socket_path
from kit.terminal import DIALCONSOLE, Pty
from terminal.engines import Site

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]

STALL_S = 3.0
"""Textual's writer has been seen to block its app's whole loop for as long as the terminal does not read."""

LATENCY_S = 0.1
"""The longest that anybody else may wait for the engine meanwhile."""

TRIES = 3
"""A machine with other work to do may be late by itself once; an engine that waits for a terminal is late each time."""

TERMINAL_HOLDS = 4000
"""Bytes that fit into a terminal before a writer must wait; Linux holds at least 4095."""


async def latencies(engine: Connection, console: Pty) -> list[float]:
    """Seconds of each ping while the console has ever more to draw and nobody reads."""
    loop = asyncio.get_running_loop()
    end = loop.time() + STALL_S
    found = []
    while loop.time() < end:
        found.append(await engine.ping())
        if len(found) % 10 == 0:
            console.press("?\x1b[B?q")
        await asyncio.sleep(0.01)
    return found


def calls_made(report: StatusReport) -> int:
    return sum(sum(view.outcomes.values()) + view.live for view in report.campaigns)


async def test_a_stalled_terminal_does_not_delay_the_engine(clinic: Site) -> None:
    """While one console's terminal takes no output the engine answers others at once and calls go on.

    When the terminal reads again its console shows what is true by then.
    """
    console = Pty([*DIALCONSOLE, "attach", "--workspace", str(clinic.path)])
    engine = await Connection.open(socket_path(clinic.path))
    try:
        await asyncio.to_thread(console.wait_for, "reminders")
        worst = []
        for _ in range(TRIES):
            before = calls_made(await engine.ask(GetStatus()))
            found = await latencies(engine, console)
            assert calls_made(await engine.ask(GetStatus())) > before
            assert len(console.take()) > TERMINAL_HOLDS, "the terminal was never full, so nothing was shown"
            worst.append(max(found))
            if worst[-1] <= LATENCY_S:
                break
        assert min(worst) <= LATENCY_S
        await engine.ask(PauseCampaign(name="reminders", reason="while nobody looked"))
        await asyncio.to_thread(console.wait_for, "while nobody looked")
    finally:
        await engine.close()
        console.end()
