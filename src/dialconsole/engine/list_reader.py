"""Run as a program by the engine: reads one call list into blocks for the ledger, and tells of each.

A process of its own, because a million rows keep an interpreter busy for seconds, and the engine's has calls to look
after. It is given a ``Job`` on standard input and answers on standard output, a line of JSON for each block, told when
the block is whole. So that it does not fill the disk, it runs at most ``AHEAD`` blocks ahead of an engine that says so
when it has taken one; when the engine is gone, so is its line, and this ends.
"""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.store.blocks import ROWS, Block, write_blocks

if TYPE_CHECKING:
    from dialconsole.lists.reading import CallList

log = logging.getLogger(__name__)

AHEAD = 3
"""Lines said and not yet heard to their end: a block is taken when the engine answers."""


class Job(Struct, frozen=True):
    """A list, and how it is to be read."""

    path: str
    region: str
    columns: dict[str, str]
    sheet: str | None
    zone_authoritative: bool
    attested: ContactFacts | None
    now: float
    ignored: tuple[str, ...] = ()
    block: int = ROWS
    """Rows of a block."""

    def open(self) -> CallList:
        """Raises ``Problem``, also for a list with a column that may hold somebody's no and is not understood."""
        from dialconsole.engine.zoning import ZoningByCompliance
        from dialconsole.lists.reading import open_list
        from dialconsole.lists.watched import refuse_unclear

        opened = open_list(
            Path(self.path),
            default_region=self.region,
            zoning=ZoningByCompliance(zone_authoritative=self.zone_authoritative),
            now=self.now,
            columns=self.columns or None,
            attested=self.attested,
            sheet=self.sheet,
            ignored=self.ignored,
        )
        refuse_unclear(opened.name, opened.unclear)
        return opened


class Opened(Struct, frozen=True, tag=True):
    name: str
    sha256: str
    columns: tuple[str, ...]


class Written(Struct, frozen=True, tag=True):
    block: Block
    share: float
    """Of the file that has been read, 0 to 1."""


class Failed(Struct, frozen=True, tag=True):
    sentence: str
    code: str


class Ended(Struct, frozen=True, tag=True):
    notes: tuple[str, ...] = ()
    """How the file was understood, and what was odd in its rows, in sentences."""


Said = Opened | Written | Failed | Ended


def read(job: Job, folder: Path) -> Iterator[Said]:
    """The list, block by block; ends with ``Ended`` or ``Failed``."""
    try:
        call_list = job.open()
        yield Opened(call_list.name, call_list.sha256, call_list.columns)
        for block in write_blocks(call_list.batches(), folder, job.block):
            yield Written(block, call_list.share_read)
        yield Ended(call_list.notes)
    except Problem as problem:
        yield Failed(problem.sentence, problem.code)
    except (sqlite3.Error, OSError) as error:
        yield Failed(f"The rows could not be kept in {folder} while they are read: {error}. Make room there.", "disk")
    except Exception as error:
        log.exception("a list could not be read")
        yield Failed(f"Reading the list failed ({type(error).__name__}: {error}). Please report this.", "internal")


def main() -> int:
    """The exit code says whether the engine was there to the end."""
    gc.disable()  # rows have no cycles, and a million of them are much to look through
    os.nice(5)  # calls go before lists
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    folder = Path(sys.argv[1])
    untaken = 0
    for said in read(job, folder):
        untaken += 1
        sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        sys.stdout.buffer.flush()
        while untaken > AHEAD:
            if not sys.stdin.buffer.read(1):
                return 1  # the engine is gone
            untaken -= 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os._exit(1)
