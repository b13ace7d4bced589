"""Servers of a test, each a process group of its own: started, waited for, killed and started again.

A server is ready when it answers, not after a time. None outlives the test run, however that ends: each group is
killed at the end of its test, and the kernel kills its leader when the test run itself dies.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from kit.terminal import eventually

READY_WITHIN_S: Final = 40.0
"""Far more than any server takes to come up on a machine that has other work to do."""

LAST_LINES: Final = 40
LINE: Final = 300

_PR_SET_PDEATHSIG: Final = 1


class Server:
    """One server. ``ready`` tells whether it answers; the log of all its lives is one file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        ready: Callable[[], bool],
        environment: Mapping[str, str] = {},
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(word) for word in command]
        self._ready = ready
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers; fails with the end of its log if it does not."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it; ``wait_until_ready`` is the caller's."""
        assert not self.runs, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                env={**os.environ, **self._environment},
                start_new_session=True,
                preexec_fn=_die_with_the_tests if sys.platform == "linux" else None,
            )

    def wait_until_ready(self) -> None:
        def look() -> bool:
            assert self.runs, f"{self.name} ended by itself:\n{self.tail()}"
            return self._ready()

        eventually(look, lambda: f"{self.name} did not answer; its log:\n{self.tail()}", READY_WITHIN_S)

    @property
    def answers(self) -> bool:
        """Whether it is ready now; for a test that must go on meanwhile, after ``launch``."""
        return self.runs and self._ready()

    def kill(self) -> None:
        """SIGKILL to it and all that it has started; returns when it is gone."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def tail(self, lines: int = LAST_LINES) -> str:
        """The end of its log; LiveKit's lines can be very long."""
        try:
            return "\n".join(line[:LINE] for line in self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no log)"


def _die_with_the_tests() -> None:
    """In the child, before it becomes the server: SIGKILL when the parent ends (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
