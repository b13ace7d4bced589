"""How long a person waits: for the help, for a status line, for the first picture of the console.

Whole processes, from exec on, in turns with bare Python and with the smallest Textual app there is, in the same
terminal: what is above the one is ours, and no console can be faster than the other. A picture counts when what it must
show has reached the terminal: for ``attach`` the workspace's name, which only the engine can have told.

As it is for a person: Python may keep its bytecode (where it may not, each start compiles every module of ours, which
costs more than all else), and the files are in the system's cache after the first turn.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.row import Row
from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.store.places import socket_path

TURNS = 7
WIDTH, HEIGHT = 160, 45
PATIENCE_S = 30.0
DIALCONSOLE = (sys.executable, "-m", "dialconsole.cli")

SMALLEST = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Smallest(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("one widget")

Smallest().run()
"""


def run() -> list[Row]:
    """Median of so many turns each, with the engine of a demonstration running beside."""
    with _demonstration() as workspace:
        attach = [*DIALCONSOLE, "attach", "--workspace", str(workspace)]
        took = _in_turns(
            {
                "python": lambda: _ended([sys.executable, "-c", "pass"]),
                "help": lambda: _ended([*DIALCONSOLE, "--help"]),
                "status": lambda: _ended([*DIALCONSOLE, "status", "--workspace", str(workspace)]),
                "textual": lambda: _painted([sys.executable, "-c", SMALLEST], b"one widget"),
                "attach": lambda: _painted(attach, workspace.name.encode()),
            }
        )
    took |= _in_turns({"demo": _painted_demo})
    python, textual = (took["python"], "python -c pass"), (took["textual"], "Textual with one widget")
    size = f"{WIDTH}x{HEIGHT}"
    return [
        Row("dialconsole --help", took["help"], "ms", "<= 100", *python),
        Row("dialconsole status, engine running", took["status"], "ms", "<= 100", *python),
        Row(f"attach: first picture, with the engine's rows, {size}", took["attach"], "ms", "<= 300", *textual),
        Row(f"demo: first picture, its engine still starting, {size}", took["demo"], "ms", "<= 300", *textual),
    ]


def _in_turns(commands: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Milliseconds, the median of each; one turn before the first is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(TURNS + 1):
        for name, measure in commands.items():
            took = measure()
            if turn:
                seconds[name].append(took)
    return {name: median(found) * 1000 for name, found in seconds.items()}


def _ended(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment())
    return time.perf_counter() - began


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _painted(command: Sequence[str], text: bytes, **environment: str) -> float:
    """Seconds until the picture with ``text`` has come to the terminal."""
    end, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = {**_environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    try:
        said = b""
        while text not in said:
            waited = time.perf_counter() - began
            ready, _, _ = select.select([end], [], [], max(0.0, PATIENCE_S - waited))
            if not ready:
                raise TimeoutError(f"the console has drawn nothing in {PATIENCE_S:g} s")
            said += os.read(end, 65536)
        return time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
        os.close(end)


def _painted_demo() -> float:
    """A demonstration, and then its engine's end: it must not run beside the next turn."""
    with tempfile.TemporaryDirectory(prefix="dialconsole-bench-") as top:
        took = _painted([*DIALCONSOLE, "demo"], b"Waiting for the engine", TMPDIR=top)
        end = time.monotonic() + PATIENCE_S
        while any(Path(top).iterdir()) and time.monotonic() < end:
            time.sleep(0.05)
        return took


@contextmanager
def _demonstration() -> Iterator[Path]:
    """The workspace of a demonstration, its engine running."""
    with tempfile.TemporaryDirectory(prefix="dialconsole-bench-") as top:
        folder = Path(top) / "demo"
        folder.mkdir()
        reading, writing = os.pipe()
        plan = msgspec.json.encode(DemoPlan(folder=str(folder), lifeline=reading)).decode()
        engine = BackgroundEngine("dialconsole.cli.demo_engine", [plan], folder / "engine.log", pass_fds=[reading])
        os.close(reading)
        try:
            engine.wait_until_it_answers(socket_path(workspace_in(folder)))
            yield workspace_in(folder)
        finally:
            os.close(writing)
            engine.process.wait()
