"""Importing a registry: a new bit file built beside the old one, and put in its place only when it is whole.

Blocking, and of no use to an event loop: run it in a process of its own, or in a thread. Whatever ends it early (a
``Problem``, a full disk, an exception of ``progress``, a kill) leaves the version that was there.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from msgspec import Struct

from dialconsole.compliance.registry.bits import AREA_CODES, Survey
from dialconsole.compliance.registry.bitwriter import BitWriter
from dialconsole.compliance.registry.changes import ChangeMapping
from dialconsole.compliance.registry.folder import (
    bits_path,
    commit,
    import_lock,
    next_version,
    part_path,
    read_header,
    remove_unfinished,
)
from dialconsole.compliance.registry.header import GOOD_FOR_DAYS, Header, Kind, midnight
from dialconsole.compliance.registry.lists import NATIONAL, list_named, title
from dialconsole.compliance.registry.proof import mark_damaged
from dialconsole.compliance.registry.reading import Progress, Reading
from dialconsole.compliance.registry.sources import UNTOUCHED, Source, examine
from dialconsole.compliance.registry.version import damaged_bits, open_bits
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

_SHRUNK_FROM = 10_000
"""A list or an area code of fewer numbers may shrink as it likes."""

_SHRUNK_TO = 0.1

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def import_registry(
    folder: Path,
    files: Sequence[Path],
    *,
    san: str | None = None,
    obtained: date,
    kind: Kind | str = Kind.FULL,
    mapping: ChangeMapping | None = None,
    progress: Progress | None = None,
    list_name: str = NATIONAL,
    covers: Iterable[int] = (),
    today: date | None = None,
    accept_shrinking: bool = False,
    assumed: bool = False,
) -> Header:
    """Make ``files`` the present version of a list, or (``kind="changes"``) apply them to it. Returns its header.

    ``obtained``: the day on which the registry gave the files out, from which the 31 days count; not after ``today``
    where that is given. ``covers``: area codes of a full list that were subscribed to although no number is in them.
    ``mapping``: columns of a change list. ``progress`` is called about once a megabyte; what it raises cancels the
    import. ``accept_shrinking``: do not refuse a list that has lost nine tenths of its numbers. ``assumed``: nobody
    named ``obtained``; it is today because files are usually imported when they were downloaded. A file that the
    present version was made of is refused then: it is as old as it was.

    Raises ``Problem``, and nothing is replaced then.
    """
    name = list_named(list_name)
    request = _Request(
        folder=Path(folder),
        name=name,
        kind=_kind(kind, name),
        files=tuple(Path(file) for file in files),
        san=safe_text(san, 40) if san else None,
        obtained=obtained,
        covers=frozenset(covers),
        accept_shrinking=accept_shrinking,
        assumed=assumed,
    )
    _refuse_impossible(request, today)
    with _disk_problems(request.folder), import_lock(request.folder):
        sources = tuple(examine(file) for file in request.files)
        reading = Reading(sources, request.kind, obtained, mapping or ChangeMapping(), progress)
        present = _present(request)
        _refuse_same(request, present, sources)
        writer = BitWriter(part_path(request.folder, name))
        try:
            header = _built(request, present, reading, writer)
            commit(request.folder, header)
        except BaseException:
            remove_unfinished(request.folder, name)
            raise
        finally:
            writer.close()
    return header


class _Request(Struct, frozen=True):
    """What was asked for, checked."""

    folder: Path
    name: str
    kind: Kind
    files: tuple[Path, ...]
    san: str | None
    obtained: date
    covers: frozenset[int]
    accept_shrinking: bool
    assumed: bool


def _kind(kind: Kind | str, name: str) -> Kind:
    if kind not in (Kind.FULL, Kind.CHANGES, Kind.STATE):
        raise Problem(f"A registry is imported as 'full', 'changes' or 'state', not as {kind!r}.", code="registry_kind")
    if kind == Kind.STATE and name == NATIONAL:
        raise Problem(
            "The national registry comes as full lists and change lists. Name the list that this file is: "
            "a state (`us-fl`) or `canada`.",
            code="registry_kind",
        )
    return Kind(kind)


def _refuse_impossible(request: _Request, today: date | None) -> None:
    if not request.files:
        raise Problem("No file was given to import.", code="registry_source")
    if today is not None and request.obtained > today:
        raise Problem(
            f"The date obtained, {request.obtained}, is in the future (today is {today}). Give the day on which the "
            f"files were downloaded. {UNTOUCHED}",
            code="registry_date",
        )
    if wrong := sorted(code for code in request.covers if code not in AREA_CODES):
        raise Problem(f"{wrong[0]} is no area code.", code="registry_source")
    if request.covers and request.kind is Kind.CHANGES:
        raise Problem(
            "A change list covers the area codes of the full list that it changes, and no others.",
            code="registry_changes",
        )


def _present(request: _Request) -> Header | None:
    """The version before. A full list may replace one whose header is damaged; changes need a sound one."""
    try:
        present = read_header(request.folder, request.name)
    except Problem:
        if request.kind is Kind.CHANGES:
            raise
        return None
    if request.kind is Kind.CHANGES:
        _refuse_changes_to(present, request)
    return present


def _refuse_same(request: _Request, present: Header | None, sources: Sequence[Source]) -> None:
    """The same file twice would make a list fresh that is not: its 31 days count from the day it was given out."""
    if present is None or not request.assumed:
        return
    known = {source.sha256 for source in present.sources}
    same = [source.name for source in sources if source.sha256 in known]
    if same:
        raise Problem(
            f"{same[0]} is the very file that the {present.title} of {present.obtained} was made of, so today need not "
            f"be the day on which it was given out. {UNTOUCHED} Say that day: --date {present.obtained} if this is the "
            f"file of then, --date {request.obtained} if it was downloaded again today and has not changed.",
            code="registry_same",
        )


def _refuse_changes_to(present: Header | None, request: _Request) -> None:
    what = title(request.name)
    if present is None or present.demo:
        why = f"There is no full list of the {what} to change"
    elif request.obtained < present.obtained:
        why = f"The change list is of {request.obtained}, and the {what} of {present.obtained} is newer"
    elif request.obtained - present.obtained > timedelta(days=GOOD_FOR_DAYS):
        why = (
            f"The {what} is of {present.obtained}, more than {GOOD_FOR_DAYS} days before the change list, so changes "
            "in between may be missing"
        )
    else:
        return
    raise Problem(f"{why}. Import the full list. {UNTOUCHED}", code="registry_changes")


def _built(request: _Request, present: Header | None, reading: Reading, writer: BitWriter) -> Header:
    """Fill the part file, and describe it."""
    base = present if request.kind is Kind.CHANGES else None
    if base is not None:
        _copy(request.folder, base, writer)
    files = reading.read_into(writer)
    survey, stamp = writer.finish(int(midnight(request.obtained)) * 1_000_000_000)
    _refuse_uncovered(request, base, survey)
    covered = request.covers.union(base.counts if base else (), survey.counts)
    counts = dict.fromkeys(sorted(covered), 0) | survey.counts
    everywhere = base.everywhere if base else request.kind is Kind.STATE
    _refuse_shrunk(request, present, counts, everywhere=everywhere)
    return Header(
        list=request.name,
        version=next_version(request.folder, request.name, present),
        kind=request.kind,
        san=request.san or (base.san if base else None),
        obtained=request.obtained,
        everywhere=everywhere,
        counts=counts,
        sources=(*(base.sources if base else ()), *files),
        sha256=survey.sha256,
        stamp=stamp,
    )


def _copy(folder: Path, base: Header, writer: BitWriter) -> None:
    path = bits_path(folder, base.list, base.version)
    if base.damaged:
        raise damaged_bits(path, base)
    with open_bits(path, base) as bits:
        found = writer.copy_from(bits)
    if found.sha256 != base.sha256:
        mark_damaged(folder, base)
        raise damaged_bits(path, base)


def _refuse_uncovered(request: _Request, base: Header | None, survey: Survey) -> None:
    """Changes in an area code that the full list lacks would leave it neither covered nor empty."""
    if base is None or base.everywhere:
        return
    unknown = sorted(survey.counts.keys() - base.counts.keys())
    if unknown:
        raise Problem(
            f"The change list has numbers in area code {unknown[0]}, which the {base.title} of {base.obtained} does "
            f"not cover. Import the full list. {UNTOUCHED}",
            code="registry_changes",
        )


def _refuse_shrunk(request: _Request, present: Header | None, counts: dict[int, int], *, everywhere: bool) -> None:
    """A list of ten numbers in place of a million is some other file, whatever its lines look like.

    An area code that is gone is held where a list goes by area codes; a list that covers ``everywhere`` would clear it.
    """
    if present is None or present.demo or request.accept_shrinking:
        return
    pairs = [
        (f"area code {code}", had, counts.get(code, 0))
        for code, had in present.counts.items()
        if everywhere or code in counts
    ]
    pairs.append(("all", present.numbers, sum(counts.values())))
    for what, had, has in pairs:
        if had >= _SHRUNK_FROM and has < had * _SHRUNK_TO:
            raise Problem(
                f"The {present.title} of {present.obtained} has {had:,} numbers ({what}); these files would leave "
                f"{has:,}. They are probably not the registry. {UNTOUCHED} If they are, import them with "
                "`--accept-shrinking`.",
                code="registry_shrunk",
            )


@contextmanager
def _disk_problems(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            sentence = (
                f"There is no room on the disk of {folder} for the new registry (a national one takes 500 MB, for a "
                "moment twice)."
            )
        else:
            sentence = f"The import into {folder} failed: {safe_text(error.strerror or str(error))}."
        raise Problem(f"{sentence} {UNTOUCHED}", code="registry_disk") from error
