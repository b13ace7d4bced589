"""``dialconsole trunk show``, ``reset``, ``release`` and ``lock``, and the state in lists and status."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import msgspec
import pytest

from cli.conftest import Shell
from dialconsole.cli.instant import local
from dialconsole.cli.trunk_state import _caller, _facts, state_words
from dialconsole.model.campaign import Limits, LiveKitSettings, Trunk
from dialconsole.model.request.trunks import TrunkReport
from dialconsole.model.view import CallerIdView, Circuit, TrunkView, WebhookView
from dialconsole.store.workspace import Workspace

VIEW = TrunkView("main", "livekit", "", 1, Limits(calls_per_second=1.0), 0, 0, 0)


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


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (None, "not listened for on 127.0.0.1:8089 now"),
        (WebhookView("127.0.0.1:8089", open=False), "not listened for on 127.0.0.1:8089 now"),
        (WebhookView("127.0.0.1:8089", open=True), "on 127.0.0.1:8089, none has come in yet"),
        (
            WebhookView("127.0.0.1:8089", open=True, heard_at=1772553600.0, refused=1234),
            f"on 127.0.0.1:8089, the newest of {local(1772553600.0)}; 1,234 refused, not signed with this key",
        ),
    ],
)
def test_webhooks_in_words(seen: WebhookView | None, told: str) -> None:
    """Whether they are listened for, whether they come in, and how many were forged."""
    doc = Trunk(name="real", backend="livekit", livekit=LiveKitSettings(webhook_listen="127.0.0.1:8089"))
    view = msgspec.structs.replace(VIEW, webhooks=seen)
    assert dict(_facts(TrunkReport(doc, view)))["webhooks"] == told
    assert "webhooks" not in dict(_facts(TrunkReport(Trunk(name="real"), view)))


def test_instants_are_in_the_operators_zone() -> None:
    """As everywhere that people read them: no microseconds, no T and Z."""
    view = msgspec.structs.replace(
        VIEW,
        circuit=Circuit.OPEN,
        retry_at=1772553600.25,
        caller_ids=(CallerIdView("+12125550100", resting_until=1772553600.25),),
    )
    assert dict(_facts(TrunkReport(Trunk(name="main"), view)))["next try"] == local(1772553600.0)
    assert _caller(view.caller_ids[0])[-1] == f"until {local(1772553600.0)}"
