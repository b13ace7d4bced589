"""The engine of a demonstration: makes its workspace, runs, and takes the workspace away again when it ends.

A process of its own like every engine, started by ``dialconsole demo`` with a pipe: when the other end of the pipe
closes, the demonstration is over, also if its console was killed. The folder is removed here and not by the console,
because this is the process that is sure to be the last.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from dialconsole.cli.engine import start_logging
from dialconsole.cli.serving import serve
from dialconsole.clock import LoopClock, RealClock, run_scaled
from dialconsole.model.errors import Problem

if TYPE_CHECKING:
    from dialconsole.clock import Clock


class DemoPlan(Struct, frozen=True):
    folder: str
    """The workspace is made in it; it is removed at the end."""
    lifeline: int
    """Descriptor of the pipe's reading end."""
    speed: float = 10.0
    real_clock: bool = False
    scenario: str = "basic"
    seed: int = 0


def main(document: str) -> int:
    """Run the demonstration described by a ``DemoPlan`` in JSON.

    One that does not begin leaves its folder, with the log that says why, to the process that started it.
    """
    plan = msgspec.json.decode(document, type=DemoPlan)
    start_logging()
    try:
        if plan.real_clock:
            asyncio.run(_run(plan))
        else:
            run_scaled(_run(plan), plan.speed)
    except Problem as problem:
        sys.stderr.write(f"dialconsole: {problem.sentence}\n")
        return 1
    shutil.rmtree(plan.folder, ignore_errors=True)
    return 0


def workspace_in(folder: Path) -> Path:
    """Where the workspace of a demonstration is."""
    return folder / "clinic"


def write_import_script(folder: Path, day: date) -> Path:
    """The command that mends the registry, in a file, because with its paths it is longer than a line of the console.

    It is told when it runs, as it would be typed.
    """
    from dialconsole.engine.demo import FRESH_FILE, STALE_LIST

    workspace = workspace_in(folder)
    words = ["registry", "import", str(workspace / FRESH_FILE), "--list", STALE_LIST, "--kind", "state"]
    command = shlex.join([*words, "--date", day.isoformat(), "--workspace", str(workspace)])
    script = folder / "fresh"
    told = shlex.quote(f"dialconsole {command}")
    script.write_text(f"echo {told}\nexec {shlex.quote(sys.executable)} -m dialconsole.cli {command}\n", "utf-8")
    return script


async def _run(plan: DemoPlan) -> None:
    from dialconsole.engine.demo import DEMO_START, DEMO_ZONE, STALE, demo_day, prepare_demo
    from dialconsole.engine.engine import Engine

    clock: Clock = RealClock() if plan.real_clock else LoopClock(DEMO_START, rate=plan.speed)
    workspace = await prepare_demo(workspace_in(Path(plan.folder)), clock, scenario=plan.scenario)
    engine = await Engine.open(workspace, clock, dialing=True, seed=plan.seed, zone=DEMO_ZONE)
    script = write_import_script(Path(plan.folder), demo_day(clock.time()))
    engine.floor.notices.tell(
        f"{STALE.name} is held: New Jersey's do-not-call list is too old. In another terminal: sh {script}", "warning"
    )
    await serve(engine, workspace.socket_path, clock, hang_up_signal=False, lifeline=plan.lifeline)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
