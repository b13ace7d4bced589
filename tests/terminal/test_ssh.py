"""A colleague at another desk: the console over SSH, and what a line that breaks does to the engine. Nothing."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialconsole.model.request.looking import ListAudit
from kit.terminal import LARGE, Tmux, alive, eventually, processes_with
from terminal.engines import ME, Site
from terminal.sshd import SshServer, ssh_missing, ssh_server

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]


@pytest.fixture
def ssh(tmp_path: Path) -> Iterator[SshServer]:
    """A server that lets this test in."""
    if missing := ssh_missing():
        pytest.skip(missing)
    with ssh_server(tmp_path / "ssh") as server:
        yield server


def attached(site: Site) -> int:
    return len(site.status().people)


def test_console_over_ssh(tmux: Tmux, clinic: Site, ssh: SshServer) -> None:
    """A limit typed over SSH is the engine's and in the audit; cutting the line ends that console and nothing else."""
    remote = shlex.join(
        ["env", f"HOME={os.environ['HOME']}", f"PATH={Path(sys.executable).parent}:{os.environ['PATH']}",
         "dialconsole", "attach", "--workspace", str(clinic.path)]
    )  # fmt: skip
    pane = tmux.pane(LARGE)
    # The shell gives its process to the client, so that the pane's process is the line to be cut.
    pane.run(f"exec {ssh.command} {shlex.quote(remote)}")
    pane.wait_for("RUNNING +reminders", "engine ●", "q detach$")
    assert attached(clinic) == 1

    pane.press("e")
    pane.wait_for("Limits of trunk main", "Calls a minute +30")
    pane.press("C-u")
    pane.wait_for("Calls a minute +no limit")
    pane.type("24")
    pane.wait_for("Calls a minute +24 ")
    pane.press("Enter")
    pane.wait_for(r"▸main .*/24 ")
    (main,) = [trunk for trunk in clinic.status().trunks if trunk.name == "main"]
    assert main.limits.calls_per_minute == 24
    entry = clinic.ask(ListAudit(limit=1))[0]
    assert (entry.who, entry.subject.rpartition(" ")[2]) == (ME, "main")
    assert "30" in entry.old and "24" in entry.new

    before, pid = clinic.ladders(), clinic.pid()
    client = int(pane.ask("pane_pid"))
    os.kill(client, signal.SIGKILL)
    eventually(lambda: not alive(client), lambda: "the SSH client lives on")
    eventually(lambda: attached(clinic) == 0, lambda: f"still attached: {clinic.status().people}")
    eventually(lambda: not processes_with(f"attach\0--workspace\0{clinic.path}"), lambda: "the console lives on")
    eventually(lambda: len(clinic.ladders()) > len(before), lambda: "no further calls")
    after = clinic.ladders()
    assert clinic.pid() == pid
    for attempt, call in before.items():
        assert after[attempt].events[: len(call.events)] == call.events
