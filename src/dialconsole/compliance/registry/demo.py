"""A small registry for demonstrations and simulations: every area code, a few fictional numbers, marked as a demo.

A demonstration without a registry would call nobody, because nothing may be called unchecked. This one shows the check
at work; every sentence about it says DEMO, so its evidence cannot be taken for that of a real one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dialconsole.compliance.registry.bitwriter import BitWriter
from dialconsole.compliance.registry.folder import (
    commit,
    import_lock,
    next_version,
    part_path,
    read_header,
    remove_unfinished,
)
from dialconsole.compliance.registry.header import Header, Kind, midnight
from dialconsole.compliance.registry.lists import NATIONAL
from dialconsole.model.errors import Problem

LISTED = tuple(code * 10_000_000 + 555_0199 for code in (202, 212, 305, 312, 480, 512, 619, 702))
"""Ten-digit numbers of the demo registry: 555-0199 in eight area codes."""


def write_demo_registry(folder: Path, at: float) -> Header:
    """Make a demo registry, dated on the day (UTC) of ``at``, the national list of ``folder``. Blocking, some 20 ms.

    Raises ``Problem`` if the folder holds a real one, which is left alone, or cannot be written.
    """
    folder = Path(folder)
    obtained = datetime.fromtimestamp(at, UTC).date()
    try:
        with import_lock(folder):
            present = read_header(folder, NATIONAL)
            if present is not None and not present.demo:
                raise Problem(f"There is a real registry in {folder}; it was left as it is.", code="exists")
            writer = BitWriter(part_path(folder, NATIONAL))
            try:
                writer.put(LISTED)
                survey, stamp = writer.finish(int(midnight(obtained)) * 1_000_000_000)
                header = Header(
                    list=NATIONAL,
                    version=next_version(folder, NATIONAL, present),
                    kind=Kind.DEMO,
                    san=None,
                    obtained=obtained,
                    everywhere=True,
                    counts=survey.counts,
                    sources=(),
                    sha256=survey.sha256,
                    stamp=stamp,
                )
                commit(folder, header)
            except BaseException:
                remove_unfinished(folder, NATIONAL)
                raise
            finally:
                writer.close()
    except OSError as error:
        raise Problem(
            f"The demo registry could not be written to {folder}: {error.strerror}.", code="storage"
        ) from None
    return header
