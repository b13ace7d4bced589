"""All registries of a workspace, open: what the gate asks at each call, and what the console warns of.

Everything fails closed: a list that cannot be read says so at every question, until ``reload_if_changed`` finds it
mended. Looking numbers up runs on the event loop (a microsecond); so does reloading (under 2 ms for the national
list, and only when files have changed).
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from msgspec import Struct

from dialconsole.compliance.registry.answer import AnswerKind, RegistryAnswer, none_loaded, unproven, unreadable
from dialconsole.compliance.registry.folder import files_in
from dialconsole.compliance.registry.header import DAY_S, GOOD_FOR_DAYS, Header, last_day
from dialconsole.compliance.registry.lists import NATIONAL, import_command
from dialconsole.compliance.registry.proof import Proof
from dialconsole.compliance.registry.version import Version
from dialconsole.model.errors import Problem

WARN_DAYS = (1, 3, 7)
"""Days that are left when a person is reminded to import a newer version."""

_Seen = tuple[int, int, int, int] | int | None
"""Of one file: inode, size, times of content and of permissions; or the number of the error."""


class ListState(Struct, frozen=True):
    """One list, for a screen: its header, or why it cannot be read."""

    name: str
    header: Header | None
    fault: str | None


class Registry:
    """Use ``open``. Everything runs on one thread.

    ``proven_only``: no version answers before somebody has compared its content with its checksum (``unproven``,
    ``proof.prove`` in a thread, ``settle``). Otherwise size, time and inode of its file are enough.
    """

    def __init__(self, folder: Path, *, proven_only: bool = False) -> None:
        self.folder = folder
        self._proven_only = proven_only
        self._versions: dict[str, Version] = {}
        self._unproven: dict[str, Version] = {}
        self._proven: dict[str, tuple[Header, _Seen]] = {}
        """What was compared and found whole, with its file as it was then; outlives a reload that was not about it."""
        self._expected: dict[str, tuple[Header, _Seen]] = {}
        """What is to be compared, in the same form."""
        self._faults: dict[str, RegistryAnswer] = {}
        self.lists: tuple[str, ...] = ()
        """Names of the lists that are here, readable or not, sorted."""
        self._watched: tuple[Path, ...] = ()
        self._seen: tuple[_Seen, ...] = ()
        self.loads = 0
        """How often the folder was read: who has looked many numbers up knows whether the answers still hold."""
        self._load()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The registries in a folder, which need not exist. Never raises: what is wrong, the answers say."""
        return cls(Path(folder))

    @property
    def demo(self) -> bool:
        """Whether a list here is a demonstration's."""
        return any(version.header.demo for version in (*self._versions.values(), *self._unproven.values()))

    def lookup(self, number: int, at: float, name: str = NATIONAL) -> RegistryAnswer:
        """What a list says about a number of +1 (E.164 digits without the plus) at ``at`` (POSIX seconds)."""
        version = self._versions.get(name)
        if version is not None:
            return version.answer(number, at)
        return self._faults.get(name) or none_loaded(name)

    def names(self, number: int, name: str) -> bool:
        """Whether a list has a number of +1, however old it is; yes if nobody can say."""
        version = self._versions.get(name)
        return version is None or version.names(number)

    def versions(self) -> tuple[Version, ...]:
        """The lists that can be read, by name."""
        return tuple(self._versions[name] for name in sorted(self._versions))

    def states(self) -> tuple[ListState, ...]:
        """Every list that is here, by name."""
        found = [ListState(name, version.header, None) for name, version in self._versions.items()]
        found += [ListState(name, None, fault.sentence) for name, fault in self._faults.items()]
        return tuple(sorted(found, key=lambda state: state.name))

    def warnings(self, at: float) -> list[str]:
        """What a person should do something about: lists that are too old, soon will be, or cannot be read.

        The sentences about age change 7, 3 and 1 days before the version gets too old and not in between, so that each
        can be shown when it is new.
        """
        found = [fault.sentence for fault in self._faults.values() if fault.kind is not AnswerKind.UNPROVEN]
        for version in self._versions.values():
            unusable = version.unusable(at)
            warning = unusable.sentence if unusable else _age_warning(version.header, at)
            if warning:
                found.append(warning)
        return found

    def reload_if_changed(self) -> bool:
        """Open everything anew if a file has changed, come or gone since; whether it did.

        Costs a ``stat`` of the folder and of two files for each list if nothing has.
        """
        if tuple(map(_seen, self._watched)) == self._seen:
            return False
        self._load()
        return True

    @property
    def unproven(self) -> tuple[str, ...]:
        """Lists that answer nothing until their proof is settled."""
        return tuple(self._unproven)

    def to_prove(self, name: str) -> Version | None:
        """What is to be compared of such a list, now."""
        return self._unproven.get(name)

    def settle(self, version: Version, proof: Proof) -> None:
        """Let a version answer from now on, or have its list be unreadable. Nothing if it was reloaded meanwhile."""
        name = version.header.list
        if self._unproven.get(name) is not version:
            return
        self.loads += 1
        if proof.problem is not None:
            self._faults[name] = unreadable(name, proof.problem)
            if proof.final:
                self._unproven.pop(name).close()
            return
        self._versions[name] = self._unproven.pop(name)
        self._proven[name] = self._expected[name]
        del self._faults[name]

    def close(self) -> None:
        """Close the files. Questions asked afterwards are answered with "none"."""
        for version in (*self._versions.values(), *self._unproven.values()):
            version.close()
        self._versions, self._unproven, self._faults, self.lists = {}, {}, {}, ()

    def _load(self) -> None:
        self.close()
        self.loads += 1
        before = _seen(self.folder)  # looked at before it is read: what changes from here on is noticed
        try:
            files = files_in(self.folder)
        except OSError as error:
            problem = Problem(f"{self.folder} cannot be read: {error.strerror}.", code="registry_unreadable")
            self._faults[NATIONAL] = unreadable(NATIONAL, problem)
            files = {}
        self._watched = (self.folder, *files)
        self._seen = (before, *map(_seen, files))
        for name in sorted(set(files.values())):
            try:
                version = Version.open(self.folder, name)
            except Problem as problem:
                self._faults[name] = unreadable(name, problem)
            else:
                if version is not None:
                    self._take(version)
        self.lists = tuple(sorted({*self._versions, *self._faults}))

    def _take(self, version: Version) -> None:
        header = version.header
        # Of the file that is open, before it is read through: what is written to it later shows in its times.
        present = header, _seen(version.path)
        if not self._proven_only or self._proven.get(header.list) == present:
            self._versions[header.list] = version
            return
        self._unproven[header.list] = version
        self._faults[header.list] = unproven(header)
        self._expected[header.list] = present


def _age_warning(header: Header, at: float) -> str | None:
    left = (header.too_old_from - at) / DAY_S
    days = next((days for days in WARN_DAYS if left <= days), None)
    if days is None:
        return None
    return (
        f"The {header.title} of {header.obtained} gets too old in {'a day' if days == 1 else f'{days} days'} or less: "
        f"{last_day(header)} is the last day (UTC) of its {GOOD_FOR_DAYS}, then nothing is dialed that it binds. "
        f"Import a newer one with `{import_command(header.list)}`."
    )


def _seen(path: Path) -> _Seen:
    try:
        about = path.stat()
    except OSError as error:
        return error.errno
    return (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
