"""Reading a registry through, and taking it away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import remove_list, verify
from dialconsole.model.errors import Problem
from kit.registry import NOON, import_numbers, import_state

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
