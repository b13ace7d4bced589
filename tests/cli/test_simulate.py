"""``simulate`` and ``export``: what other programs read."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell
from dialconsole.cli.options import ISO
from dialconsole.resources import folder

REPORT = [
    "contacts", "rejected_rows", "duplicates", "attempts", "outcomes", "statuses", "held", "refused",
    "max_starts_60s", "max_concurrent", "virtual_seconds", "wall_seconds",
]  # fmt: skip

ATTEMPT = [
    "attempt", "campaign", "number", "attempt_no", "trunk", "caller_id", "claimed_at", "dialed_at", "answered_at",
    "ended_at", "outcome", "sip_code", "sip_reason", "zones",
]  # fmt: skip

CONTACT = ["number", "campaign", "list", "status", "attempts", "outcome", "next_at", "reasons", "zones"]


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    return [
        str(folder("sample_lists") / "survey_small.csv"),
        "--start", "2026-03-03T15:10:00Z",
        "--hours", "3",
        "--seed", "7",
        "--calls-per-minute", "60",
    ]  # fmt: skip


def test_simulate_and_export(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """A simulated day is one JSON object, and its ledger exports with the keys that were promised."""
    report = shell.json("simulate", *options, "--workspace", str(tmp_path / "day"))
    assert list(report) == REPORT
    assert report["attempts"] > 0
    assert report["statuses"]["calling"] == 0

    attempts = shell.lines("export", "attempts", "--workspace", str(tmp_path / "day"))
    assert len(attempts) == report["attempts"]
    assert all(list(attempt) == ATTEMPT for attempt in attempts)
    for attempt in attempts:
        assert ISO(attempt["claimed_at"]) <= ISO(attempt["ended_at"])
        assert attempt["claimed_at"].endswith("Z")
        assert isinstance(attempt["zones"], list)
    assert any(attempt["answered_at"] is None for attempt in attempts)

    contacts = shell.lines("export", "contacts", "--workspace", str(tmp_path / "day"))
    assert len(contacts) == report["contacts"]
    assert all(list(contact) == CONTACT for contact in contacts)
    assert shell.lines("export", "contacts", "--workspace", str(tmp_path / "day"), "--campaign", "other") == []


def test_contacts_that_wait_are_exported_with_the_reason_and_the_time(
    shell: Shell, options: list[str], tmp_path: Path
) -> None:
    """The gate's own, as of the simulated day's end; who is done keeps what the ledger says."""
    day = str(tmp_path / "day")
    clinic = str(folder("sample_lists") / "clinic_reminders.csv")
    report = shell.json("simulate", clinic, *options[1:], "--workspace", day, "--hours", "1", "--calls-per-minute", "1")
    contacts = shell.lines("export", "contacts", "--workspace", day)
    waiting = [contact for contact in contacts if contact["status"] in ("pending", "retry")]
    assert len(waiting) == sum(report["held"].values())
    assert all(contact["reasons"] for contact in waiting)
    closed = [contact for contact in waiting if any("it is" in reason for reason in contact["reasons"])]
    assert len(closed) >= report["held"]["hours"] > 0
    timed = [contact["next_at"] for contact in closed if contact["next_at"] is not None]
    assert timed and min(timed) > "2026-03-03T16:10:00Z"
    out_of_time = [contact for contact in waiting if "campaign is paused" in contact["reasons"][0]]
    assert 0 < len(out_of_time) <= report["held"]["out_of_time"], "the others would have been refused"
    assert {contact["next_at"] for contact in out_of_time} == {None}


def test_same_seed_same_ledger(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """The same seed gives the same export, byte for byte; another seed another."""
    exports = []
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        shell("simulate", *options, "--seed", seed, "--workspace", str(tmp_path / name))
        exports.append(shell("export", "attempts", "--workspace", str(tmp_path / name)))
    assert exports[0] == exports[1] != exports[2]


def test_simulate_for_people(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """Without --json the day is a short table."""
    out = shell("simulate", *options, "--workspace", str(tmp_path / "day"))
    assert "most in 60 s" in out


def test_simulate_without_a_registry(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """Without a registry nobody is called, and the report says what holds them."""
    report = shell.json("simulate", *options, "--workspace", str(tmp_path / "day"), "--registry", "none")
    assert report["attempts"] == 0
    assert report["held"]["registry_none"] > 0


def test_simulate_with_a_registry(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """A full list of one's own is imported as of the day's start; area codes that it lacks are held."""
    path = tmp_path / "full.txt"
    path.write_text("212,5550199\n")
    report = shell.json("simulate", *options, "--workspace", str(tmp_path / "day"), "--registry", str(path))
    assert report["held"]["registry_not_covered"] > 0
    shell("simulate", *options, "--workspace", str(tmp_path / "other"), "--registry", "no.txt", code=1)
    assert "no.txt" in shell.err


def test_simulate_consent_purpose_and_voice(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """Consent that is not enough for purpose and voice refuses; what it is enough for is called."""
    refused = shell.json("simulate", *options, "--workspace", str(tmp_path / "a"), "--consent", "oral")
    assert refused["attempts"] == 0
    assert refused["refused"]["consent_missing"] == refused["contacts"]
    called = shell.json(
        "simulate", *options, "--workspace", str(tmp_path / "b"), "--consent", "oral", "--purpose", "informational"
    )
    assert called["attempts"] > 0
    shell("simulate", *options, "--workspace", str(tmp_path / "c"), "--voice", "robot", code=2)


def test_simulate_without_what_it_needs(shell: Shell, options: list[str], tmp_path: Path) -> None:
    """A missing option is a usage error; a list that is not there is a sentence."""
    shell("simulate", *options, code=2)
    shell("simulate", "no.csv", *options[1:], "--workspace", str(tmp_path / "day"), code=1)
    assert "no.csv" in shell.err


def test_export_rejected(spring: Shell) -> None:
    """Rejected rows of a campaign come out as CSV with line and reason."""
    [row] = csv.DictReader(io.StringIO(spring("export", "rejected", "--campaign", "spring")))
    assert row["line"] == "5"
    assert row["reason"]


def test_rejected_rows_are_exported_mended_and_imported_again(
    spring: Shell, write_list: Callable[[str, str], Path]
) -> None:
    """All columns come back under their names, also those that only the agent uses, and so does the phone."""
    path = write_list("Customer,Tel. privat,plan,zip\nCy,call me,gold,10001\nDi,nobody,blue,60601\n", "other.csv")
    mapped = ("--map", "phone=Tel. privat")
    spring("list", "import", str(path), "--campaign", "spring", "--attest", "written", *mapped)
    text = spring("export", "rejected", "--campaign", "spring")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Tel. privat"]]
    assert [(row["Customer"], row["Tel. privat"], row["plan"], row["zip"]) for row in rows] == [
        ("Cy", "call me", "gold", "10001"),
        ("Di", "nobody", "blue", "60601"),
    ]
    mended = text.replace('call me","gold', '212-555-0177","gold').replace('"nobody"', '"312-555-0178"')
    again = write_list(mended, "mended.csv")
    spring("list", "import", str(again), "--campaign", "spring", "--attest", "written", *mapped)
    found = {contact["number"]: contact for contact in spring.lines("export", "contacts")}
    assert {"+12125550177", "+13125550178"} <= found.keys()
    assert found["+12125550177"]["list"] == "mended.csv"


def test_export_without_a_ledger(shell: Shell) -> None:
    """A folder that is no workspace is told."""
    shell("export", "attempts", code=1)
    assert "no workspace" in shell.err


def test_export_from_somebody_elses_workspace(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague is told who may export, and not to check the disk."""

    def refused(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("dialconsole.store.opening.open_for_reading", refused)
    spring("export", "contacts", code=1)
    assert "Check the disk" in spring.err, "in one's own workspace that is what to do"
    monkeypatch.setattr("os.getuid", lambda: 4711)
    monkeypatch.setattr("dialconsole.store.owner.user_name", lambda uid: "maria")
    for table in (["contacts"], ["attempts"], ["evidence"], ["rejected", "--campaign", "spring"]):
        spring("export", *table, code=1)
        assert "Only maria, who owns the workspace" in spring.err
        assert "Check the disk" not in spring.err
