"""Importing a registry."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry.changes import ChangeMapping
from dialconsole.compliance.registry.header import Kind
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.compliance.registry.reading import ImportProgress
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import verify
from dialconsole.model.errors import Problem
from kit.registry import NOON, OBTAINED, import_numbers, import_state, write_full_list

ANN, BOB, EVE = 2_015_550_100, 2_015_550_101, 3_055_550_100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


def listed(folder: Path, *numbers: int, name: str = "national") -> list[str]:
    """What the registry says of each number, shortened."""
    registry = Registry.open(folder)
    kinds = [registry.lookup(10**10 + number, NOON, name).kind for number in numbers]
    registry.close()
    return [kind.removeprefix("registry_") for kind in kinds]


def changes(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "changes.txt"
    path.write_text(text)
    return path


def test_the_header_tells_where_a_version_comes_from(folder: Path) -> None:
    """List, SAN, date, area codes with their numbers, rows, and the hash of each file."""
    files = [
        write_full_list(folder.parent / "201.txt", [ANN, BOB, BOB]),
        write_full_list(folder.parent / "305.txt", [EVE]),
    ]
    header = import_registry(folder, files, san="12345678-90", obtained=OBTAINED, covers=[212])
    assert (header.list, header.version, header.kind, header.san) == ("national", 1, "full", "12345678-90")
    assert (header.obtained, header.counts) == (OBTAINED, {201: 2, 212: 0, 305: 1})
    assert (header.rows, header.numbers, header.deletions) == (4, 3, 0)
    assert [(s.name, s.rows, s.sha256) for s in header.sources] == [
        (file.name, rows, hashlib.sha256(file.read_bytes()).hexdigest())
        for file, rows in zip(files, (3, 1), strict=True)
    ]
    assert verify(folder) == (header,)


def test_only_area_codes_in_the_files_are_covered(folder: Path) -> None:
    """A number elsewhere is not "not listed", it is unknown."""
    import_numbers(folder, [ANN])
    assert listed(folder, ANN, BOB, EVE) == ["listed", "not_listed", "not_covered"]


def test_an_archive_is_imported_as_it_is(folder: Path, tmp_path: Path) -> None:
    """Several files in one zip, mixed with plain ones, with either line form."""
    path = tmp_path / "full.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("201.txt", "201,5550100\r\n")
        archive.writestr("305.txt", "3055550100\n")
    assert import_registry(folder, [path], obtained=OBTAINED).counts == {201: 1, 305: 1}


def test_a_full_list_replaces_the_one_before(folder: Path) -> None:
    """The old bit file goes; an open registry goes on with what it has until it looks again."""
    import_numbers(folder, [ANN])
    registry = Registry.open(folder)
    assert import_numbers(folder, [BOB]).version == 2
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_listed"
    assert registry.reload_if_changed()
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_not_listed"
    assert sorted(path.name for path in folder.iterdir()) == ["import.lock", "national-2.bits", "national.json"]


@settings(max_examples=15, deadline=None)
@given(
    st.sets(st.integers(ANN, ANN + 12), min_size=1),
    st.lists(st.lists(st.tuples(st.integers(ANN, ANN + 12), st.booleans()), min_size=1, max_size=15), max_size=3),
)
def test_changes_do_what_they_say(
    tmp_path_factory: pytest.TempPathFactory, full: set[int], lists: list[list[tuple[int, bool]]]
) -> None:
    """A full list and any change lists after it give the same as a Python set."""
    base = tmp_path_factory.mktemp("changes")
    (base / "full.txt").write_text("".join(f"{number}\n" for number in full))
    import_registry(base / "r", [base / "full.txt"], obtained=OBTAINED)
    expected = set(full)
    for records in lists:
        for number, added in records:
            (expected.add if added else expected.discard)(number)
        text = "".join(f"{n // 10**7},{n % 10**7:07},{'A' if added else 'D'}\n" for n, added in records)
        import_registry(base / "r", [changes(base, text)], obtained=OBTAINED, kind="changes")
    found = {n for n in range(ANN, ANN + 13) if listed(base / "r", n) == ["listed"]}
    assert found == expected


def test_a_changed_version_keeps_its_history(folder: Path, tmp_path: Path) -> None:
    """SAN and sources of the full list, then the change list; its date is the newer one; codes stay covered."""
    import_registry(folder, [write_full_list(folder.parent / "full.txt", [ANN, EVE])], san="1-2", obtained=OBTAINED)
    header = import_registry(
        folder, [changes(tmp_path, "305,5550100,D\n201,5550101,A\n")], obtained=date(2026, 11, 20), kind=Kind.CHANGES
    )
    assert (header.version, header.kind, header.san, header.obtained) == (2, "changes", "1-2", date(2026, 11, 20))
    assert header.counts == {201: 2, 305: 0}
    assert [(s.kind, s.obtained, s.rows, s.additions, s.deletions) for s in header.sources] == [
        ("full", OBTAINED, 2, 0, 0),
        ("changes", date(2026, 11, 20), 2, 1, 1),
    ]
    assert (header.deletions, header.rows) == (1, 4)


def test_columns_of_a_change_list_are_a_setting(folder: Path, tmp_path: Path) -> None:
    """As the registry turns out to send them."""
    import_numbers(folder, [ANN])
    mapping = ChangeMapping(number=(2,), action=1, additions=("+",), deletions=("-",))
    import_registry(
        folder, [changes(tmp_path, f"+,{BOB}\n-,{ANN}\n")], obtained=OBTAINED, kind="changes", mapping=mapping
    )
    assert listed(folder, ANN, BOB) == ["not_listed", "listed"]


@pytest.mark.parametrize(
    ("text", "obtained", "words"),
    [
        ("212,5550100,A\n", OBTAINED, "area code 212, which .* does not cover"),
        ("201,5550101,A\n", date(2026, 10, 31), "is newer"),
        ("201,5550101,A\n", date(2026, 12, 3), "more than 31 days before the change list"),
        ("201,5550101,?\n", OBTAINED, "is no change list as described"),
    ],
)
def test_changes_that_do_not_fit_are_refused(
    folder: Path, tmp_path: Path, text: str, obtained: date, words: str
) -> None:
    """Of an area code that is not covered, older than the list, or with a gap between: the version stays."""
    before = import_numbers(folder, [ANN])
    with pytest.raises(Problem, match=words):
        import_registry(folder, [changes(tmp_path, text)], obtained=obtained, kind="changes")
    assert verify(folder) == (before,)


def test_changes_need_a_full_list(folder: Path, tmp_path: Path) -> None:
    """Alone they would be a registry of a few thousand numbers."""
    with pytest.raises(Problem, match="There is no full list of the national do-not-call registry to change"):
        import_registry(folder, [changes(tmp_path, "201,5550100,A\n")], obtained=OBTAINED, kind="changes")


def test_changes_are_not_applied_to_a_damaged_list(folder: Path, tmp_path: Path) -> None:
    """Its content is compared with its hash while it is copied, whatever its date says."""
    header = import_numbers(folder, [ANN])
    path = folder / "national-1.bits"
    with path.open("r+b") as file:
        file.seek(1_250_000 + (5_550_100 >> 3))
        file.write(b"\x00")
    os.utime(path, ns=(header.stamp.mtime_ns, header.stamp.mtime_ns))
    with pytest.raises(Problem, match=r"national-1\.bits is damaged \(wrong checksum\)"):
        import_registry(folder, [changes(tmp_path, "201,5550101,A\n")], obtained=OBTAINED, kind="changes")


def test_a_states_list_is_a_list_of_its_own(folder: Path, tmp_path: Path) -> None:
    """It covers every area code, and stays when the national list is imported again."""
    import_numbers(folder, [ANN])
    header = import_state(folder, "us-fl", [EVE])
    assert (header.list, header.kind, header.everywhere, header.counts) == ("us-fl", "state", True, {305: 1})
    import_numbers(folder, [BOB])
    assert listed(folder, EVE, ANN, name="us-fl") == ["listed", "not_listed"]


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "state"},
        {"kind": "demo"},
        {"kind": "xml"},
        {"list_name": "nowhere"},
        {"covers": [100]},
        {"covers": [305], "kind": "changes"},
        {"today": date(2026, 10, 31)},
    ],
)
def test_what_makes_no_sense_is_refused_first(folder: Path, given: dict[str, object]) -> None:
    """A state's file as the national list, unknown kinds and names, a date to come. Nothing is made."""
    with pytest.raises(Problem):
        import_registry(folder, [write_full_list(folder.parent / "full.txt", [ANN])], obtained=OBTAINED, **given)  # type: ignore[arg-type]
    with pytest.raises(Problem, match="No file was given"):
        import_registry(folder, [], obtained=OBTAINED)
    assert not folder.exists()


@pytest.mark.parametrize("content", ["phone,name\n(201) 555-0100,Ann\n", "201,5550100\noops\n", "", "\n" * 100])
def test_a_file_of_the_wrong_kind_replaces_nothing(folder: Path, tmp_path: Path, content: str) -> None:
    """A call list, or a list with a bad line, given together with a good one."""
    before = import_numbers(folder, [ANN])
    write_full_list(folder.parent / "good.txt", [BOB])
    (tmp_path / "wrong.csv").write_text(content)
    with pytest.raises(Problem, match="Nothing was replaced"):
        import_registry(folder, [tmp_path / "good.txt", tmp_path / "wrong.csv"], obtained=OBTAINED)
    assert verify(folder) == (before,)
    assert sorted(path.name for path in folder.iterdir()) == ["import.lock", "national-1.bits", "national.json"]


def test_a_list_that_lost_nearly_everything_is_refused(folder: Path) -> None:
    """Ten numbers a line may be anything; where ten thousand were, they are not the registry, unless one says so."""
    before = import_numbers(folder, range(2_010_000_000, 2_010_010_000))
    with pytest.raises(Problem, match=r"has 10,000 numbers .* would leave 1\. They are probably not the registry"):
        import_numbers(folder, [ANN])
    assert verify(folder) == (before,)
    header = import_registry(
        folder, [write_full_list(folder.parent / "full.txt", [ANN])], obtained=OBTAINED, accept_shrinking=True
    )
    assert header.numbers == 1


def test_a_states_list_that_lost_a_whole_area_code_is_refused(folder: Path) -> None:
    """It covers every area code, so whoever is missing from it would be called; of a full list the code is held."""
    both = [*range(2_012_000_000, 2_012_010_000), *range(3_052_000_000, 3_052_020_000)]
    before = import_state(folder, "us-fl", both)
    with pytest.raises(Problem, match=r"10,000 numbers \(area code 201\); these files would leave 0\."):
        import_state(folder, "us-fl", both[10_000:])
    assert verify(folder) == (before,)
    import_numbers(folder, both)
    import_numbers(folder, both[10_000:])
    assert listed(folder, both[0]) == ["not_covered"]


@pytest.mark.parametrize("call", ["pwrite", "fsync", "ftruncate"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_or_failing_disk_leaves_the_old_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Wherever it happens: a sentence, and no half file is left behind."""
    before = import_numbers(folder, [ANN])
    path = write_full_list(folder.parent / "full.txt", [BOB])

    def fails(*args: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        words = "There is no room on the disk" if number == errno.ENOSPC else "failed: Input/output error"
        with pytest.raises(Problem, match=words) as caught:
            import_registry(folder, [path], obtained=OBTAINED)
    assert caught.value.code == "registry_disk"
    assert verify(folder) == (before,)
    assert sorted(path.name for path in folder.iterdir()) == ["import.lock", "national-1.bits", "national.json"]


def test_two_imports_at_once_are_one_too_many(folder: Path) -> None:
    """The second is refused with the pid of the first."""
    before = import_numbers(folder, [ANN])
    with (folder / "import.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Problem, match=rf"Another import \(pid {os.getpid()}\)") as caught:
            import_registry(folder, [write_full_list(folder.parent / "full.txt", [BOB])], obtained=OBTAINED)
    assert caught.value.code == "registry_locked"
    assert verify(folder) == (before,)


def test_progress_is_told_and_may_cancel(folder: Path) -> None:
    """Bytes and rows so far; what it raises ends the import and leaves the old version."""
    before = import_numbers(folder, [ANN])
    seen: list[ImportProgress] = []
    files = [write_full_list(folder.parent / "a.txt", [ANN, BOB]), write_full_list(folder.parent / "b.txt", [EVE])]
    import_registry(folder, files, obtained=OBTAINED, progress=seen.append)
    assert [(p.file, p.bytes_read, p.bytes_total, p.rows) for p in seen] == [
        ("a.txt", 24, 36, 2),
        ("b.txt", 36, 36, 3),
    ]

    def cancel(progress: ImportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_registry(folder, files, obtained=OBTAINED, progress=cancel)
    assert verify(folder)[0].version == before.version + 1


def test_a_damaged_header_is_mended_by_a_full_list(folder: Path) -> None:
    """Under a version that no file had."""
    import_numbers(folder, [ANN])
    (folder / "national.json").write_text("{")
    assert listed(folder, ANN) == ["unreadable"]
    assert import_numbers(folder, [BOB]).version == 2
    assert listed(folder, ANN, BOB) == ["not_listed", "listed"]
