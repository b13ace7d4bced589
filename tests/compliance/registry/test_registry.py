"""All registries of a workspace."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.compliance.registry.header import midnight
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import verify
from kit.registry import DAY, NOON, OBTAINED, import_numbers, import_state

ANN, BOB, EVE = 12_015_550_100, 12_015_550_101, 13_055_550_100
BEGIN = midnight(OBTAINED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


def kind(registry: Registry, number: int = ANN, at: float = NOON, name: str = "national") -> str:
    return registry.lookup(number, at, name).kind.removeprefix("registry_")


@settings(max_examples=20, deadline=None)
@given(
    st.sets(st.integers(2_010_000_000, 2_010_000_050) | st.integers(2_000_000_000, 9_999_999_999), max_size=20),
    st.sets(st.integers(2_010_000_000, 2_010_000_050), max_size=20),
)
def test_it_answers_like_a_python_set(
    tmp_path_factory: pytest.TempPathFactory, numbers: set[int], others: set[int]
) -> None:
    """For every number listed and not; area codes without any number are not covered."""
    folder = tmp_path_factory.mktemp("set") / "registry"
    numbers = numbers | {2_015_550_100}
    import_numbers(folder, numbers)
    registry = Registry.open(folder)
    codes = {number // 10**7 for number in numbers}
    for number in numbers | others:
        expected = "listed" if number in numbers else "not_listed" if number // 10**7 in codes else "not_covered"
        assert kind(registry, 10**10 + number) == expected
    registry.close()


def test_without_any_registry_the_answer_is_none(folder: Path) -> None:
    """No folder, an empty one, one with other files: no permission, and what to do."""
    registry = Registry.open(folder)
    assert (kind(registry), registry.lists, registry.warnings(NOON)) == ("none", (), [])
    folder.mkdir()
    (folder / "notes.json").write_text("{}")
    assert registry.reload_if_changed()
    found = registry.lookup(ANN, NOON)
    assert found.kind == "registry_none"
    assert found.sentence == (
        "No national do-not-call registry was imported, so nothing is dialed. "
        "Import a current one with `dialconsole registry import FILE... --date YYYY-MM-DD`."
    )


def test_lists_stand_beside_each_other(folder: Path) -> None:
    """Each answers for itself, with its own version and date."""
    import_numbers(folder, [ANN - 10**10])
    import_state(folder, "us-fl", [EVE - 10**10], obtained=date(2026, 10, 1))
    registry = Registry.open(folder)
    assert registry.lists == ("national", "us-fl")
    assert (kind(registry, EVE), kind(registry, EVE, NOON, "us-fl")) == ("not_covered", "too_old")
    assert kind(registry, ANN, NOON - 10 * DAY, "us-fl") == "not_listed"
    assert kind(registry, ANN, NOON, "canada") == "none"
    assert [(state.name, state.header is not None, state.fault) for state in registry.states()] == [
        ("national", True, None),
        ("us-fl", True, None),
    ]
    registry.close()


def test_a_damaged_list_does_not_hide_the_others(folder: Path) -> None:
    """It says what is wrong at every question; the others answer."""
    import_numbers(folder, [ANN - 10**10])
    import_state(folder, "us-fl", [EVE - 10**10])
    (folder / "us-fl.json").write_bytes(b"\x00")
    registry = Registry.open(folder)
    assert (kind(registry), kind(registry, EVE, NOON, "us-fl")) == ("listed", "unreadable")
    state = registry.states()[1]
    assert (state.name, state.header) == ("us-fl", None)
    assert state.fault is not None
    assert "us-fl.json is damaged" in state.fault
    assert registry.warnings(NOON) == [state.fault]
    registry.close()


def test_nothing_is_reloaded_when_nothing_changed(folder: Path) -> None:
    """It can be asked before every call."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    assert [registry.reload_if_changed() for _ in range(3)] == [False] * 3
    registry.close()


def _bits_gone(folder: Path) -> None:
    (folder / "national-1.bits").unlink()


def _header_gone(folder: Path) -> None:
    (folder / "national.json").unlink()


def _bits_cut(folder: Path) -> None:
    os.truncate(folder / "national-1.bits", 10**9 - 1)


def _bits_written(folder: Path) -> None:
    with (folder / "national-1.bits").open("r+b") as file:
        file.write(b"\x01")


def _header_cut(folder: Path) -> None:
    os.truncate(folder / "national.json", 100)


@pytest.mark.parametrize("harm", [_bits_gone, _header_gone, _bits_cut, _bits_written, _header_cut])
def test_it_fails_closed_and_recovers_by_itself(folder: Path, harm: Callable[[Path], None]) -> None:
    """A file gone, cut off or changed while the engine runs; another import, and it answers again."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    assert kind(registry, BOB) == "not_listed"
    harm(folder)
    assert registry.reload_if_changed()
    assert kind(registry, BOB) == "unreadable"
    import_numbers(folder, [ANN - 10**10])
    assert registry.reload_if_changed()
    assert kind(registry, BOB) == "not_listed"
    registry.close()


def test_a_folder_that_went_away_is_noticed(folder: Path) -> None:
    """An unmounted disk: none loaded, until it is back."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    folder.rename(folder.with_name("elsewhere"))
    assert registry.reload_if_changed()
    assert kind(registry, BOB) == "none"
    folder.with_name("elsewhere").rename(folder)
    assert registry.reload_if_changed()
    assert kind(registry, BOB) == "not_listed"
    registry.close()


def test_a_folder_that_may_not_be_read_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the same as none, but no permission either."""
    import_numbers(folder, [ANN - 10**10])

    def denied(self: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", denied)
        registry = Registry.open(folder)
    assert kind(registry) == "unreadable"
    assert "Permission denied" in registry.lookup(ANN, NOON).sentence


@pytest.mark.parametrize(
    ("name", "place", "opens"), [("national-1.bits", os, "open"), ("national.json", Path, "read_bytes")]
)
def test_permissions_taken_and_given_back_are_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: object, opens: str
) -> None:
    """Also of a file that is open already. (Root may read everything, so the refusal itself is simulated.)"""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)

    def denied(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    (folder / name).chmod(0)
    with monkeypatch.context() as patch:
        patch.setattr(place, opens, denied)
        assert registry.reload_if_changed()
    assert kind(registry, BOB) == "unreadable"
    (folder / name).chmod(0o600)
    assert registry.reload_if_changed()
    assert kind(registry, BOB) == "not_listed"
    registry.close()


def test_a_restored_registry_is_used_once_it_was_read_through(folder: Path) -> None:
    """A copy may be anything until its content was compared with its hash."""
    write_demo_registry(folder, NOON)
    saved = folder.with_name("saved")
    saved.mkdir()
    for path in folder.iterdir():
        (saved / path.name).touch()
        if path.suffix == ".bits":
            os.truncate(saved / path.name, 10**9)
            _copy_extents(path, saved / path.name)
        else:
            shutil.copy2(path, saved / path.name)
    registry = Registry.open(saved)
    assert kind(registry) == "unreadable"
    assert "dialconsole registry verify" in registry.lookup(ANN, NOON).sentence
    verify(saved)
    assert registry.reload_if_changed()
    assert kind(registry) == "not_listed"
    registry.close()


def _copy_extents(source: Path, target: Path) -> None:
    """A sparse copy: ``shutil`` would write a gigabyte."""
    with source.open("rb") as old, target.open("r+b") as new:
        at = 0
        while True:
            try:
                at = os.lseek(old.fileno(), at, os.SEEK_DATA)
            except OSError:
                return
            end = os.lseek(old.fileno(), at, os.SEEK_HOLE)
            os.pwrite(new.fileno(), os.pread(old.fileno(), end - at, at), at)
            at = end


def test_people_are_reminded_7_3_and_1_days_before(folder: Path) -> None:
    """With the last day; the sentence is new on those days only, and then it is too old."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    by_age = {age: registry.warnings(BEGIN + age * DAY + 3600) for age in range(34)}
    registry.close()
    assert all(by_age[age] == [] for age in range(25))
    assert by_age[25][0].startswith("The national do-not-call registry of 2026-11-01 gets too old in 7 days or less: ")
    assert "2026-12-02 is the last day (UTC)" in by_age[25][0]
    assert by_age[25] == by_age[28] != by_age[29] == by_age[30] != by_age[31]
    assert "in 3 days or less" in by_age[29][0]
    assert "in a day or less" in by_age[31][0]
    assert "32 days old) may be used for 31 days, so nothing is dialed" in by_age[32][0]
    assert len(by_age[33]) == 1


def test_a_date_in_the_future_is_warned_of(folder: Path) -> None:
    """The clock or the date is wrong, and nothing is dialed until one is put right."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    (warning,) = registry.warnings(BEGIN - 3 * DAY)
    registry.close()
    assert "is dated 2026-11-01, which is in the future" in warning


def test_a_closed_registry_permits_nothing(folder: Path) -> None:
    """Whoever still asks it gets "none"."""
    import_numbers(folder, [ANN - 10**10])
    registry = Registry.open(folder)
    registry.close()
    registry.close()
    assert kind(registry, BOB) == "none"
