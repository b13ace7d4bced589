"""The files of a registry folder, and the one way in which they change.

``national.json`` is the header of the present version of a list, ``national-7.bits`` the bit file that it names,
``national.part`` a bit file in the making, ``import.lock`` held by whoever makes one. A new version is committed by
renaming the header: until then readers find the old header and the old bit file, which is removed only afterwards (a
reader that has it open may go on reading). So there is no instant at which half of a version can be seen, and a killed
import leaves files that no header names.

A bit file without any header is the one thing that is not ignored: either the header was lost, and with it the
knowledge that the list must be asked, or a first import was killed between its two renames.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dialconsole.compliance.registry.header import Header, decode_header, encode_header
from dialconsole.compliance.registry.lists import is_list
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

LOCK = "import.lock"

_BITS = re.compile(r"(?P<list>[a-z-]+?)-(?P<version>\d{1,9})\.bits\Z")


def header_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.json"


def bits_path(folder: Path, name: str, version: int) -> Path:
    return folder / f"{name}-{version}.bits"


def part_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.part"


def files_in(folder: Path) -> dict[Path, str]:
    """Headers and bit files in the folder, each with the name of its list; none if there is no folder.

    Raises ``OSError`` if the folder cannot be read.
    """
    try:
        entries = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return {}
    found = {folder / entry: _list_of(entry) for entry in sorted(entries)}
    return {path: name for path, name in found.items() if is_list(name)}


def read_header(folder: Path, name: str) -> Header | None:
    """The header of the present version, ``None`` if the list was never imported.

    Raises ``Problem`` (code ``registry_unreadable``) for one that is damaged or lost, ``OSError``.
    """
    path = header_path(folder, name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if not _versions(folder, name):
            return None
        raise Problem(
            f"{folder} holds a bit file of the list {name}, but not its header {path.name}: it was removed, or an "
            "import was killed. Import the list again.",
            code="registry_unreadable",
        ) from None
    return decode_header(content, path)


def next_version(folder: Path, name: str, present: Header | None) -> int:
    """A number above that of the present version, and of every bit file of the list."""
    return max([*_versions(folder, name), present.version if present else 0]) + 1


@contextmanager
def import_lock(folder: Path) -> Iterator[None]:
    """Be the only import into ``folder``, which is made if need be. Raises ``Problem`` if there is another one.

    ``flock``: the kernel lets go of it however its holder ends.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            raise Problem(
                f"Another import (pid {safe_text(pid) or 'unknown'}) is writing to {folder}. Wait until it is done.",
                code="registry_locked",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def commit(folder: Path, header: Header) -> None:
    """Make the part file (complete, and on disk) the version that ``header`` describes. Needs the lock.

    All that needs room on the disk comes before the first rename.
    """
    fresh = _write_beside(folder, header)
    part_path(folder, header.list).rename(bits_path(folder, header.list, header.version))
    sync_folder(folder)  # a header on disk whose bit file is not would be a registry lost by a power cut
    fresh.rename(header_path(folder, header.list))
    sync_folder(folder)
    with suppress(OSError):  # the new version holds; the next import removes what is left
        remove_leftovers(folder, header.list, keep=header.version)


def replace_header(folder: Path, header: Header) -> None:
    """Write a header over the present one, durably, all or nothing. Needs the lock."""
    _write_beside(folder, header).rename(header_path(folder, header.list))
    sync_folder(folder)


def _write_beside(folder: Path, header: Header) -> Path:
    fresh = _fresh_path(folder, header.list)
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(encode_header(header))
        file.flush()
        os.fsync(file.fileno())
    return fresh


def remove_leftovers(folder: Path, name: str, *, keep: int | None) -> None:
    """Remove what no header names: other bit files of the list, and what a killed import left."""
    for version in _versions(folder, name):
        if version != keep:
            bits_path(folder, name, version).unlink(missing_ok=True)
    remove_unfinished(folder, name)


def remove_unfinished(folder: Path, name: str) -> None:
    """Remove what an import wrote and did not commit."""
    part_path(folder, name).unlink(missing_ok=True)
    _fresh_path(folder, name).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make names created, renamed or removed in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fresh_path(folder: Path, name: str) -> Path:
    return folder / f"{name}.json.new"


def _list_of(entry: str) -> str:
    if entry.endswith(".json"):
        return entry.removesuffix(".json")
    match = _BITS.match(entry)
    return match["list"] if match else ""


def _versions(folder: Path, name: str) -> list[int]:
    matches = (_BITS.match(path.name) for path in folder.iterdir())
    return [int(match["version"]) for match in matches if match and match["list"] == name]
