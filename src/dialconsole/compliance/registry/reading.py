"""From the files of an import to bits: each kind of file read by its own rules, with progress told on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from dialconsole.compliance.registry.bitwriter import BitWriter
from dialconsole.compliance.registry.changes import ChangeMapping, Changes
from dialconsole.compliance.registry.full import parse_full
from dialconsole.compliance.registry.header import Kind, SourceFile
from dialconsole.compliance.registry.sources import Block, Source, blocks, not_usable
from dialconsole.compliance.registry.state import StateReader


class ImportProgress(Struct, frozen=True):
    """How far an import is. ``bytes_read`` of ``bytes_total`` as the files lie on disk."""

    file: str
    bytes_read: int
    bytes_total: int
    rows: int


Progress = Callable[[ImportProgress], None]


class Reading:
    """The files of one import, to be read once, in the order given."""

    def __init__(
        self,
        sources: tuple[Source, ...],
        kind: Kind,
        obtained: date,
        mapping: ChangeMapping,
        progress: Progress | None,
    ) -> None:
        self._sources = sources
        self._kind = kind
        self._obtained = obtained
        self._mapping = mapping
        self._progress = progress
        self._total = sum(source.size for source in sources)
        self._done = 0
        self._rows = 0

    def read_into(self, writer: BitWriter) -> tuple[SourceFile, ...]:
        """Read everything into ``writer``; what each file was. Raises ``Problem``."""
        match self._kind:
            case Kind.CHANGES:
                files = self._read_changes(writer)
            case Kind.STATE:
                files = tuple(self._read_state(source, writer) for source in self._sources)
            case _:
                files = tuple(self._read_full(source, writer) for source in self._sources)
        for source in self._sources:
            source.refuse_if_changed()
        return files

    def _read_full(self, source: Source, writer: BitWriter) -> SourceFile:
        rows = 0
        for block in self._blocks(source):
            numbers = parse_full(block)
            writer.add(numbers)
            rows += len(numbers)
            self._rows += len(numbers)
        if not rows:
            raise not_usable(source.name, "has no number in it")
        return self._file(source, rows)

    def _read_state(self, source: Source, writer: BitWriter) -> SourceFile:
        import numpy as np

        reader = StateReader(source.name)
        for block in self._blocks(source):
            numbers = np.array(reader.parse(block), np.int64)
            writer.add(numbers)
            self._rows += len(numbers)
        reader.finish()
        file = self._file(source, reader.rows)
        lines = reader.without, reader.first_without, reader.last_without
        return replace(file, passed_over=lines[0], first_passed_over=lines[1], last_passed_over=lines[2])

    def _read_changes(self, writer: BitWriter) -> tuple[SourceFile, ...]:
        """All files together: of several records for one number the last one counts, whichever file it is in."""
        changes = Changes(self._mapping)
        files = []
        for source in self._sources:
            additions = deletions = 0
            for block in self._blocks(source):
                added, deleted = changes.read(block)
                additions += added
                deletions += deleted
                self._rows = len(changes)
            files.append(self._file(source, additions + deletions, additions, deletions))
        to_set, to_clear = changes.settled()
        writer.add(to_set)
        writer.remove(to_clear)
        return tuple(files)

    def _blocks(self, source: Source) -> Iterator[Block]:
        """The blocks of a source; a block is told as read when the next one is asked for."""
        for block in blocks(source):
            yield block
            if self._progress is not None:
                self._progress(ImportProgress(source.name, self._done + block.read, self._total, self._rows))
        self._done += source.size

    def _file(self, source: Source, rows: int, additions: int = 0, deletions: int = 0) -> SourceFile:
        return SourceFile(
            name=source.name,
            sha256=source.sha256,
            kind=self._kind,
            obtained=self._obtained,
            rows=rows,
            additions=additions,
            deletions=deletions,
        )
