"""Engines in processes of their own, as people and service managers start them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialconsole.control.endpoint import answers
from dialconsole.store.places import socket_path


@contextmanager
def running_engine(workspace: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """``dialconsole engine`` on a workspace, once it answers. Killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dialconsole.cli", "engine", "--workspace", str(workspace), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for_socket(process, workspace)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_socket(process: subprocess.Popen[str] | subprocess.Popen[bytes], workspace: Path) -> None:
    """Until an engine answers on ``workspace``; fails if the process ends first."""
    while not answers(socket_path(workspace)):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
