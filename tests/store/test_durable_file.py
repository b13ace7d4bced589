"""A replaced file is the old one or the new one, whatever goes wrong in between."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dialconsole.store.durable_file import replace_file


def test_content_is_replaced(tmp_path: Path) -> None:
    """New content, however much shorter, leaves nothing of the old; the file is private and alone."""
    path = tmp_path / "file"
    replace_file(path, b"long " * 1000)
    replace_file(path, b"short")
    assert path.read_bytes() == b"short"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "open"])
def test_failure_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """When writing fails before the rename, the old content stays and nothing else is left in the folder."""
    path = tmp_path / "file"
    replace_file(path, b"old")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left on device"):
        replace_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_killed_writer_is_overwritten(tmp_path: Path) -> None:
    """The half file that a killed writer leaves is no obstacle and does not pile up."""
    path = tmp_path / "file"
    (tmp_path / "file.new").write_bytes(b"a longer half than the whole")
    replace_file(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]
