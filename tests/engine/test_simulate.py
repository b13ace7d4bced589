"""A day in seconds, the same day each time."""

from __future__ import annotations

import resource
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.simulate import SimulationPlan, SimulationReport, most_at_once, most_starts, simulate
from dialconsole.model.attempt import AttemptRecord
from dialconsole.model.errors import Problem
from dialconsole.resources import folder
from dialconsole.store.opening import open_for_reading
from dialconsole.store.places import LEDGER
from dialconsole.store.records import all_attempts

EIGHT_EAST = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)


def plan(tmp_path: Path, name: str = "w", **changes: object) -> SimulationPlan:
    clinic = str(folder("sample_lists") / "clinic_reminders.csv")
    settings = {"lists": (clinic,), "workspace": str(tmp_path / name), "start": EIGHT_EAST, "hours": 12.0, "seed": 7}
    return SimulationPlan(**(settings | changes))  # type: ignore[arg-type]


def exported(path: Path) -> list[bytes]:
    with closing(open_for_reading(path / LEDGER)) as connection:
        return [msgspec.json.encode(attempt) for attempt in all_attempts(connection)]


def test_a_day_of_the_clinic_ends_with_every_contact_in_a_justified_state(tmp_path: Path) -> None:
    """300 contacts of all zones: final, or waiting with a reason; limits kept; nobody left calling."""
    report = simulate(plan(tmp_path, calls_per_minute=20, concurrency=8))
    assert report.contacts == 300
    assert sum(report.statuses.values()) == 300
    assert report.statuses["calling"] == 0
    waiting = report.statuses["pending"] + report.statuses["retry"]
    assert sum(report.held.values()) == waiting
    assert report.attempts == sum(report.outcomes.values()) >= 300
    assert report.max_starts_60s <= 20
    assert report.max_concurrent <= 8


def test_a_trunk_that_fails_all_day_is_named_as_what_holds_the_contacts(tmp_path: Path) -> None:
    """Half an hour of calling behind a carrier that fails every call: a handful of attempts, the rest waits."""
    scenario = tmp_path / "down.toml"
    scenario.write_text('title = "Down"\nteaches = "Patience"\n[weights]\ntrunk_fault = 1\n', "utf-8")
    report = simulate(plan(tmp_path, scenario=str(scenario), hours=1.5))
    assert 5 <= report.outcomes["trunk_fault"] <= 5 + 6, (
        "five open the circuit; then one after 30 s, 1, 2, 4, 8 and 10 min"
    )
    assert report.held["trunk_open"] > 10
    waiting = report.statuses["pending"] + report.statuses["retry"]
    assert sum(report.held.values()) == waiting


def test_contacts_that_were_ready_when_the_hours_ended_are_counted_as_that(tmp_path: Path) -> None:
    """An hour is not enough for all: who might have been called is told apart from who might not, and all add up."""
    report = simulate(plan(tmp_path, hours=1.0, start=datetime(2026, 3, 3, 17, 0, tzinfo=UTC), calls_per_minute=1))
    waiting = report.statuses["pending"] + report.statuses["retry"]
    assert report.held["out_of_time"] > 50
    assert report.held["hours"] > 10
    assert sum(report.held.values()) == waiting


def test_the_same_seed_gives_the_same_ledger(tmp_path: Path) -> None:
    """Byte for byte; another seed gives another day."""

    def comparable(report: SimulationReport) -> SimulationReport:
        return msgspec.structs.replace(report, wall_seconds=0.0)

    first, again = (simulate(plan(tmp_path, name)) for name in ("a", "b"))
    assert comparable(first) == comparable(again)
    assert exported(tmp_path / "a") == exported(tmp_path / "b")
    simulate(plan(tmp_path, "c", seed=8))
    assert exported(tmp_path / "a") != exported(tmp_path / "c")


def test_a_do_not_call_file_is_obeyed(tmp_path: Path) -> None:
    """Its numbers are refused, counted, and never dialed."""
    clinic = folder("sample_lists") / "clinic_reminders.csv"
    numbers = [line.split(",")[0] for line in clinic.read_text("utf-8").splitlines()[1:11]]
    dnc = tmp_path / "dnc.txt"
    dnc.write_text("\n".join(numbers), "utf-8")
    report = simulate(plan(tmp_path, dnc=str(dnc)))
    assert sum(report.refused.values()) >= 10
    dialed = {msgspec.json.decode(line)["number"][-10:] for line in exported(tmp_path / "w")}
    assert not dialed & {"".join(filter(str.isdigit, number))[-10:] for number in numbers}


def test_it_ends_as_soon_as_nothing_is_left_to_do(tmp_path: Path) -> None:
    """A list of one is not simulated for twelve hours."""
    short = tmp_path / "one.csv"
    short.write_text("phone\n+12125550110\n", "utf-8")
    report = simulate(plan(tmp_path, lists=(str(short),)))
    assert report.outcomes == {"answered": 1}
    assert report.virtual_seconds < 2 * 3600


def test_calls_in_progress_at_the_end_are_finished(tmp_path: Path) -> None:
    """An hour that ends in the middle of calls leaves none of them without an outcome."""
    report = simulate(plan(tmp_path, hours=1.5, calls_per_minute=60, concurrency=40))
    assert report.statuses["calling"] == 0
    assert report.attempts == sum(report.outcomes.values()) > 0


def test_a_workspace_that_is_in_use_is_refused(tmp_path: Path) -> None:
    """A simulation never writes into somebody's ledger."""
    simulate(plan(tmp_path, hours=0.1))
    with pytest.raises(Problem, match="w"):
        simulate(plan(tmp_path, hours=0.1))


def _attempt(claimed: float, dialed: float | None, ended: float | None) -> AttemptRecord:
    return AttemptRecord(
        seq=1, attempt="a", contact=1, number="+12125550100", name="", campaign="c", trunk="t", caller_id="",
        attempt_no=1, claimed_at=claimed, dialed_at=dialed, answered_at=None, ended_at=ended, outcome=None,
        sip_code=None, sip_reason="", zones=(),
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=40))
def test_most_starts_equals_counting_every_window(times: list[int]) -> None:
    """The sliding count against the obvious one."""
    attempts = [_attempt(t, float(t), t + 1.0) for t in times]
    slow = max((sum(1 for u in times if t - 60 < u <= t) for t in times), default=0)
    assert most_starts(attempts) == slow


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 50)), max_size=30))
def test_most_at_once_equals_counting_every_instant(calls: list[tuple[int, int]]) -> None:
    """The sweep against the obvious count."""
    attempts = [_attempt(start, None, float(start + length)) for start, length in calls]
    slow = max((sum(1 for s, n in calls if s <= t < s + n) for t in range(151)), default=0)
    assert most_at_once(attempts) == slow


def test_a_disk_that_refuses_ends_the_simulation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence. On a clock that jumps nobody would ever make room, so waiting for it would never end."""

    class Limited(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (512 * 1024, 512 * 1024))

    monkeypatch.setattr(subprocess, "Popen", Limited)
    with pytest.raises(Problem, match=r"Nothing is dialed: The ledger .* cannot be written .* The simulation ends"):
        simulate(plan(tmp_path, calls_per_minute=60, concurrency=40))
