"""The commands people type. Imports nothing heavy: ``--help`` and ``status`` answer in about 100 ms."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """The console script ``dialconsole``."""
    gc.disable()  # until the command is there (``LazyGroup``): modules are no garbage, and looking costs 5 of 100 ms
    from dialconsole.cli.root import run

    sys.exit(run(sys.argv[1:]))
