"""A console ends when its terminal is gone, whoever was told of it.

The kernel sends SIGHUP to the session's leader, and that is often not the console: under ``make`` or a wrapper script
the leader waits for its child, the child hears nothing, and Textual's reading thread spins on a terminal that has
nothing more to say. So a thread of our own waits for the hang-up itself; it costs nothing until then.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading


def end_with_terminal() -> None:
    """End this process, as SIGHUP would, when the terminal it reads from hangs up."""
    threading.Thread(target=_wait, args=(sys.stdin.fileno(),), name="hang-up", daemon=True).start()


def _wait(terminal: int) -> None:
    hang_up = select.poll()
    hang_up.register(terminal, 0)  # nothing asked for: what comes is POLLHUP or POLLERR
    hang_up.poll()
    os.kill(os.getpid(), signal.SIGHUP)
    os._exit(128 + signal.SIGHUP)  # somebody had SIGHUP ignored
