"""What a file must be before a row of it is read."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from dialconsole.lists.source import CHUNK, examine
from dialconsole.model.errors import Problem


def refused(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        examine(path)
    return caught.value


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    """A file of several chunks has the hash that sha256sum gives, and its lines can be read as they stand."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"phone\r\n" + b"2125550143\r\n" * (CHUNK // 8))
    source = examine(path)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.name == "list.csv"
    with source.open() as text:
        assert text.readline() == "phone\r\n"


def test_missing_folder_empty_and_pipe(tmp_path: Path) -> None:
    """What is no file to read is named for what it is."""
    (tmp_path / "empty.csv").touch()
    os.mkfifo(tmp_path / "pipe")
    assert "There is no file" in refused(tmp_path / "gone.csv").sentence
    assert "is a folder" in refused(tmp_path).sentence
    assert "is empty" in refused(tmp_path / "empty.csv").sentence
    assert "no ordinary file" in refused(tmp_path / "pipe").sentence
    assert "cannot be read" in refused(tmp_path / "nul\x00").sentence


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing rights are a sentence about rights."""
    path = tmp_path / "secret.csv"
    path.write_text("phone\n")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "may not be read by this user" in refused(path).sentence


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"PK\x03\x04\x14\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"  <!DOCTYPE HTML><html>", "web page"),
        (b"<table><tr>", "web page"),
    ],
)
def test_known_files_are_called_by_their_name(tmp_path: Path, head: bytes, says: str) -> None:
    """Whatever its extension says, a workbook, PDF or archive is recognised, and the sentence says what to do."""
    path = tmp_path / "contacts.csv"
    path.write_bytes(head + b"x" * 200)
    problem = refused(path)
    assert says in problem.sentence
    assert "CSV" in problem.sentence or "Unpack" in problem.sentence
    assert problem.code == "list_not_csv"


def test_a_real_zip_archive(tmp_path: Path) -> None:
    """A zipped list is not searched, it is refused."""
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "phone\n2125550143\n")
    assert "ZIP archive" in refused(path).sentence


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    """A file that is written to between two looks is not read as if it were the one that was hashed."""
    path = tmp_path / "list.csv"
    path.write_text("phone\n2125550143\n")
    source = examine(path)
    path.write_text("phone\n2125550144\n2125550145\n")
    with pytest.raises(Problem, match="was changed while it was being read"), source.open():
        pass


def test_names_of_files_are_safe_to_show(tmp_path: Path) -> None:
    """A file may be called anything, but no escape byte of its name reaches a sentence."""
    path = tmp_path / "a\x1b[31m.csv"
    path.write_text("phone\n")
    assert examine(path).name == "a[31m.csv"
    assert "\x1b" not in refused(tmp_path / "b\x1b[31m.csv").sentence
