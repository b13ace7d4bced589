"""What is imported for what: --help and status must answer at once, and a console must not carry an engine's weight."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from contracts.fake_port import FakePort
from control.sockets import make_server

HEAVY = ("textual", "livekit", "phonenumbers", "timezonefinder", "numpy")
"""For commands that should answer in a tenth of a second."""

ENGINES = ("livekit", "numpy", "timezonefinder", "phonenumbers", "tinydb", "sqlite3")
"""For consoles and the control room: what only an engine needs."""

COMMAND = """
import json, sys
from dialconsole.cli.root import run
code = run(json.loads(sys.argv[1]))
sys.stderr.write(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""

FIRST_PICTURE = """
import json, sys
from console.driving import LARGE, console
from console.fake_engine import FakeEngine
import dialconsole.cli.console
app = console(FakeEngine())
app.post_display_hook = app.exit
app.run(headless=True, size=LARGE)
sys.stderr.write(json.dumps([0, sorted(sys.modules)]))
"""

LATER = (
    "dialconsole.console.dialogs",
    "dialconsole.console.form",
    "dialconsole.console.fault",
    "dialconsole.control.local",
    "dialconsole.control.server",
    "markdown_it",
    "pygments",
    "rich.markdown",
    "rich.syntax",
    "rich.traceback",
    "textual.widgets._data_table",
    "textual.widgets._markdown",
    "textual.widgets._text_area",
)
"""What a console has no use for before the first key."""

FIRST_SCREENS = {"dialconsole.console.screens.operations", "dialconsole.console.screens.place"}

ROOMS = """
import importlib, json, pkgutil, sys
for room in ("dialconsole.console", "dialconsole.control"):
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        importlib.import_module(module.name)
sys.stderr.write(json.dumps([0, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(script: str, *arguments: str) -> set[str]:
    """Top-level names of the modules that a fresh process has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(arguments)], capture_output=True, text=True, timeout=20, check=True
    )
    code, names = json.loads(done.stderr)
    assert code == 0
    return set(names)


def test_help_imports_nothing_heavy() -> None:
    """--help shows all commands without importing one; not even the event loop is there."""
    names = loaded(COMMAND, "--help")
    assert names.isdisjoint(HEAVY)
    assert names.isdisjoint({"asyncio", "msgspec", "sqlite3", "tinydb"})


async def test_status_of_a_running_engine_imports_nothing_heavy(tmp_path: Path) -> None:
    """status asks over the socket, and knows nothing of storage, numbers or screens."""
    server = make_server(FakePort(), tmp_path / "control.sock")
    await server.start()
    names = await asyncio.to_thread(loaded, COMMAND, "status", "--json", "--workspace", os.fspath(tmp_path))
    assert names.isdisjoint({*HEAVY, "sqlite3", "tinydb"})
    await server.close()


def test_console_knows_no_engine() -> None:
    """Every module of console and control together loads nothing that only an engine needs."""
    names = loaded(ROOMS)
    assert "textual" in names
    assert names.isdisjoint(ENGINES)


def test_the_first_picture_waits_for_nothing_it_does_not_show() -> None:
    """Dialogs, the other screens and Textual's heavy widgets are imported by the key that needs them."""
    folder = os.fspath(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE],
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    _, names = json.loads(done.stderr)
    assert [name for name in LATER if name in names] == []
    screens = {name for name in names if name.startswith("dialconsole.console.screens.")}
    assert screens == FIRST_SCREENS
    assert {name.partition(".")[0] for name in names}.isdisjoint(ENGINES)


def test_livekit_is_loaded_when_first_used(tmp_path: Path) -> None:
    """Trunks of LiveKit's are added, read and asked for without its client; only a look at a server loads it."""
    names = loaded(
        "import json, sys\n"
        "import dialconsole.telephony.preflight, dialconsole.telephony.livekit.access\n"
        "import dialconsole.telephony.livekit.preflight, dialconsole.engine.desk.checks\n"
        "sys.stderr.write(json.dumps([0, sorted({name.partition('.')[0] for name in sys.modules})]))\n"
    )
    assert names.isdisjoint({"livekit", "aiohttp", "google"})
    for words in (("trunk", "--help"), ("doctor", "--help"), ("call", "--help")):
        assert loaded(COMMAND, *words).isdisjoint({*HEAVY, "sqlite3", "tinydb"})
