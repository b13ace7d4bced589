"""Importing a list from the command line: how far it is, while it comes in, and Ctrl-C to stop it.

The progress goes to the terminal and nowhere else: a line that is written over itself is for eyes.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import cast
from uuid import uuid4

import click
import msgspec

from dialconsole.control.port import Delta, EngineClient, Snapshot, Update
from dialconsole.model.errors import Problem
from dialconsole.model.request.lists import CancelImport, ImportList, ImportReport
from dialconsole.model.view import ImportView, Kind

_CLEAR = "\r\x1b[K"


async def import_list(client: EngineClient, request: ImportList, *, quiet: bool) -> ImportReport:
    """Import, with a line of progress on a terminal unless ``quiet``. Cancelled, it cancels the import.

    Raises ``Problem`` with the engine's sentence.
    """
    request = msgspec.structs.replace(request, id=uuid4().hex)
    importing = asyncio.ensure_future(client.request(request))
    watching = asyncio.ensure_future(_watch(client, request.id)) if sys.stderr.isatty() and not quiet else None
    try:
        return await asyncio.shield(importing)
    except asyncio.CancelledError:
        done = await client.request(CancelImport(id=request.id))
        click.echo(f"{_CLEAR if watching else ''}{done.sentence}", err=True)
        with suppress(Problem):
            await importing
        raise
    finally:
        if watching is not None:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            click.echo(_CLEAR, err=True, nl=False)


async def _watch(client: EngineClient, id: str) -> None:
    async for update in client.updates():
        for view in imports_in(update):
            if view.id == id:
                click.echo(f"{_CLEAR}{progress_line(view)}", err=True, nl=False)


def imports_in(update: Update) -> list[ImportView]:
    """The imports that a message tells of."""
    rows = update.rows if isinstance(update, Snapshot) else update.changed if isinstance(update, Delta) else ()
    return [cast(ImportView, view) for kind, _, view in rows if kind is Kind.IMPORT]


def progress_line(view: ImportView) -> str:
    """``spring.csv: 41%, 400,000 rows, 210,000 a second, 12 rejected``"""
    rate = f", {view.rate:,.0f} a second" if view.rate else ""
    return f"{view.list}: {view.share:.0%}, {view.rows:,} rows{rate}, {view.rejected:,} rejected"


async def running_imports(client: EngineClient) -> list[ImportView]:
    """Those that are coming in now."""
    async for update in client.updates():
        if isinstance(update, Snapshot):
            return imports_in(update)
    return []
