"""One version of a list, and when it is not to be trusted."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dialconsole.compliance.registry.bits import BitFile
from dialconsole.compliance.registry.header import midnight
from dialconsole.compliance.registry.version import Version
from dialconsole.model.errors import Problem
from kit.registry import DAY, NOON, OBTAINED, import_numbers, import_state

ANN, BOB, EVE = 12_015_550_100, 12_015_550_101, 13_055_550_100
FAR = 12_019_990_100
"""In the area code of Ann and Bob, and in no page of the file with them."""
BEGIN = midnight(OBTAINED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    import_numbers(folder, [ANN - 10**10])
    return folder


def opened(folder: Path, name: str = "national") -> Version:
    version = Version.open(folder, name)
    assert version is not None
    return version


def test_an_answer_carries_its_evidence(folder: Path) -> None:
    """List, version, date and age, in fields and in a sentence."""
    version = opened(folder)
    found = version.answer(ANN, NOON)
    assert (found.kind, found.list, found.version, found.obtained, found.age_days, found.demo) == (
        "registry_listed",
        "national",
        1,
        OBTAINED,
        1,
        False,
    )
    assert found.sentence == "Listed on the national do-not-call registry (version 1 of 2026-11-01, 1 day old)."
    assert version.answer(BOB, NOON).sentence == (
        "Not on the national do-not-call registry (version 1 of 2026-11-01, 1 day old)."
    )
    assert version.answer(EVE, NOON).sentence.startswith("Area code 305 is not covered by the national do-not-call")
    version.close()


@pytest.mark.parametrize(
    ("at", "kind", "age"),
    [
        (BEGIN - 14 * 3600 - 1, "registry_ahead", -1),
        (BEGIN - 14 * 3600, "registry_listed", 0),
        (BEGIN, "registry_listed", 0),
        (BEGIN + 32 * DAY - 1, "registry_listed", 31),
        (BEGIN + 32 * DAY, "registry_too_old", 32),
        (BEGIN + 400 * DAY, "registry_too_old", 400),
        (0.0, "registry_ahead", -20_758),
    ],
)
def test_a_version_is_used_for_31_days(folder: Path, at: float, kind: str, age: int) -> None:
    """From the first place on earth where its day begins until the end of the 31st day after, in UTC."""
    version = opened(folder)
    found = version.answer(ANN, at)
    assert (found.kind, found.age_days) == (kind, age)
    assert version.answer(BOB, at).kind == ("registry_not_listed" if kind == "registry_listed" else kind)
    version.close()


def test_age_is_told_anew_each_day_also_backwards(folder: Path) -> None:
    """Answers are kept for a day; a clock that is set back does not keep a wrong one."""
    version = opened(folder)
    ages = [version.answer(ANN, BEGIN + days * DAY).age_days for days in (5, 40, 6, -9, 5)]
    assert ages == [5, 40, 6, -9, 5]
    version.close()


def test_a_list_that_goes_by_no_area_code_covers_all(folder: Path) -> None:
    """A state's list: who is not on it is not listed."""
    import_state(folder, "us-fl", [EVE - 10**10])
    version = opened(folder, "us-fl")
    assert [version.answer(number, NOON).kind for number in (EVE, ANN)] == ["registry_listed", "registry_not_listed"]
    version.close()


def test_a_list_never_imported_is_none(tmp_path: Path) -> None:
    """That is no error of a file; the registry has its own words for it."""
    (tmp_path / "registry").mkdir()
    assert Version.open(tmp_path / "registry", "national") is None


def cut(path: Path) -> None:
    os.truncate(path, 500)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def grown(path: Path) -> None:
    os.truncate(path, 10**9 + 1)


def written_to(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\x01")


def copied(path: Path) -> None:
    """Another file with the same size and time (``shutil`` would write a gigabyte)."""
    about, copy = path.stat(), path.with_name("copy")
    copy.touch()
    os.truncate(copy, about.st_size)
    os.utime(copy, ns=(about.st_mtime_ns, about.st_mtime_ns))
    copy.replace(path)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (cut, "is damaged (500 bytes of 1,000,000,000)"),
        (emptied, "is damaged (0 bytes of 1,000,000,000)"),
        (grown, "is damaged (1,000,000,001 bytes"),
        (written_to, "was written to, restored or copied"),
        (copied, "was written to, restored or copied"),
        (Path.unlink, "cannot be read: it is gone"),
    ],
)
def test_a_bit_file_that_is_not_as_it_was_left_is_not_trusted(
    folder: Path, harm: Callable[[Path], None], words: str
) -> None:
    """Noticed when it is opened, without reading it."""
    path = folder / "national-1.bits"
    harm(path)
    with pytest.raises(Problem) as caught:
        Version.open(folder, "national")
    assert words in caught.value.sentence
    assert caught.value.code == "registry_unreadable"


def test_a_bit_file_without_its_header_is_a_fault(folder: Path) -> None:
    """The list must be asked, and it is not known what it covers: that is not the same as no list."""
    (folder / "national.json").unlink()
    with pytest.raises(Problem, match=r"but not its header national\.json"):
        Version.open(folder, "national")


def test_files_that_may_not_be_read_are_faults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Header or bit file: the sentence names the file."""

    def denied(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(BitFile, "open", denied)
        with pytest.raises(Problem, match=r"national-1\.bits cannot be read: Permission denied"):
            Version.open(folder, "national")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        with pytest.raises(Problem, match=r"national\.json cannot be read: Permission denied"):
            Version.open(folder, "national")


def test_an_import_that_commits_while_we_open_is_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bit file that the old header names is gone; the header is read again."""
    real = BitFile.open
    calls = []

    def open_later(path: Path) -> BitFile:
        calls.append(path.name)
        if len(calls) == 1:
            import_numbers(folder, [BOB - 10**10], obtained=date(2026, 11, 2))
        return real(path)

    monkeypatch.setattr(BitFile, "open", open_later)
    version = opened(folder)
    assert version.header.version == 2
    assert calls == ["national-1.bits", "national-2.bits"]
    version.close()


def test_a_number_asked_for_again_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate asks twice within seconds; the file is asked once, whatever it said. Another day has its own answers."""
    version = opened(folder)
    kinds = [version.answer(number, NOON).kind for number in (ANN, BOB)]
    assert kinds == ["registry_listed", "registry_not_listed"]
    with monkeypatch.context() as patch:
        patch.setattr("dialconsole.compliance.registry.bits.pread", lambda *args: pytest.fail("read again"))
        assert [version.answer(number, NOON + 60).kind for number in (ANN, BOB)] == kinds
    assert version.answer(ANN, NOON + DAY).age_days == 2
    assert version.answer(ANN, NOON + 40 * DAY).kind == "registry_too_old"
    version.close()


def test_a_disk_error_while_calling_is_no_permission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question is answered with "unreadable", and asked again at the next call."""
    version = opened(folder)

    def fails(*args: object) -> bytes:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("dialconsole.compliance.registry.bits.pread", fails)
        found = version.answer(BOB, NOON)
    assert found.kind == "registry_unreadable"
    assert "Input/output error" in found.sentence
    assert version.answer(BOB, NOON).kind == "registry_not_listed"
    os.truncate(folder / "national-1.bits", 0)
    assert version.answer(FAR, NOON).kind == "registry_unreadable"
    version.close()
