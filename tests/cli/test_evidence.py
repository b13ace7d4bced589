"""``audit verify`` and ``export evidence``: the record, and the proof that it is as it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cli.conftest import Shell
from cli.processes import running_engine
from dialconsole.cli.options import ISO
from dialconsole.resources import folder

CALL = [
    "attempt", "campaign", "seller", "client", "purpose", "voice", "artificial_voice", "opt_out_line",
    "registry_exempt", "registry_exempt_by", "registry_exempt_at", "terms_from", "campaign_changed_at", "started_by",
    "started_at", "direction", "called_number", "calling_number", "trunk", "claimed_at", "dialed_at", "answered_at",
    "ended_at", "duration_s", "disposition", "sip_code", "consent", "registry", "zones", "checked_at", "checks",
]  # fmt: skip


def tamper(workspace: Path, statement: str) -> None:
    """Change the ledger as somebody with a database tool would."""
    with closing(sqlite3.connect(workspace / "ledger.db")) as connection, connection:
        connection.execute(statement)


def test_verify(spring: Shell) -> None:
    """A record as it was written is good, and its last hash is told so that it can be noted elsewhere."""
    found = spring.json("audit", "verify")
    assert found["first_bad"] is None
    assert found["entries"] == found["last"] == 3
    assert found["hash"] in spring("audit", "verify")
    assert {"steps of calls", "audit"} == set(found["covers"])
    assert "outcomes of calls" in found["covers_not"]
    assert "not checked: outcomes of calls, evidence of the gate, do-not-call entries" in spring("audit", "verify")


def test_verify_an_empty_record(shell: Shell) -> None:
    """A record without entries is good."""
    shell("registry", "list", code=1)
    shell("trunk", "add", "main")
    assert "as it was written: 1." in shell("audit", "verify")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE events SET detail = replace(detail, 'spring', 'autumn') WHERE seq = 2", "entry 2 (of the audit"),
        ("DELETE FROM events WHERE seq = 2", "entry 2 is missing"),
        ("UPDATE events SET at = at + 1 WHERE seq = 3", "entry 3"),
    ],
)
def test_verify_finds_what_was_changed(spring: Shell, workspace: Path, statement: str, sentence: str) -> None:
    """An entry that was changed or removed is exit code 1, named in a sentence and in the JSON."""
    tamper(workspace, statement)
    spring("audit", "verify", code=1)
    assert sentence in spring.err
    assert f'"first_bad": {sentence.split()[1]}' in spring("audit", "verify", "--json", code=1)


def test_verify_beside_a_running_engine(spring: Shell, workspace: Path) -> None:
    """The record is checked over a connection that only reads, while an engine has it open."""
    with running_engine(workspace):
        assert "as it was written" in spring("audit", "verify")


def test_options_go_behind_verify(spring: Shell, workspace: Path) -> None:
    """An option before the subcommand would be about something else; it is a usage error."""
    spring("audit", "--workspace", str(workspace), "verify", code=2)
    assert "audit verify" in spring.err
    spring("audit", "verify", "--workspace", str(workspace))


def test_verify_without_a_workspace(shell: Shell) -> None:
    """A folder that is no workspace is told."""
    shell("audit", "verify", code=1)
    assert "no workspace" in shell.err


@pytest.fixture
def day(shell: Shell, write_list: Callable[..., Path], tmp_path: Path) -> str:
    """The workspace of a simulated morning, with consent from a column and attested."""
    path = write_list(
        "name,phone,consent,consent_date,consent_source\n"
        "Ana,212-555-0143,written,2026-01-05,web form\nBo,312-555-0107,,,\n"
    )
    target = str(tmp_path / "day")
    shell("simulate", str(path), "--start", "2026-03-03T15:10:00Z", "--hours", "2", "--workspace", target)
    return target


def test_export(shell: Shell, day: str) -> None:
    """Each call has its seller, numbers, times, disposition, consent, registry version and checks as stored."""
    calls = shell.lines("export", "evidence", "--workspace", day)
    attempts = shell.lines("export", "attempts", "--workspace", day)
    assert [call["attempt"] for call in calls] == [attempt["attempt"] for attempt in attempts]
    assert all(list(call) == CALL for call in calls)
    ana = next(call for call in calls if call["called_number"] == "+12125550143")
    assert (ana["seller"], ana["voice"], ana["artificial_voice"], ana["direction"]) == (
        "A simulation", "ai", True, "outbound",
    )  # fmt: skip
    assert ana["consent"]["basis"] == "written"
    assert ana["consent"]["source"] == "web form"
    assert ana["consent"]["at"].startswith("2026-01-05")
    bo = next(call for call in calls if call["called_number"] == "+13125550107")
    assert (bo["consent"]["basis"], bo["consent"]["source"]) == ("written", "attested by simulate")
    assert "version 1 of 2026-03-03" in ana["registry"]
    assert {check["check"] for check in ana["checks"]} >= {"registry", "consent", "caps", "hours"}
    assert (ana["started_by"], ana["terms_from"], ana["campaign_changed_at"]) == ("simulate", "call", None)
    assert ana["started_at"] <= ana["claimed_at"]


def test_durations(shell: Shell, tmp_path: Path) -> None:
    """A call lasts from the answer to the end; one that nobody answered has no duration."""
    path = folder("sample_lists") / "survey_small.csv"
    target = str(tmp_path / "day")
    shell("simulate", str(path), "--start", "2026-03-03T15:10:00Z", "--hours", "2", "--workspace", target)
    calls = shell.lines("export", "evidence", "--workspace", target)
    assert any(call["answered_at"] for call in calls)
    for call in calls:
        if call["answered_at"] is None:
            assert call["duration_s"] is None
        else:
            lasted = ISO(call["ended_at"]) - ISO(call["answered_at"])
            assert call["duration_s"] == pytest.approx(lasted.total_seconds(), abs=0.002)


def test_settings_changed_after_a_call(shell: Shell, day: str) -> None:
    """The record tells what held at the call, whatever the campaign says now; and when it was changed."""
    before = shell.lines("export", "evidence", "--workspace", day)
    changes = [
        "caller_identity=Somebody else",
        "purpose=political",
        "voice=human",
        "client=other",
        "opt_out_line=+12125550111",
    ]
    shell("campaign", "set", "simulation", *changes, "--workspace", day)
    after = shell.lines("export", "evidence", "--workspace", day)
    assert after[0]["campaign_changed_at"] > after[0]["claimed_at"]
    assert [call | {"campaign_changed_at": None} for call in after] == before
    assert after[0]["seller"] == "A simulation"


def test_deleted_campaign(shell: Shell, day: str) -> None:
    """The calls of a campaign that was deleted stay on record as they were; only where the consent stood is gone."""
    before = shell.lines("export", "evidence", "--workspace", day)
    shell("campaign", "drain", "simulation", "--workspace", day)
    shell("campaign", "delete", "simulation", "--workspace", day)
    after = shell.lines("export", "evidence", "--workspace", day)
    assert {call["consent"]["list"] for call in after} == {None}
    for call in (*before, *after):
        del call["consent"]["list"], call["consent"]["line"]
    assert after == before


def test_calls_recorded_before_terms_were(shell: Shell, day: str) -> None:
    """Their terms and consent are read as they are now, and the record says that; who started it, the audit tells."""
    tamper(Path(day), "UPDATE attempts SET terms = NULL, facts = NULL")
    shell("campaign", "set", "simulation", "caller_identity=Somebody else", "--workspace", day)
    [call, *_] = shell.lines("export", "evidence", "--workspace", day)
    assert (call["seller"], call["terms_from"], call["started_by"]) == ("Somebody else", "now", "simulate")
    assert call["consent"]["basis"] == "written"
    shell("campaign", "drain", "simulation", "--workspace", day)
    shell("campaign", "delete", "simulation", "--workspace", day)
    [call, *_] = shell.lines("export", "evidence", "--workspace", day)
    assert (call["seller"], call["purpose"], call["consent"], call["started_by"]) == (None, None, None, "simulate")


def test_one_campaign(shell: Shell, day: str) -> None:
    """--campaign narrows the record to one."""
    assert shell.lines("export", "evidence", "--workspace", day, "--campaign", "simulation")
    assert shell.lines("export", "evidence", "--workspace", day, "--campaign", "other") == []
