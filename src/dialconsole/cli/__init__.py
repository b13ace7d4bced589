"""The commands people type. Imports nothing heavy: ``--help`` and ``status`` answer in about 100 ms."""

from __future__ import annotations

import sys


def main() -> None:
    """The console script ``dialconsole``."""
    from dialconsole.cli.root import run

    sys.exit(run(sys.argv[1:]))
