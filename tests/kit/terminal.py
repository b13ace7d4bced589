"""Terminals to test on: panes of a tmux server of the test's own, and a pty whose other end the test holds.

tmux is what a person sees: a whole terminal with a screen to read, keys to press and an end that can be pulled. The pty
is for what tmux cannot do, since tmux always reads: a terminal that stops taking output, or is gone with its window.

Both wait for a condition and never for a time; a deadline only says when a test has failed.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")

DEADLINE_S = 20.0
"""Far more than anything takes here; a machine with other work to do must not fail a test."""

LOOK_AGAIN_S = 0.03

DIALCONSOLE = (sys.executable, "-m", "dialconsole.cli")

PROMPT = "ready$"

ON_BY_ITSELF = {7, 25}
"""Private modes of a terminal that nobody has touched: lines wrap, the cursor is shown."""


class Size(NamedTuple):
    width: int
    height: int


SMALL, LARGE = Size(80, 24), Size(160, 45)


def eventually(look: Callable[[], T | None], fault: Callable[[], str], within: float = DEADLINE_S) -> T:
    """What ``look`` finds as soon as it finds something true; fails with the words of ``fault`` at the deadline."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, fault()
        time.sleep(LOOK_AGAIN_S)
    return found


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes_with(word: str) -> list[int]:
    """Every process whose command line has ``word`` in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended while we looked
        if word.encode() in command:
            found.append(int(folder.name))
    return found


class Tmux:
    """A tmux server that knows no configuration and nobody else's panes."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = {}) -> None:
        self._socket = folder / "tmux"
        # A shell for root sets its own prompt, whatever the environment says; it reads this file last.
        startup = folder / "shrc"
        startup.write_text(f"PS1='{PROMPT} '\n")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")},
            "LC_ALL": "C.UTF-8",
            "PATH": path,
            "ENV": str(startup),
            **environment,
        }
        self._sessions = 0

    def __call__(self, *words: str, check: bool = True) -> str:
        """Run a tmux command; what it printed."""
        command = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *words]
        return subprocess.run(
            command, env=self._environment, cwd=self._socket.parent, check=check, capture_output=True, text=True
        ).stdout

    def pane(self, size: Size) -> Pane:
        """A new terminal with a shell in it, at its prompt."""
        self._sessions += 1
        name = f"s{self._sessions}"
        self("new-session", "-d", "-s", name, "-x", str(size.width), "-y", str(size.height), "/bin/sh")
        pane = Pane(self, name, size)
        pane.wait_for_prompt()
        return pane

    def end(self) -> None:
        """Close every pane. The server may have ended with its last one."""
        self("kill-server", check=False)


class Pane:
    """One terminal: its screen, its keys."""

    def __init__(self, tmux: Tmux, name: str, size: Size) -> None:
        self._tmux = tmux
        self._name = name
        self.size = size

    def screen(self) -> str:
        """What can be read on it now."""
        return self._tmux("capture-pane", "-p", "-t", self._name)

    def styled(self) -> str:
        """The same with its colours, as escape sequences."""
        return self._tmux("capture-pane", "-p", "-e", "-t", self._name)

    def ask(self, variable: str) -> str:
        """What tmux knows about it: ``alternate_on``, ``mouse_any_flag``, ``pane_pid`` ..."""
        return self._tmux("display-message", "-p", "-t", self._name, f"#{{{variable}}}").strip()

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._tmux("send-keys", "-t", self._name, *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", self._name, "-l", text)

    def run(self, command: str) -> None:
        """Type a command line at the prompt, and enter."""
        self.type(command)
        self.press("Enter")

    def wait_for(self, *patterns: str, without: str = "", within: float = DEADLINE_S) -> str:
        """The screen, as soon as every pattern is found on it and ``without`` is not. Patterns see line ends."""

        def look() -> str | None:
            screen = self.screen()
            there = all(re.search(pattern, screen, re.MULTILINE) for pattern in patterns)
            return screen if there and not (without and re.search(without, screen, re.MULTILINE)) else None

        wanted = f"{patterns} without {without!r}" if without else f"{patterns}"
        return eventually(look, lambda: f"waited {within:g} s for {wanted} on this screen:\n{self.screen()}", within)

    def wait_for_prompt(self) -> str:
        """The screen, once the shell waits for a command."""
        return self.wait_for(rf"{re.escape(PROMPT)}\s*\Z")


class Pty:
    """A process on a terminal that takes output only when the test reads it. Sees no signal but the terminal's own."""

    def __init__(self, command: Sequence[str], size: Size = LARGE, environment: Mapping[str, str] = {}) -> None:
        self._end, terminal = os.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))
        self.settings_before = termios.tcgetattr(terminal)
        self._said = bytearray()
        self.process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environment},
        )
        # The test keeps no way in to the terminal's own side: closing our end must leave nobody holding it.
        os.close(terminal)
        os.set_blocking(self._end, False)

    def settings(self) -> list[object]:
        """The line discipline as it is now (``termios.tcgetattr``)."""
        return termios.tcgetattr(self._end)

    def take(self) -> bytes:
        """Read what waits in the terminal, at most what fits there; empty if nothing waits or it has ended."""
        taken = bytearray()
        while select.select([self._end], [], [], 0)[0]:
            try:
                read = os.read(self._end, 65536)
            except OSError:  # EIO: nobody holds the other side any more
                break
            if not read:
                break
            taken += read
        self._said += taken
        return bytes(taken)

    def press(self, keys: str) -> None:
        """Send characters as a keyboard does."""
        os.write(self._end, keys.encode())

    def wait_for(self, text: str, within: float = DEADLINE_S) -> None:
        """Read until ``text`` has come since this was called. It must be drawn in one piece."""
        begun = len(self._said)

        def look() -> bool:
            self.take()
            return text.encode() in self._said[begun:]

        eventually(look, lambda: f"{text!r} did not come; last: {bytes(self._said[-2000:])!r}", within)

    def wait_for_end(self, within: float = DEADLINE_S) -> int:
        """Read until the process has ended; its return code."""

        def look() -> bool:
            self.take()
            return self.process.poll() is not None

        eventually(look, lambda: f"still running; last: {bytes(self._said[-2000:])!r}", within)
        self.take()
        return self.process.returncode

    def is_restored(self) -> bool:
        """Whether every private mode the process switched (DECSET) and the line discipline are as they were."""
        last = {int(mode): way == b"h" for mode, way in re.findall(rb"\x1b\[\?(\d+)([hl])", self._said)}
        on = {mode for mode, is_on in last.items() if is_on}
        return bool(last) and on <= ON_BY_ITSELF and self.settings() == self.settings_before

    def hang_up(self) -> None:
        """Close the terminal: the kernel sends SIGHUP to whoever has it."""
        if self._end >= 0:
            os.close(self._end)
            self._end = -1

    def end(self) -> None:
        """Kill the process, if it is still there, and close the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.hang_up()


def tmux_missing() -> str:
    """Why there can be no tmux here; empty if there can."""
    return "" if shutil.which("tmux") else "tmux is not installed (Debian: apt install tmux)"
