"""What is done to a registry besides importing it: reading it through, and taking it away."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from dialconsole.compliance.registry.folder import (
    bits_path,
    files_in,
    header_path,
    import_lock,
    read_header,
    remove_leftovers,
    replace_header,
    sync_folder,
)
from dialconsole.compliance.registry.header import Header
from dialconsole.compliance.registry.lists import list_named, title
from dialconsole.compliance.registry.version import damaged_bits, open_bits, stamp_of
from dialconsole.model.errors import Problem


def verify(folder: Path, list_name: str | None = None) -> tuple[Header, ...]:
    """Read every list (or one) through and compare it with its header. Blocking, about a second for a national list.

    A list that is whole but was copied or restored is usable again afterwards. Raises ``Problem`` for the first list
    that is not whole, or if there is none.
    """
    folder = Path(folder)
    wanted = list_named(list_name) if list_name is not None else None
    try:
        names = sorted(set(files_in(folder).values())) if wanted is None else [wanted]
        if not names:
            raise Problem(f"There is no registry in {folder}.", code="registry_none")
        with import_lock(folder):
            return tuple(_verified(folder, name) for name in names)
    except OSError as error:
        raise Problem(f"{folder} cannot be read: {error.strerror}.", code="registry_unreadable") from error


def remove_list(folder: Path, list_name: str) -> None:
    """Take a list away. The calls that it binds are then held, or, for a state's list, no longer checked against it.

    Raises ``Problem`` if there is none.
    """
    folder, name = Path(folder), list_named(list_name)
    try:
        if name not in files_in(folder).values():
            raise _none(folder, name)
        with import_lock(folder):
            header_path(folder, name).unlink(missing_ok=True)
            remove_leftovers(folder, name, keep=None)
            sync_folder(folder)
    except OSError as error:
        raise Problem(f"{folder} cannot be written: {error.strerror}.", code="registry_disk") from error


def _verified(folder: Path, name: str) -> Header:
    header = read_header(folder, name)
    if header is None:
        raise _none(folder, name)
    path = bits_path(folder, name, header.version)
    with open_bits(path, header) as bits:
        survey, stamp = bits.survey(), stamp_of(bits)
    if survey.sha256 != header.sha256 or any(header.counts.get(code) != n for code, n in survey.counts.items()):
        raise damaged_bits(path, header)
    if stamp != header.stamp:
        header = replace(header, stamp=stamp)
        replace_header(folder, header)
    return header


def _none(folder: Path, name: str) -> Problem:
    return Problem(f"There is no {title(name)} in {folder}.", code="registry_none")
