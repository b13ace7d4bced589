"""Starting an engine that outlives the command that started it, and waiting until it answers.

The child gets a session of its own, so that neither Ctrl-C nor the end of a terminal reaches it, and a log file for
what it says. Rejected: forking this process (threads and a half-used event loop would be copied into the engine).
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from dialconsole.control.endpoint import answers
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

STARTING_S = 30.0
"""Seconds an engine may take to answer; a million contacts take three."""

_LOOK_AGAIN_S = 0.03


class BackgroundEngine:
    """``python -m module`` in a session of its own, its output appended to ``log``. Raises ``Problem``."""

    def __init__(self, module: str, arguments: Sequence[str], log: Path, *, pass_fds: Sequence[int] = ()) -> None:
        self._log = log
        try:
            descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise Problem(f"The engine's log {log} cannot be written: {error.strerror}. Nothing was started.") from None
        try:
            self._said_before = os.fstat(descriptor).st_size
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        finally:
            os.close(descriptor)

    def wait_until_it_answers(self, socket: Path) -> None:
        """Return when an engine answers at ``socket``. Raises ``Problem`` with its last words if it ends instead."""
        for _ in self._until_it_answers(socket):
            time.sleep(_LOOK_AGAIN_S)

    async def comes_up(self, socket: Path) -> None:
        """The same, for whoever has a console to draw meanwhile."""
        for _ in self._until_it_answers(socket):
            await asyncio.sleep(_LOOK_AGAIN_S)

    def _until_it_answers(self, socket: Path) -> Iterator[None]:
        """Something for each time that is to be waited once more."""
        end = time.monotonic() + STARTING_S
        while not answers(socket):
            if self.process.poll() is not None:
                raise Problem(f"The engine did not start: {self._last_words()}", code="engine_failed")
            if time.monotonic() > end:
                raise Problem(f"The engine has not answered within {STARTING_S:g} s; {self._log} tells what it does.")
            yield

    def _last_words(self) -> str:
        said = self._log.read_bytes()[self._said_before :].decode("utf-8", "replace")
        lines = [line for line in said.splitlines() if line.strip()]
        return safe_text(lines[-1], 1000).removeprefix("dialconsole: ") if lines else "it said nothing."


async def somebody_answers(socket: Path) -> bool:
    """Whether an engine, whoever started it, answers at ``socket`` before ``STARTING_S`` is over."""
    end = time.monotonic() + STARTING_S
    while not answers(socket):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(_LOOK_AGAIN_S)
    return True
