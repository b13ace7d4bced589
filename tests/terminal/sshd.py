"""A real SSH server for one test: on this machine only, with keys that live as long as the test does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.terminal import eventually
from terminal.engines import ME

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

PRIVILEGE_SEPARATION = Path("/run/sshd")
"""A server for root refuses to start without this empty folder. Debian's service makes it, and so a container without
services has none."""


def ssh_missing() -> str:
    """Why there can be no SSH here; empty if there can."""
    if SSHD is None:
        return "sshd is not installed (Debian: apt install openssh-server)"
    if shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
        return "ssh is not installed (Debian: apt install openssh-client)"
    return ""


class SshServer:
    """``command`` begins a command line that logs in as whoever runs the test, and asks nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        self._port = _free_port()
        options = {
            "ListenAddress": f"127.0.0.1:{self._port}",
            "HostKey": folder / "host",
            "AuthorizedKeysFile": folder / "authorized",
            "AllowUsers": ME,
            "PidFile": "none",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            # The keys are in a temporary folder, whose parents everybody may write to.
            "StrictModes": "no",
            "PrintMotd": "no",
            "PrintLastLog": "no",
        }
        config = folder / "sshd_config"
        config.write_text("".join(f"{name} {value}\n" for name, value in options.items()))
        self._log = folder / "sshd.log"
        # -D: stay, so that it can be ended; -e: say it in the log.
        with self._log.open("wb") as log:
            self.process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stderr=log)
        eventually(self._answers, self._log.read_text)

    @property
    def command(self) -> str:
        options = {
            "IdentityFile": self._folder / "user",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": self._folder / "known",
            "StrictHostKeyChecking": "accept-new",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "EscapeChar": "none",
        }
        words = " ".join(f"-o {name}={value}" for name, value in options.items())
        return f"ssh -F none -tt -p {self._port} {words} {ME}@127.0.0.1"

    def _answers(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return True
        except OSError:
            return False


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server, ended with everything it has started for this test."""
    folder.mkdir()
    made = os.getuid() == 0 and not PRIVILEGE_SEPARATION.exists()
    if made:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755)
    server = None
    try:
        server = SshServer(folder)
        yield server
    finally:
        if server is not None:
            server.process.terminate()
            server.process.wait()
        if made:
            PRIVILEGE_SEPARATION.rmdir()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
