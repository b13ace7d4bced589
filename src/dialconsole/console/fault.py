"""A fault of the console itself: what the person is told, and what is kept for whoever mends it.

Textual prints a traceback with the values of all local variables. Here those are people's names and telephone numbers,
on a screen that others see and in a scrollback that stays. So the person gets a sentence, and a file gets the places in
the program, without a single value.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from dialconsole import __version__
from dialconsole.model.errors import Problem


def report_of(error: BaseException) -> str:
    """The places the error went through, innermost last, and its kind; no values, not even its message."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([f"dialconsole {__version__}: {type(error).__name__}", *lines, ""])


def fault_file() -> Path:
    """Where the last fault is written: ``$XDG_STATE_HOME/dialconsole/console-fault.txt``."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "dialconsole" / "console-fault.txt"


def problem_of(error: BaseException) -> Problem:
    """Write the report down; the sentence for the person says where."""
    file = fault_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(report_of(error), "utf-8")
        kept = f"where it happened is in {file}"
    except OSError:
        kept = "where it happened could not be written down"
    return Problem(
        f"The console ended by a fault of its own ({type(error).__name__}); {kept}. The engine and its calls go on: "
        "dialconsole attach opens a new console.",
        code="console_fault",
    )
