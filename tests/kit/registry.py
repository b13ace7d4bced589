"""Small do-not-call registries for tests, imported the way real ones are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from dialconsole.compliance.registry.bits import AREA_CODES
from dialconsole.compliance.registry.header import Header
from dialconsole.compliance.registry.importing import import_registry

OBTAINED = date(2026, 11, 1)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
"""Noon of the day after: a version of ``OBTAINED`` is one day old."""

DAY = 86_400.0


def write_full_list(path: Path, numbers: Iterable[int]) -> Path:
    """Ten-digit numbers as the FTC writes them."""
    path.write_text("".join(f"{number // 10**7},{number % 10**7:07}\n" for number in numbers))
    return path


def import_numbers(
    folder: Path, numbers: Iterable[int], *, obtained: date = OBTAINED, name: str = "national"
) -> Header:
    """Ten-digit numbers as the present version of a list in ``folder``, which covers their area codes."""
    path = write_full_list(folder.parent / f"{name}.txt", numbers)
    return import_registry(folder, [path], obtained=obtained, list_name=name)


def import_state(folder: Path, name: str, numbers: Iterable[int], *, obtained: date = OBTAINED) -> Header:
    """Ten-digit numbers as the list of a state (or of Canada), which covers every area code."""
    path = write_full_list(folder.parent / f"{name}.csv", numbers)
    return import_registry(folder, [path], obtained=obtained, kind="state", list_name=name)


def write_real_registry(folder: Path, at: float) -> Header:
    """A national registry for calls to real telephones, of the day of ``at`` (POSIX seconds): it covers every area code
    and lists +1 212 555 0199."""
    path = write_full_list(folder.parent / "national.txt", [212_555_0199])
    day = datetime.fromtimestamp(at, UTC).date()
    return import_registry(folder, [path], obtained=day, covers=AREA_CODES)
