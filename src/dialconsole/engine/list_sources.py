"""Where the blocks of a list come from: a thread for a short one, a process of its own for the others.

A process costs a third of a second to start, in which a thread has read some thousand rows; and so few keep the
interpreter from the engine's loop only for moments. What both run is the same: ``list_reader.read``. The process is
driven from the threads that consume its lines and not by asyncio, so that any loop (scaled, virtual) counts it as work
in flight, which a clock that jumps must wait for.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from dialconsole.engine.list_reader import Ended, Failed, Job, Said, read

IN_PLACE = 256 * 1024
"""Bytes of a file up to which a thread reads it: some four thousand rows. As many as are read one by one
(``lists.reading.SHORT``), so that no thread of the engine loads numpy for a list."""

_decode = msgspec.json.Decoder(Said).decode


class ListSource(Protocol):
    def said(self) -> Iterator[Said]:
        """What the reader says, block by block; a block counts as taken when the next is asked for. Blocks."""

    def stop(self) -> None:
        """Read no further. From any thread."""

    def close(self) -> None:
        """Give everything back. Blocks for a moment."""


def source_of(job: Job, folder: Path) -> ListSource:
    try:
        short = Path(job.path).stat().st_size <= IN_PLACE
    except (OSError, ValueError):
        short = True  # the reader says what is wrong with it
    return InThread(job, folder) if short else InProcess(job, folder)


class InThread:
    """Reads in whatever thread asks."""

    def __init__(self, job: Job, folder: Path) -> None:
        self._job = job
        self._folder = folder
        self._stopped = False

    def said(self) -> Iterator[Said]:
        for said in read(self._job, self._folder):
            if self._stopped:
                return
            yield said

    def stop(self) -> None:
        self._stopped = True

    def close(self) -> None:
        self.stop()


class InProcess:
    """Reads in a process of its own session, which a Ctrl-C meant for somebody else does not reach."""

    def __init__(self, job: Job, folder: Path) -> None:
        self._job = job
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dialconsole.engine.list_reader", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> Iterator[Said]:
        """Ends without ``Ended`` or ``Failed`` if the process was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._tell(msgspec.json.encode(self._job) + b"\n")
        for line in self._process.stdout:
            if not line.endswith(b"\n"):
                return  # killed in the middle of a word
            said = _decode(line)
            yield said
            if isinstance(said, Ended | Failed):
                return
            self._tell(b".")

    def _tell(self, words: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended; what it said last is still to be read
            self._process.stdin.write(words)
            self._process.stdin.flush()

    def stop(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
