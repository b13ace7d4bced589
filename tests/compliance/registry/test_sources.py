"""The files of an import."""

from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from dialconsole.compliance.registry import sources
from dialconsole.compliance.registry.sources import blocks, examine
from dialconsole.model.errors import Problem


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def text_of(path: Path) -> bytes:
    return b"".join(block.content for block in blocks(examine(path)))


def test_a_file_is_hashed_as_it_lies_on_disk(tmp_path: Path) -> None:
    """Name, size and SHA-256 go into the evidence."""
    source = examine(written(tmp_path / "full.txt", b"201,5550100\n"))
    assert (source.name, source.size, source.zipped) == ("full.txt", 12, False)
    assert source.sha256 == hashlib.sha256(b"201,5550100\n").hexdigest()


def test_blocks_are_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the file is cut; a last line without an end gets one; lines are counted."""
    monkeypatch.setattr(sources, "BLOCK_BYTES", 30)
    content = b"".join(b"201,55501%02d\n" % n for n in range(20)).rstrip()
    path = written(tmp_path / "f", content)
    found = list(blocks(examine(path)))
    assert b"".join(block.content for block in found) == content + b"\n"
    assert len(found) > 3
    line = 1
    for block in found:
        assert block.content.endswith(b"\n")
        assert block.first_line == line
        line += block.content.count(b"\n")
    assert found[-1].read == len(content)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    assert text_of(written(tmp_path / "f", b"\xef\xbb\xbf201,5550100\n")) == b"201,5550100\n"


def test_an_archive_is_read_member_by_member(tmp_path: Path) -> None:
    """One file for each area code, folders skipped; blocks are named after the member."""
    path = tmp_path / "full.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("lists")
        archive.writestr("lists/201.txt", "201,5550100\n")
        archive.writestr("lists/305.txt", "305,5550100")
    found = list(blocks(examine(path)))
    assert [(block.name, block.content) for block in found] == [
        ("full.zip/lists/201.txt", b"201,5550100\n"),
        ("full.zip/lists/305.txt", b"305,5550100\n"),
    ]


def test_a_workbook_is_no_archive_of_lists(tmp_path: Path) -> None:
    """An .xlsx is a ZIP file too."""
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Problem, match="is an Excel workbook"):
        text_of(path)


def test_a_broken_archive_is_a_sentence(tmp_path: Path) -> None:
    """Cut off, or with a member whose checksum is wrong."""
    path = tmp_path / "full.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("201.txt", "201,5550100\n" * 50)
    whole = path.read_bytes()
    for broken in (whole[:100], whole.replace(b"5550100", b"5550199", 1)):
        with pytest.raises(Problem, match="cannot be unpacked"):
            text_of(written(path, broken))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b"201,5550100\n", mtime=0), "gzip"),
        (b"%PDF-1.4\n", "PDF"),
        (b"<?xml version='1.0'?><list/>", "XML"),
        ("201,5550100\n".encode("utf-16"), "UTF-16"),
        (b"PK\x05\x06" + bytes(18), "empty ZIP"),
    ],
)
def test_what_is_no_text_is_refused_by_its_first_bytes(tmp_path: Path, content: bytes, words: str) -> None:
    """Before anything is built, with what to do."""
    with pytest.raises(Problem, match=words) as caught:
        examine(written(tmp_path / "f", content))
    assert "Nothing was replaced." in caught.value.sentence


def test_files_that_cannot_be_read_are_sentences(tmp_path: Path) -> None:
    """Missing, a folder, a pipe."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Problem, match="gone does not exist"):
        examine(tmp_path / "gone")
    with pytest.raises(Problem, match="cannot be read"):
        examine(tmp_path / "a\0b")
    for name in ("", "pipe"):
        with pytest.raises(Problem, match="is no ordinary file"):
            examine(tmp_path / name)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    """Memory does not grow with a file that has no lines."""
    with pytest.raises(Problem, match="has a line of more than 65,536 characters"):
        text_of(written(tmp_path / "f", b"2" * 3_000_000))


def test_a_file_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    """Its hash would stand for something else."""
    path = written(tmp_path / "f", b"201,5550100\n")
    source = examine(path)
    source.refuse_if_changed()
    written(path, b"201,5550100\n201,5550101\n")
    with pytest.raises(Problem, match="was changed while it was being read"):
        source.refuse_if_changed()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_is_told_as_one_however_it_is_compressed(tmp_path: Path, method: int) -> None:
    """By its name, not as a fault of the disk or of the program."""
    if method == zipfile.ZIP_LZMA:
        pytest.importorskip("lzma")
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.txt", "".join(f"201,{5550100 + i}\n" for i in range(20_000)))
    whole, told = path.read_bytes(), 0
    for place in (*range(36, 60), len(whole) // 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            list(blocks(examine(path)))  # a bit that changes nothing is no damage; all else fails the checksum
        except Problem as problem:
            assert problem.sentence.startswith("list.zip is a ZIP archive that cannot be unpacked")
            told += 1
    assert told > 10
