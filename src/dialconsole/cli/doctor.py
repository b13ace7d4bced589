"""``dialconsole doctor``: what of this installation, workspace and its trunks is not as it should be.

Each part is a function that returns findings and never raises, so that one broken part hides no other.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import click
from msgspec import Struct

from dialconsole.cli.findings import print_findings, summary
from dialconsole.cli.options import json_option, workspace_option
from dialconsole.cli.output import counted, print_json
from dialconsole.cli.session import engine_session, workspace_path
from dialconsole.control.port import EngineClient
from dialconsole.model.errors import Problem
from dialconsole.model.finding import Finding, fault, faults, ok, skipped, warning
from dialconsole.model.request.looking import GetStatus, ListTrunks, StatusReport
from dialconsole.model.request.rules import RegistryReport, ShowRegistry
from dialconsole.model.request.trunks import CheckTrunk
from dialconsole.model.text import safe_text
from dialconsole.store.places import DOCUMENTS, LEDGER

LEAST_ROOM = 200 * 2**20
"""Bytes of disk below which somebody should look: a million attempts take about half of it."""
LEAST_ROOM_TO_DIAL = 20 * 2**20
"""Below this a busy hour may fill it; dialing stops when it is full."""

LEAST_SCREEN = (80, 24)


class Part(Struct, frozen=True):
    """One part of the whole, and what was found out about it."""

    part: str
    findings: tuple[Finding, ...]


@click.command()
@workspace_option
@json_option
def doctor(workspace: Path | None, as_json: bool) -> None:
    """Look over installation, workspace and every trunk.

    Exit code 1 if something is at fault. Nothing is changed and no phone rings.
    """
    parts = asyncio.run(examine(workspace_path(workspace)))
    everything = tuple(finding for part in parts for finding in part.findings)
    if as_json:
        print_json(parts)
    else:
        for part in parts:
            click.echo(part.part)
            print_findings(part.findings)
            click.echo()
        click.echo(f"{summary(everything)}.")
    click.get_current_context().exit(1 if faults(everything) else 0)


async def examine(path: Path) -> list[Part]:
    """Every part, in the order in which they are needed."""
    parts = [Part("this machine", (_zones(), _terminal()))]
    workspace, usable = _workspace(path)
    parts.append(Part(f"workspace {safe_text(str(path))}", workspace))
    if not usable:
        return parts
    try:
        async with engine_session(path) as client:
            return parts + await _through_the_engine(client)
    except Problem as problem:
        return [*parts, Part("engine", (fault("engine", problem.sentence, "Mend that first, then ask again."),))]


# -- without the engine -----------------------------------------------------------------------------------------------


def _zones() -> Finding:
    from datetime import UTC, datetime
    from zoneinfo import TZPATH, ZoneInfo

    try:
        # Two hours of the year that only right data knows apart.
        offsets = [
            datetime(2026, month, 15, 12, tzinfo=UTC).astimezone(ZoneInfo("America/New_York")).utcoffset()
            for month in (1, 7)
        ]
    except (KeyError, OSError, ValueError) as error:
        return fault(
            "zones",
            f"Time zones cannot be read ({safe_text(str(error))}); without them nobody is called.",
            "Install them: pip install tzdata",
        )
    if offsets[0] == offsets[1]:
        return fault("zones", "The time zones on this machine know no summer time.", "pip install --upgrade tzdata")
    where = next((place for place in TZPATH if Path(place).is_dir()), "the package tzdata")
    return ok("zones", f"Time zones are read from {where}.")


def _terminal() -> Finding:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return skipped("terminal", "Not checked: this is no terminal, so no console could be shown here.")
    size = shutil.get_terminal_size()
    if size.columns < LEAST_SCREEN[0] or size.lines < LEAST_SCREEN[1]:
        return warning(
            "terminal",
            f"{size.columns} x {size.lines}; the console shows everything from 80 x 24 on.",
            "Make the window larger.",
        )
    return ok("terminal", f"{size.columns} x {size.lines}.")


def _workspace(path: Path) -> tuple[tuple[Finding, ...], bool]:
    """What can be seen of its files, and whether an engine could open it."""
    missing = [name for name in (DOCUMENTS, LEDGER) if not (path / name).exists()]
    if len(missing) == 2:
        return (fault("files", "There is no workspace here.", "Make one: dialconsole trunk add NAME"),), False
    if missing:
        return (fault("files", f"It has lost its {missing[0]}.", "Put it back from a backup."),), False
    files = _readable(path)
    return (files, _rights(path), _room(path)), files.mend == ""


def _readable(path: Path) -> Finding:
    import sqlite3

    from dialconsole.store.documents import Documents

    try:
        documents = Documents.open(path / DOCUMENTS)
        with sqlite3.connect(f"{(path / LEDGER).as_uri()}?mode=ro", uri=True) as ledger:
            (broken,) = ledger.execute("PRAGMA quick_check(1)").fetchone()
        ledger.close()
    except Problem as problem:
        return fault("files", problem.sentence, "Put the file back from a backup.")
    except (OSError, sqlite3.Error) as error:
        return fault("files", f"{LEDGER} cannot be read ({safe_text(str(error))}).", "Put it back from a backup.")
    if broken != "ok":
        return fault("files", f"{LEDGER} is damaged ({safe_text(broken)}).", "Put it back from a backup.")
    there = f"{counted(len(documents.campaigns), 'campaign')}, {counted(len(documents.trunks), 'trunk')}"
    return ok("files", f"{DOCUMENTS} ({there}) and {LEDGER} can be read.")


def _rights(path: Path) -> Finding:
    loose = [name for name in ("", DOCUMENTS, LEDGER) if (path / name).stat().st_mode & 0o002]
    if loose:
        return fault(
            "rights",
            "Every account of this machine may write to it: who is called is then anybody's choice.",
            f"chmod -R o-w {safe_text(str(path))}",
        )
    if not os.access(path, os.W_OK):
        return warning("rights", "This account may not write to it, so an engine of this account cannot dial.")
    return ok("rights", "Only its owner may write to it.")


def _room(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    words = f"{free / 2**30:.1f} GB of disk are free."
    mend = "Make room: an engine that cannot write what it does stops dialing."
    if free < LEAST_ROOM_TO_DIAL:
        return fault("disk", words, mend)
    return warning("disk", words, mend) if free < LEAST_ROOM else ok("disk", words)


# -- through the engine -----------------------------------------------------------------------------------------------


async def _through_the_engine(client: EngineClient) -> list[Part]:
    trunks = await client.request(ListTrunks())
    real = [trunk.name for trunk in trunks if not trunk.rehearses]
    parts = [
        Part("engine", (_engine(await client.request(GetStatus())),)),
        Part("registry", _registry(await client.request(ShowRegistry()), real)),
    ]
    if not trunks:
        parts.append(
            Part("trunks", (warning("trunk", "There is no trunk to call through.", "dialconsole trunk add NAME"),))
        )
    for trunk in trunks:
        try:
            check = await client.request(CheckTrunk(name=trunk.name))
        except Problem as problem:
            parts.append(Part(f"trunk {trunk.name}", (_unchecked(trunk.name, problem),)))
        else:
            parts.append(Part(f"trunk {trunk.name}", check.findings))
    return parts


def _unchecked(trunk: str, problem: Problem) -> Finding:
    """A check that failed says nothing good of the trunk; one that we may not ask for says nothing."""
    if problem.code == "forbidden":
        return skipped("trunk", problem.sentence)
    return fault("trunk", problem.sentence, f"Ask for it alone: dialconsole trunk check {trunk}")


def _engine(status: StatusReport) -> Finding:
    engine = status.engine
    if engine.pid == os.getpid():
        return ok("engine", "None runs now, and its lock is free. Start one: dialconsole run")
    if engine.stopped:
        return warning("engine", f"It runs (pid {engine.pid}), but: {engine.stopped}")
    return ok("engine", f"It runs (pid {engine.pid}) and dials.")


def _registry(report: RegistryReport, real_trunks: list[str]) -> tuple[Finding, ...]:
    if not report.lists:
        return (
            warning(
                "registry",
                "No do-not-call registry is imported; calls that one binds are held.",
                "dialconsole registry import FILE --date YYYY-MM-DD",
            ),
        )
    broken = [fault("registry", f"{one.name}: {one.fault}", "Import it again.") for one in report.lists if one.fault]
    demo = ", ".join(one.name for one in report.lists if one.demo)
    if demo and real_trunks:
        words = f"{demo}: a DEMO list of invented numbers. It holds every real call, of {', '.join(real_trunks)}."
        broken.append(fault("registry", words, "dialconsole registry import FILE --date YYYY-MM-DD"))
    aged = [warning("registry", sentence, "Import a newer version.") for sentence in report.warnings]
    missing = [
        warning("registry", sentence, "Import it: dialconsole registry import FILE --list us-fl --kind state.")
        for sentence in report.missing
    ]
    names = ", ".join(f"{one.name} of {one.obtained}" for one in report.lists if not one.fault)
    fine = [ok("registry", f"{names}: fresh enough.")] if names and not aged else []
    return (*broken, *aged, *missing, *fine)
