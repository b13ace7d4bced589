"""The pictures of the README, made by the program itself: the demonstration, seen by a console nobody sees.

    python tools/make_pictures.py [FOLDER]

Each picture is the console's own screen, drawn by Textual as SVG. The demonstration runs for real, so two runs differ.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.console.app import ConsoleApp
from dialconsole.control.client import SocketClient
from dialconsole.store.places import socket_path

SIZES = {"operations-80x24": (80, 24), "operations-160x45": (160, 45)}
WATCH_S = 14.0
"""Real seconds of the demonstration before the picture is taken."""


async def take(socket: Path, name: str, size: tuple[int, int], folder: Path) -> None:
    app = ConsoleApp(SocketClient(socket, user="trainer"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause(2.0)
        picture = app.export_screenshot(title="dialconsole demo")
    (folder / f"{name}.svg").write_text(picture, "utf-8")
    print(f"{folder / name}.svg")  # noqa: T201


async def take_all(socket: Path, folder: Path) -> None:
    await asyncio.sleep(WATCH_S)
    for name, size in SIZES.items():
        await take(socket, name, size, folder)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        reading, writing = os.pipe()
        plan = msgspec.json.encode(DemoPlan(folder=str(Path(place) / "demo"), lifeline=reading)).decode()
        (Path(place) / "demo").mkdir()
        log = Path(place) / "engine.log"
        engine = BackgroundEngine("dialconsole.cli.demo_engine", [plan], log, pass_fds=[reading])
        os.close(reading)
        try:
            socket = socket_path(workspace_in(Path(place) / "demo"))
            engine.wait_until_it_answers(socket)
            asyncio.run(take_all(socket, folder))
        finally:
            os.close(writing)
            try:
                engine.process.wait(10)
            except subprocess.TimeoutExpired:
                engine.process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "docs" / "pictures")
