"""``status``, ``calls``, ``audit``, ``explain``, ``operator``, ``themes`` on a workspace that no engine serves."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell

TUESDAY_NOON_EASTERN = "2026-03-03T17:00:00Z"
TUESDAY_5_EASTERN = "2026-03-03T10:00:00Z"


def test_status(spring: Shell, workspace: Path) -> None:
    """Without an engine status says so, beside what is there."""
    report = spring.json("status")
    assert report["engine"]["path"] == str(workspace)
    assert report["engine"]["stopped"]
    assert [c["name"] for c in report["campaigns"]] == ["spring"]
    text = spring("status")
    assert "not dialing: No engine runs" in text
    assert "spring" in text


def test_no_workspace(shell: Shell, workspace: Path) -> None:
    """Looking at a workspace that is not there says so and makes none."""
    shell("status", code=1)
    assert "no workspace" in shell.err
    assert not workspace.exists()


def test_calls(spring: Shell) -> None:
    """A workspace that never called has no calls; a call that is not on record is told."""
    assert spring.json("calls")["attempts"] == []
    assert "No calls" in spring("calls", "--number", "212-555-0143", "--outcome", "busy")
    spring("calls", "nothing", code=1)
    spring("calls", "--hang-up", code=2)
    assert "over already" in spring("calls", "nothing", "--hang-up")


def test_audit(spring: Shell) -> None:
    """Everything that was changed is there, with who did it, newest first."""
    entries = spring.json("audit")
    assert [entry["action"] for entry in entries][-1] == "trunk added"
    assert {entry["who"] for entry in entries} == {pwd.getpwuid(os.getuid()).pw_name}
    assert len(spring.json("audit", "--subject", "main")) == 1
    assert "list imported" in spring("audit", "--limit", "5")


@pytest.fixture
def ready(spring: Shell, write_list: Callable[..., Path]) -> Shell:
    """``spring``, started, with a national registry of March that lists 312-555-0107."""
    spring("registry", "import", str(write_list("212,5550199\n312,5550107\n", "r.txt")), "--date", "2026-03-02")
    spring("campaign", "start", "spring")
    return spring


def test_explain(ready: Shell) -> None:
    """The JSON of explain has the keys that other programs read, and verdicts from the engine's own gate."""
    answer = ready.json("explain", "212-555-0143", "--at", TUESDAY_NOON_EASTERN)
    assert set(answer) == {
        "number", "campaign", "purpose", "voice", "verdict", "reasons", "zones", "at", "until", "checks", "skipped",
    }  # fmt: skip
    assert (answer["number"], answer["verdict"], answer["zones"]) == ("+12125550143", "clear", ["America/New_York"])
    assert [set(check) for check in answer["checks"]] == [
        {"check", "verdict", "code", "sentence", "until"} for _ in range(11)
    ]
    assert {"registry", "consent", "caps"} < {check["check"] for check in answer["checks"]}
    ready("dnc", "add", "212-555-0143")
    refused = ready.json("explain", "212-555-0143", "--at", TUESDAY_NOON_EASTERN)
    assert refused["verdict"] == "refused"
    assert refused["reasons"]
    assert "is refused" in ready("explain", "212-555-0143")


def test_explain_says_when(ready: Shell) -> None:
    """A number that is held says when it may be called: after all its holds, also those that follow each other."""
    words = ("explain", "212-555-0143", "--campaign", "spring", "--at", TUESDAY_5_EASTERN)
    early = ready.json(*words)
    assert (early["verdict"], early["until"]) == ("held", "2026-03-03T14:00:00Z")
    ready("calendar", "add", "US-NY", "2026-03-03", "a storm")
    assert ready.json(*words)["until"] == "2026-03-04T14:00:00Z"
    assert "may be called from 2026-03-04" in ready(*words)
    ready("registry", "remove", "national")
    assert ready.json(*words)["until"] is None
    assert "cannot be said" in ready(*words)


def codes(shell: Shell, *words: str) -> dict[str, str]:
    """The code of each check of an explanation, at noon Eastern."""
    answer = shell.json("explain", *words, "--at", TUESDAY_NOON_EASTERN)
    return {check["check"]: check["code"] for check in answer["checks"]}


def test_explain_what_is_said_of_the_callee(ready: Shell) -> None:
    """State, ZIP, consent, purpose and voice of the question count as a list's columns and a campaign would."""
    stranger = "212-555-0144"
    assert codes(ready, stranger, "--voice", "ai")["consent"] == "consent_missing"
    assert codes(ready, stranger, "--voice", "ai", "--consent", "oral")["consent"] == "consent_missing"
    assert codes(ready, stranger, "--voice", "ai", "--consent", "written")["consent"] == "consent_given"
    informational = ("--voice", "ai", "--purpose", "informational")
    assert codes(ready, stranger, *informational, "--consent", "oral")["consent"] == "consent_given"
    listed = "312-555-0107"
    assert codes(ready, listed, "--consent", "none")["registry"] == "registry_listed"
    assert codes(ready, listed, "--consent", "written")["registry"] == "registry_consent"
    for place in (("--state", "Washington"), ("--state", "WA"), ("--zip", "98101")):
        zones = ready.json("explain", stranger, *place)["zones"]
        assert zones == ["America/Los_Angeles", "America/New_York"]


@pytest.mark.parametrize(
    "words", [["--consent", "maybe"], ["--purpose", "fun"], ["--voice", "robot"], ["--at", "noon"]]
)
def test_explain_usage(shell: Shell, words: list[str]) -> None:
    """What cannot be meant is a usage error."""
    shell("explain", "212-555-0143", *words, code=2)


def test_explain_without_a_workspace(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a workspace explain says what can be said of the number, and names the checks it left out."""
    monkeypatch.delenv("DIALCONSOLE_WORKSPACE")
    monkeypatch.setattr("dialconsole.cli.explain.workspace_path", lambda given: Path("/nowhere"))
    answer = shell.json("explain", "212-555-0143", "--at", TUESDAY_5_EASTERN)
    assert (answer["verdict"], answer["purpose"], answer["voice"]) == ("refused", "marketing", "ai")
    consented = shell.json("explain", "212-555-0143", "--consent", "written", "--at", TUESDAY_5_EASTERN)
    assert (consented["verdict"], consented["until"]) == ("held", "2026-03-03T13:00:00Z")
    assert {check["check"] for check in answer["checks"]} == {"number", "consent", "hours"}
    left_out = {"campaign", "allowed", "optout", "registry", "attempts", "caps", "gap", "in_a_call"}
    assert set(answer["skipped"]) == left_out
    assert codes(shell, "212-555-0143", "--voice", "ai", "--consent", "none")["consent"] == "consent_missing"
    assert "Not checked" in shell("explain", "212-555-0143")
    shell("explain", "hello", code=1)


@pytest.fixture
def alone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell without a workspace."""
    monkeypatch.delenv("DIALCONSOLE_WORKSPACE")
    monkeypatch.setattr("dialconsole.cli.explain.workspace_path", lambda given: Path("/nowhere"))
    return shell


def test_explain_judges_the_strictest_call_unless_told(alone: Shell) -> None:
    """Maine allows an artificial voice on weekdays only; a person may call there on a Saturday. The text says which."""
    maine = ("explain", "+12072345678", "--at", "2026-11-28T10:00-05:00")
    assert alone.json(*maine)["verdict"] == "refused"
    assert alone.json(*maine, "--consent", "written")["verdict"] == "held"
    assert alone.json(*maine, "--voice", "human")["verdict"] == "clear"
    assert "Judged as a call for marketing with an AI voice." in alone(*maine)
    assert "Judged as a call for survey with a human voice." in alone(*maine, "--voice", "human", "--purpose", "survey")


@pytest.mark.parametrize("number", ["+12462345678", "+14412345678", "+18762345678", "+18092345678", "+4930901820"])
def test_explain_a_country_without_rules_is_refused(alone: Shell, number: str) -> None:
    """No hour will come at which its rules are known, so nothing is held."""
    answer = alone.json("explain", number, "--voice", "human")
    assert answer["verdict"] == "refused"
    assert "no_rules" in {check["code"] for check in answer["checks"] if check["verdict"] == "refused"}


def test_explain_an_unassigned_number_is_refused(alone: Shell) -> None:
    """That is an answer, and not an error."""
    answer = alone.json("explain", "+1 684 234 5678")
    assert (answer["number"], answer["verdict"], answer["until"]) == ("+16842345678", "refused", None)
    assert {check["check"]: check["code"] for check in answer["checks"]}["number"] == "invalid_number"
    alone("explain", "+1 684 23", code=1)


@pytest.mark.parametrize(
    ("place", "says"), [(("--state", "Flordia"), "Did you mean Florida?"), (("--zip", "00000"), "no ZIP code")]
)
def test_explain_refuses_a_place_that_is_none(alone: Shell, place: tuple[str, str], says: str) -> None:
    """An answer for the number alone would be taken for one about that place."""
    alone("explain", "212-555-0143", *place, code=1)
    assert says in alone.err


def test_operators(shell: Shell) -> None:
    """Roles are given to accounts or uids, listed, and taken away."""
    shell("trunk", "add", "main")
    shell("operator", "grant", "4711", "observer", "--name", "maria")
    assert shell.json("operator", "list") == [{"uid": 4711, "name": "maria", "role": "observer"}]
    shell("operator", "grant", "4711", "king", code=2)
    shell("operator", "revoke", "4711")
    assert "Nobody" in shell("operator", "list")
    shell("operator", "grant", "no-such-account", "observer", code=1)
    assert "no-such-account" in shell.err


def test_themes(shell: Shell, tmp_path: Path) -> None:
    """Themes are listed and checked; a file with faults is exit code 1, with each fault in a sentence."""
    assert {"dark", "mono"} <= {theme["name"] for theme in shell.json("themes", "list")}
    assert "dark" in shell("themes", "list")
    assert "good" in shell("themes", "check", "dark")
    broken = tmp_path / "broken.toml"
    broken.write_text("[theme]\nname = 'broken'\n[colors]\nprimary = 'blu'\n")
    out = shell("themes", "check", str(broken), code=1)
    assert "blu" in out
    assert json.loads(shell("themes", "check", str(broken), "--json", code=1))[str(broken)]
