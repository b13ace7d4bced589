"""Reading a registry through, and taking it away."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dialconsole.compliance.registry.header import Header
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.compliance.registry.proof import Proof, not_read, prove
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import remove_list, verify
from dialconsole.model.errors import Problem
from kit.registry import NOON, OBTAINED, import_numbers, import_state

ANN = 2_015_550_100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


def flip(path: Path, number: int) -> None:
    """Change one bit and put the file's time back, as a failing disk would."""
    before = path.stat().st_mtime_ns
    place = (number - 2_000_000_000) >> 3
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0] ^ 1 << (number & 7)
        file.seek(place)
        file.write(bytes([byte]))
    os.utime(path, ns=(before, before))


def test_what_is_whole_is_said_to_be(folder: Path) -> None:
    """All lists, or the one asked for."""
    national, florida = import_numbers(folder, [ANN]), import_state(folder, "us-fl", [ANN])
    assert verify(folder) == (national, florida)
    assert verify(folder, "FL") == (florida,)


@pytest.mark.parametrize("number", [ANN, ANN + 1, 9_995_550_100])
def test_a_single_wrong_bit_is_found(folder: Path, number: int) -> None:
    """A number lost, one too many, one in an area code that was empty."""
    import_numbers(folder, [ANN])
    flip(folder / "national-1.bits", number)
    with pytest.raises(Problem, match="wrong checksum") as caught:
        verify(folder)
    assert caught.value.code == "registry_unreadable"


def test_a_file_that_is_cut_off_is_found(folder: Path) -> None:
    """Before it is read."""
    import_numbers(folder, [ANN])
    os.truncate(folder / "national-1.bits", 77)
    with pytest.raises(Problem, match=r"77 bytes of 1,000,000,000"):
        verify(folder)


def test_what_was_touched_but_is_whole_is_good_again(folder: Path) -> None:
    """The header takes on the file's new time."""
    before = import_numbers(folder, [ANN])
    os.utime(folder / "national-1.bits", ns=(1, 1))
    (after,) = verify(folder)
    assert after.stamp.mtime_ns == 1
    assert (after.version, after.sha256) == (before.version, before.sha256)
    registry = Registry.open(folder)
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_listed"
    registry.close()


def test_nothing_to_verify_is_said(folder: Path) -> None:
    """No folder, or not that list."""
    with pytest.raises(Problem, match="There is no registry in"):
        verify(folder)
    import_numbers(folder, [ANN])
    with pytest.raises(Problem, match="There is no do-not-call list of US-FL"):
        verify(folder, "fl")


def test_a_list_can_be_taken_away(folder: Path) -> None:
    """Header and bits, also when they are damaged; the others stay."""
    national = import_numbers(folder, [ANN])
    import_state(folder, "us-fl", [ANN])
    (folder / "us-fl.json").write_text("")
    remove_list(folder, "FL")
    assert verify(folder) == (national,)
    assert sorted(path.name for path in folder.iterdir()) == ["import.lock", "national-1.bits", "national.json"]
    with pytest.raises(Problem, match="There is no do-not-call list of US-FL"):
        remove_list(folder, "FL")


def test_a_damaged_version_is_refused_by_everybody_until_it_is_imported_anew(folder: Path) -> None:
    """Not only said: whoever has it open, whoever opens it, whoever verifies it again, and changes to it."""
    import_numbers(folder, [ANN])
    at_work = Registry.open(folder)
    flip(folder / "national-1.bits", ANN)
    with pytest.raises(Problem):
        verify(folder)
    at_work.reload_if_changed()
    for registry in (at_work, Registry.open(folder)):
        answer = registry.lookup(10**10 + ANN, NOON)
        assert answer.kind == "registry_unreadable"
        assert "Import the full list again." in answer.sentence
        registry.close()
    flip(folder / "national-1.bits", ANN)
    with pytest.raises(Problem, match="damaged"):
        verify(folder)
    with pytest.raises(Problem, match="damaged"):
        import_registry(folder, [changes_to(folder)], obtained=OBTAINED, kind="changes")
    import_numbers(folder, [ANN])
    registry = Registry.open(folder)
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_listed"
    registry.close()


def changes_to(folder: Path) -> Path:
    path = folder.parent / "changes.txt"
    path.write_text("201,5550101,A\n")
    return path


def test_changes_to_a_damaged_version_mark_it(folder: Path) -> None:
    """They read all of it, so they find what nobody has found before."""
    import_numbers(folder, [ANN])
    flip(folder / "national-1.bits", ANN + 1)
    with pytest.raises(Problem, match="wrong checksum"):
        import_registry(folder, [changes_to(folder)], obtained=OBTAINED, kind="changes")
    registry = Registry.open(folder)
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_unreadable"
    registry.close()


def test_a_disk_that_takes_no_mark_does_not_make_a_damaged_version_usable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's time needs no room; a version of another time is not trusted."""
    import_numbers(folder, [ANN])
    flip(folder / "national-1.bits", ANN)

    def full(folder: Path, header: Header) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dialconsole.compliance.registry.proof.replace_header", full)
    with pytest.raises(Problem, match="wrong checksum"):
        verify(folder)
    registry = Registry.open(folder)
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_unreadable"
    registry.close()


def test_all_lists_are_read_through_also_after_one_that_is_damaged(folder: Path) -> None:
    """Each is named."""
    import_numbers(folder, [ANN])
    import_state(folder, "us-fl", [ANN])
    flip(folder / "national-1.bits", ANN)
    flip(folder / "us-fl-1.bits", ANN)
    with pytest.raises(Problem, match=r"national-1\.bits.*us-fl-1\.bits"):
        verify(folder)
    assert [state.fault is not None for state in Registry.open(folder).states()] == [True, True]


def test_nothing_is_answered_from_a_version_that_was_not_read_through(folder: Path) -> None:
    """For whoever dials: held, in words of its own, until its proof is settled; another import needs another proof."""
    import_numbers(folder, [ANN])
    import_state(folder, "us-fl", [ANN])
    registry = Registry(folder, proven_only=True)

    def kinds() -> list[str]:
        return [registry.lookup(10**10 + ANN, NOON, name).kind for name in ("national", "us-fl")]

    def settle(name: str) -> None:
        version = registry.to_prove(name)
        assert version is not None
        registry.settle(version, prove(folder, version.header, version.again()))

    assert kinds() == ["registry_unproven", "registry_unproven"]
    assert registry.warnings(NOON) == []
    loads = registry.loads
    settle("national")
    assert registry.loads > loads, "whoever has looked many numbers up looks again"
    assert kinds() == ["registry_listed", "registry_unproven"]
    settle("us-fl")
    import_state(folder, "us-fl", [ANN])
    registry.reload_if_changed()
    assert kinds() == ["registry_listed", "registry_unproven"], "the national one has not changed"
    flip(folder / "national-1.bits", ANN)
    registry.reload_if_changed()
    assert kinds()[0] == "registry_unproven", "written to, whatever its time says"
    old = registry.to_prove("national")
    settle("national")
    assert kinds()[0] == "registry_unreadable"
    assert Registry.open(folder).lookup(10**10 + ANN, NOON).kind == "registry_unreadable", "marked for everybody"
    assert old is not None
    registry.settle(old, Proof(None))
    assert kinds()[0] == "registry_unreadable", "a proof that comes late changes nothing"
    registry.close()


def test_a_version_that_could_not_be_read_is_tried_again(folder: Path) -> None:
    """A disk that gave no answer may give one the next time; until then nothing is answered."""
    import_numbers(folder, [ANN])
    registry = Registry(folder, proven_only=True)
    version = registry.to_prove("national")
    assert version is not None
    registry.settle(version, not_read(version.path, OSError(errno.EIO, "Input/output error")))
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_unreadable"
    assert registry.unproven == ("national",)
    registry.settle(version, prove(folder, version.header, version.again()))
    assert registry.lookup(10**10 + ANN, NOON).kind == "registry_listed"
    registry.close()
