"""The programs that real calls need, where they are on this machine, and what to say where they are not.

Each is looked for on the PATH, unless its environment variable names another one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple


class Program(NamedTuple):
    name: str
    variable: str
    install: str


REDIS: Final = Program("redis-server", "DIALCONSOLE_REDIS_SERVER", "Debian: apt install redis-server")
SERVER: Final = Program("livekit-server", "DIALCONSOLE_LIVEKIT_SERVER", "https://docs.livekit.io/home/self-hosting/")
SIP: Final = Program("livekit-sip", "DIALCONSOLE_LIVEKIT_SIP", "https://docs.livekit.io/home/self-hosting/sip-server/")
SIPP: Final = Program("sipp", "DIALCONSOLE_SIPP", "Debian: apt install sip-tester")

PROGRAMS: Final = (REDIS, SERVER, SIP, SIPP)


def find(program: Program) -> Path | None:
    """Where it is; None if it is not here, or its variable names something that cannot be run."""
    found = shutil.which(os.environ.get(program.variable) or program.name)
    return Path(found).absolute() if found else None


def programs_missing() -> str:
    """Why there can be no real call here, by name; empty if there can."""
    missing = [_missing(program) for program in PROGRAMS if find(program) is None]
    if find_spec("livekit.agents") is None:
        missing.append("livekit-agents is not installed (pip install 'dialconsole[agent]')")
    return "; ".join(missing)


def version(program: Program) -> str:
    """What it says of itself when asked for its version: the words after its name, on the first line that has any."""
    path = find(program)
    if path is None:
        return "missing"
    option = "-v" if program is SIPP else "--version"
    told = subprocess.run([path, option], capture_output=True, text=True, timeout=20)
    lines = [line.strip() for line in (told.stdout + told.stderr).splitlines() if line.strip()]
    return lines[0] if lines else "says nothing"


def _missing(program: Program) -> str:
    named = os.environ.get(program.variable)
    if named:
        return f"{program.variable} is {named!r}, which is no program"
    return f"{program.name} is not on the PATH and {program.variable} is not set ({program.install})"
