"""Run as a program: imports a registry again and again, each time killed (SIGKILL) at another system call.

``killed_import.py FOLDER KIND`` prints one JSON object for each kill: the call before which it came, and what a reader
finds afterwards. A process of its own, because forking from pytest's workers (threads) is not safe.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy  # noqa: F401  (loaded before the forks, or each of them would load it)

from dialconsole.compliance.registry.importing import import_registry
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import verify
from dialconsole.model.errors import Problem
from kit.registry import NOON, OBTAINED, import_numbers, write_full_list

CALLS = ("open", "mkdir", "ftruncate", "pwrite", "utime", "fsync", "rename", "unlink", "close")
OLD, NEW, KEPT = 2_015_550_100, 2_015_550_101, 2_015_550_102


def import_new(folder: Path, kind: str) -> None:
    if kind == "changes":
        path = folder.parent / "changes.txt"
        path.write_text("201,5550100,D\n201,5550101,A\n")
    else:
        path = write_full_list(folder.parent / "new.txt", [NEW, KEPT])
    import_registry(folder, [path], obtained=date(2026, 11, 2), kind="changes" if kind == "changes" else "full")


def killed_at(point: int, action: Callable[[], None]) -> str | None:
    """Run ``action`` in a child that is killed before its ``point``-th call; the call's name, ``None`` if it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        left = [point]

        def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **options: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os.write(writing, name.encode())
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **options)

            return call

        for name in CALLS:
            setattr(os, name, watched(name, getattr(os, name)))
        action()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        name = pipe.read()
    if not os.WIFSIGNALED(status):
        assert os.WEXITSTATUS(status) == 0
        return None
    return name


def found(folder: Path) -> dict[str, object]:
    registry = Registry.open(folder)
    kinds = [registry.lookup(10**10 + number, NOON).kind.value for number in (OLD, NEW, KEPT)]
    registry.close()
    try:
        version = verify(folder)[0].version
    except Problem as problem:
        return {"kinds": kinds, "problem": problem.code}
    return {"kinds": kinds, "version": version}


def main(folder: Path, kind: str) -> None:
    for point in range(200):
        place = folder / str(point) / "registry"
        place.parent.mkdir(parents=True)
        if kind != "first":
            import_numbers(place, [OLD, KEPT], obtained=OBTAINED)
        name = killed_at(point, lambda: import_new(place, kind))  # noqa: B023
        if name is None:
            return
        seen = found(place)
        import_numbers(place, [KEPT], obtained=OBTAINED)  # the next import is not hindered, and tidies up
        print(json.dumps({"call": name, **seen, "files": len(list(place.iterdir()))}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
