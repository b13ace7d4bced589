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
from dialconsole.compliance.registry.proof import is_whole, mark_damaged, survey_of
from dialconsole.compliance.registry.version import damaged_bits, open_bits, stamp_of
from dialconsole.model.errors import Problem


def verify(folder: Path, list_name: str | None = None) -> tuple[Header, ...]:
    """Read every list (or one) through and compare it with its header. Blocking, about a second for a national list.

    A list that is whole but was copied or restored is usable again afterwards; one that is not whole is of no use to
    anybody until it is imported anew. Raises ``Problem`` for lists that are not whole, when all were read, or if there
    is none.
    """
    folder = Path(folder)
    wanted = list_named(list_name) if list_name is not None else None
    try:
        names = sorted(set(files_in(folder).values())) if wanted is None else [wanted]
        if not names:
            raise Problem(f"There is no registry in {folder}.", code="registry_none")
        with import_lock(folder):
            found = [_verified(folder, name) for name in names]
    except OSError as error:
        raise Problem(f"{folder} cannot be read: {error.strerror}.", code="registry_unreadable") from error
    faults = [one for one in found if isinstance(one, Problem)]
    if faults:
        raise Problem(" ".join(fault.sentence for fault in faults), code=faults[0].code)
    return tuple(one for one in found if isinstance(one, Header))


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


def _verified(folder: Path, name: str) -> Header | Problem:
    """The header of a list that is whole, or what is wrong with it."""
    try:
        return _compared(folder, name)
    except Problem as problem:
        return problem


def _compared(folder: Path, name: str) -> Header:
    header = read_header(folder, name)
    if header is None:
        raise _none(folder, name)
    path = bits_path(folder, name, header.version)
    if header.damaged:
        raise damaged_bits(path, header)
    with open_bits(path, header) as bits:
        survey, stamp = survey_of(bits, path), stamp_of(bits)
    if not is_whole(header, survey):
        mark_damaged(folder, header)
        raise damaged_bits(path, header)
    if stamp != header.stamp:
        header = replace(header, stamp=stamp)
        replace_header(folder, header)
    return header


def _none(folder: Path, name: str) -> Problem:
    return Problem(f"There is no {title(name)} in {folder}.", code="registry_none")
