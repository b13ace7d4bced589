"""``dialconsole trunk show``, ``reset``, ``release`` and ``lock``, and the state in lists and status."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from cli.conftest import Shell
from dialconsole.cli.trunk_state import state_words
from dialconsole.model.campaign import Limits, LiveKitSettings, Trunk
from dialconsole.model.view import CallerIdView, Circuit, TrunkView
from dialconsole.store.workspace import Workspace


@pytest.fixture
def real(shell: Shell, workspace: Path) -> Shell:
    """A workspace with a trunk to the real network, locked to two numbers."""
    shell("trunk", "add", "main")
    doc = Trunk(
        name="real",
        backend="livekit",
        livekit=LiveKitSettings(url="wss://example.livekit.cloud", sip_trunk_id="ST_1"),
        allowed_numbers=("+12125550101", "+12125550102"),
    )
    asyncio.run(Workspace.open(workspace).documents.put_trunk(doc))
    return shell


def locked(shell: Shell) -> bool:
    return bool(shell.json("trunk", "show", "real")["state"]["locked"])


def test_show(real: Shell) -> None:
    """State, allow list and caller IDs; in JSON beside the settings."""
    out = real("trunk", "show", "real")
    assert "locked to 2 numbers" in out
    assert "+12125550101, +12125550102" in out
    assert "+12125550100" in out
    found = real.json("trunk", "show", "main")
    assert (found["name"], found["state"]["circuit"], found["state"]["retry_at"]) == ("main", "closed", None)
    assert found["state"]["caller_ids"][0]["number"] == "+12125550100"
    real("trunk", "show", "nobody", code=1)
    assert "There is no trunk 'nobody'; there are: main, real." in real.err


def test_lists_and_status_tell_the_state(real: Shell) -> None:
    """One word for each trunk where all are listed."""
    assert [t["state"]["locked"] for t in real.json("trunk", "list")] == [False, True]
    assert "locked to 2 numbers" in real("trunk", "list")
    assert "locked to 2 numbers" in real("status")
    assert "ready" in real("status")


@pytest.mark.parametrize("typed", ["main", "reel", ""])
def test_release_wants_the_name_itself(real: Shell, typed: str) -> None:
    """Anything else changes nothing and says so."""
    real("trunk", "release", "real", "--yes-i-mean", typed, code=1)
    assert "Trunk real was not released" in real.err
    assert locked(real)


def test_release_and_lock(real: Shell) -> None:
    """Both are in the audit, with the reason; the second time nothing changes."""
    assert "may call any number now" in real(
        "trunk", "release", "real", "--yes-i-mean", "real", "--reason", "tested with two phones"
    )
    assert not locked(real)
    assert real.json("trunk", "release", "real")["changed"] is False
    assert real.json("audit")[0]["reason"] == "tested with two phones"
    assert "only its allow list of 2" in real("trunk", "lock", "real")
    assert locked(real)


def test_release_asks_for_the_name(real: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed at the prompt; what the trunk will do is said before."""
    monkeypatch.setattr("sys.stdin", io.StringIO("real\n"))
    real("trunk", "release", "real")
    assert "calls only its allow list of 2; released, it calls anybody" in real.err
    assert not locked(real)


def test_a_fake_trunk_has_no_lock(real: Shell) -> None:
    """It calls nobody."""
    real("trunk", "lock", "main", code=1)
    assert "has no lock" in real.err


def test_reset_of_a_sound_trunk(real: Shell) -> None:
    """Says that there is nothing to do."""
    assert "Nothing holds trunk main back" in real("trunk", "reset", "main")


def test_a_state_in_words() -> None:
    """All that is the matter, the most pressing first."""
    view = TrunkView("main", "livekit", "", 1, Limits(calls_per_second=1.0), 0, 0, 0)
    assert state_words(view) == "ready"
    troubled = TrunkView(
        "main", "livekit", "", 1, Limits(calls_per_second=1.0), 0, 0, 0,
        circuit=Circuit.OPEN, cause="No balance.", pace=0.5, locked=True, allowed=1,
        caller_ids=(CallerIdView("+12125550100", resting_until=1.0), CallerIdView("+12125550101")),
    )  # fmt: skip
    assert state_words(troubled) == "stopped, locked to 1 number, slowed to 0.5/s, 1 of 2 caller IDs rest"
