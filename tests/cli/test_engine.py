"""``dialconsole engine`` and ``stop``: a real process, real signals, a real socket."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from cli.conftest import Shell
from cli.processes import running_engine
from dialconsole.store.places import socket_path


def test_commands_go_to_the_running_engine(spring: Shell, workspace: Path) -> None:
    """With an engine running, commands ask it over its socket; when told to it stops, and takes its socket away."""
    with running_engine(workspace) as engine:
        report = spring.json("status")
        assert report["engine"]["pid"] == engine.pid
        assert report["engine"]["stopped"] == ""
        spring("limits", "set", "main", "--calls-per-minute", "7")
        assert spring.json("status")["trunks"][0]["limits"]["calls_per_minute"] == 7
        assert "stops" in spring("stop", "--reason", "end of the day")
        assert engine.wait(20) == 0
    assert not socket_path(workspace).exists()
    assert spring.json("limits", "show", "main")[0]["limits"]["calls_per_minute"] == 7
    spring("stop", code=1)
    assert "nothing to stop" in spring.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_stop_in_order(spring: Shell, workspace: Path, number: signal.Signals) -> None:
    """SIGTERM, Ctrl-C and a lost terminal let the engine end in order, and are in the audit."""
    with running_engine(workspace) as engine:
        engine.send_signal(number)
        assert engine.wait(20) == 0
    assert [e["reason"] for e in spring.json("audit") if e["action"] == "engine stopped"] == [number.name]


def test_detached_engine_survives_its_terminal(spring: Shell, workspace: Path) -> None:
    """SIGHUP, which the end of a terminal sends, does not reach a detached engine."""
    with running_engine(workspace, "--detached") as engine:
        engine.send_signal(signal.SIGHUP)
        assert spring.json("status")["engine"]["pid"] == engine.pid


def test_second_engine(spring: Shell, workspace: Path) -> None:
    """A second engine on a workspace is refused with the pid of the first."""
    with running_engine(workspace) as engine:
        spring("engine", code=1)
        assert str(engine.pid) in spring.err
        assert spring.json("status")["engine"]["pid"] == engine.pid


def test_socket_of_a_killed_engine(spring: Shell, workspace: Path) -> None:
    """After kill -9 commands work without an engine, and the next engine takes the socket over."""
    with running_engine(workspace) as engine:
        engine.kill()
        engine.wait(20)
    assert socket_path(workspace).exists()
    assert spring.json("status")["engine"]["stopped"]
    with running_engine(workspace) as engine:
        assert spring.json("status")["engine"]["pid"] == engine.pid
