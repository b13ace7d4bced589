"""A workspace is a folder: documents, ledger, registries, the lock of its engine and the socket it answers on.

A folder, and not a place in the system: it can be copied, backed up, mounted, and thrown away after a demonstration.

The lock is ``flock``, because the kernel lets go of it however its holder dies; a file whose existence is the lock
would outlive a kill. The pid in it is for people, never for deciding whether the lock is held. The file is not removed
on unlocking: somebody may have it open already, and would lock a file that nobody else can see.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import Self

from dialconsole.model.campaign import WorkspaceInfo
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.store.documents import Documents
from dialconsole.store.opening import create_ledger
from dialconsole.store.places import DOCUMENTS, LEDGER, LOCK, REGISTRY, default_workspace, socket_path
from dialconsole.store.validation import SCHEMA

__all__ = ["Workspace", "default_workspace"]


class Workspace:
    """One workspace, opened. Only who has called ``lock`` may write to it."""

    def __init__(self, path: Path, documents: Documents) -> None:
        """Use ``open`` or ``create``."""
        self.path = path
        self.documents = documents
        self._lock: int | None = None

    @classmethod
    def create(
        cls, path: Path, name: str | None = None, *, id: str | None = None, demo: bool = False, at: float
    ) -> Self:
        """A new workspace in a folder that is made if need be (0700; one that exists keeps its mode). Blocking.

        ``name`` is the folder's unless given, ``id`` (8 hex characters, the beginning of every attempt id) random,
        ``at`` POSIX seconds. Raises ``Problem`` if the folder holds a workspace already or cannot be written.
        """
        path = Path(path).absolute()
        if (path / DOCUMENTS).exists():
            raise Problem(f"There is a workspace at {path} already; it was left as it is.", code="exists")
        if (path / LEDGER).exists():
            raise Problem(
                f"{path} holds a {LEDGER} without a {DOCUMENTS}, so no workspace was made there. Put the missing "
                "file back from a backup, or take another folder.",
                code="exists",
            )
        info = WorkspaceInfo(
            id=id or secrets.token_hex(4), name=safe_text(name or path.name), schema=SCHEMA, created_at=at, demo=demo
        )
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path / REGISTRY).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Problem(f"The workspace {path} could not be made: {error.strerror}.", code="storage") from None
        # The documents last: they are what makes the folder a workspace, so a crash in between leaves none.
        create_ledger(path / LEDGER)
        return cls(path, Documents.create(path / DOCUMENTS, info))

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing workspace. Blocking. Raises ``Problem`` if there is none or its documents do not fit."""
        path = Path(path).absolute()
        documents = Documents.open(path / DOCUMENTS)
        if not (path / LEDGER).exists():
            raise Problem(
                f"The workspace {path} has lost its {LEDGER}: contacts, attempts and do-not-call entries. Put it back "
                "from a backup. Starting without it would call people who asked not to be called.",
                code="corrupt",
            )
        return cls(path, documents)

    @property
    def ledger_path(self) -> Path:
        return self.path / LEDGER

    @property
    def registry_path(self) -> Path:
        return self.path / REGISTRY

    @property
    def socket_path(self) -> Path:
        """Where the engine answers; see ``places.socket_path``."""
        return socket_path(self.path)

    def lock(self) -> None:
        """Become the one engine of this workspace. Raises ``Problem`` with the pid of the one that is."""
        if self._lock is not None:
            return
        try:
            handle = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise Problem(f"{self.path / LOCK} cannot be opened: {error.strerror}.", code="storage") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            os.close(handle)
            raise Problem(
                f"Another engine (pid {safe_text(pid) or 'unknown'}) has the workspace {self.path}. "
                "Attach to it with `dialconsole attach`, or stop it with `dialconsole stop`.",
                code="locked",
            ) from None
        except OSError as error:
            os.close(handle)
            raise Problem(f"{self.path / LOCK} cannot be locked: {error.strerror}.", code="storage") from None
        self._lock = handle

    def unlock(self) -> None:
        """Let another engine in. Twice is harmless."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    close = unlock
