"""Is a version's content what was imported? And what happens to one whose content is not.

Size, time and inode show what a person or a program did to a bit file. A bit that a disk or a copy lost shows in the
content alone, and it is a person who is called. So the content is compared with its SHA-256 before an engine asks a
version anything, which takes a second for a national list, and a version that failed is marked in its header: every
reader refuses it from then on, also after a restart, until the list is imported anew.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from dialconsole.compliance.registry.bits import BitFile, Survey
from dialconsole.compliance.registry.folder import bits_path, import_lock, read_header, replace_header
from dialconsole.compliance.registry.header import Header
from dialconsole.compliance.registry.version import damaged_bits, unreadable_bits
from dialconsole.model.errors import Problem


class Proof(Struct, frozen=True):
    """How the comparison of a version ended."""

    problem: Problem | None
    """``None``: it is what was imported."""
    final: bool = True
    """False: it could not be read to its end, which may be tried again."""


def prove(folder: Path, header: Header, bits: BitFile) -> Proof:
    """Read a version through, close ``bits``, and mark the version if it is damaged. Blocking; for any thread."""
    path = bits_path(folder, header.list, header.version)
    try:
        if is_whole(header, bits.survey()):
            return Proof(None)
    except OSError as error:
        return not_read(path, error)
    finally:
        bits.close()
    with suppress(Problem, OSError):  # an import is at work, or the disk takes nothing: whoever asked knows it anyway
        _mark_present(folder, header)
    return Proof(damaged_bits(path, header))


def not_read(path: Path, error: OSError) -> Proof:
    """The disk gave no answer: whether the version is whole is not known."""
    return Proof(unreadable_bits(path, error), final=False)


def is_whole(header: Header, survey: Survey) -> bool:
    """Whether what was found in a bit file is what its header says."""
    return survey.sha256 == header.sha256 and all(header.counts.get(code) == n for code, n in survey.counts.items())


def survey_of(bits: BitFile, path: Path) -> Survey:
    """Read a bit file through. Raises ``Problem`` if that cannot be done."""
    try:
        return bits.survey()
    except OSError as error:
        raise unreadable_bits(path, error) from error


def mark_damaged(folder: Path, header: Header) -> None:
    """Have every reader refuse the version. Needs the lock.

    The bit file's time is changed besides, which needs no room on a disk that is full: a file of another time is not
    trusted either.
    """
    with suppress(OSError):
        os.utime(bits_path(folder, header.list, header.version))
    with suppress(OSError):
        replace_header(folder, replace(header, damaged=True))


def _mark_present(folder: Path, header: Header) -> None:
    with import_lock(folder):
        if read_header(folder, header.list) == header:  # not one that was imported meanwhile
            mark_damaged(folder, header)
