"""Run the benchmarks: each module here with a ``run()`` is one; its rows are printed as one table.

Baselines run in the same process, interleaved with what they are compared to, because two runs on one machine differ
more than many optimisations do. Trust the ratios, not the microseconds. Each module has a process of its own: the
memory and the garbage of one would be counted with the next.
"""

from __future__ import annotations

import pkgutil
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import benchmarks
from benchmarks.row import Row, rows_of, table


def names() -> list[str]:
    hidden = {"__main__", "row"}
    return sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in hidden)


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
        for name in wanted or names():
            print(f"... {name}", file=sys.stderr, flush=True)
            rows += processes.submit(rows_of, name).result()
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
