"""How long a person waits: for the help, for a status line, for the first picture of the console.

Whole processes, from exec on, in turns with bare Python and with the import of Textual alone: what is above the one is
ours, and no console can be faster than the other. The files are in the system's cache after the first turn, as they are
when somebody types a second command.
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


def run() -> list[Row]:
    """Median of seven turns each, with the engine of a demonstration running beside."""
    with _demonstration() as workspace:
        attach = [*DIALCONSOLE, "attach", "--workspace", str(workspace)]
        took = _in_turns(
            {
                "python": lambda: _ended([sys.executable, "-c", "pass"]),
                "textual": lambda: _ended([sys.executable, "-c", "import textual.app"]),
                "help": lambda: _ended([*DIALCONSOLE, "--help"]),
                "status": lambda: _ended([*DIALCONSOLE, "status", "--workspace", str(workspace)]),
                "paint": lambda: _painted(attach, workspace.name.encode()),
            }
        )
    python, textual = (took["python"], "python -c pass"), (took["textual"], "python -c 'import textual.app'")
    return [
        Row("dialconsole --help", took["help"], "ms", "<= 100", *python),
        Row("dialconsole status, engine running", took["status"], "ms", "<= 100", *python),
        Row(f"first paint of the console, {WIDTH}x{HEIGHT}", took["paint"], "ms", "<= 300", *textual),
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
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _painted(command: Sequence[str], text: bytes) -> float:
    """Seconds until the console has drawn the workspace's name, which only the engine can have told it."""
    end, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
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
