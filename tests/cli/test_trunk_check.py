"""``dialconsole trunk add`` for LiveKit and ``trunk check``; and that no secret is written or printed by any of it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import Shell
from dialconsole.telephony.livekit.access import KEY_VARIABLE, SECRET_VARIABLE
from kit.livekit_server import KEY, NO_RESPONSE, SECRET, LiveKitServer
from kit.stranger import NOT_LIVEKIT, Answer

LIVEKIT = ("--sip-trunk-id", "ST_main", "--agent", "reminder", "--caller-id", "+15550100000")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveKitServer]:
    """A server in a thread of its own, since commands run their own event loops; the environment has its keys."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    server = LiveKitServer()
    server.now = time.time
    loop = asyncio.new_event_loop()
    up, down = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with server.serving():
            up.set()
            await down.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert up.wait(10)
    yield server
    loop.call_soon_threadsafe(down.set)
    thread.join()
    loop.close()


def test_add(shell: Shell, server: LiveKitServer) -> None:
    """A LiveKit address makes it a trunk of LiveKit's; limits have the carriers' names too; what is next is said."""
    said = shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT, "--max-concurrent", "3", "--cps", "0.5")
    assert "dialconsole trunk check main" in said
    [trunk] = shell.json("trunk", "list")
    assert trunk["backend"] == "livekit"
    assert (trunk["livekit"]["url"], trunk["livekit"]["sip_trunk_id"]) == (server.url, "ST_main")
    assert (trunk["livekit"]["agent"], trunk["caller_ids"]) == ("reminder", ["+15550100000"])
    assert (trunk["limits"]["max_concurrent"], trunk["limits"]["calls_per_second"]) == (3, 0.5)
    assert trunk["released"] is False
    assert server.url in shell("trunk", "list")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--livekit-url", "ws://127.0.0.1:7880"), 2, "--sip-trunk-id, --agent, --caller-id"),
        (LIVEKIT, 2, "--livekit-url"),
        (("--backend", "fake", *LIVEKIT), 2, "--sip-trunk-id"),
        (("--livekit-url", "ws://h/rtc", *LIVEKIT), 1, "leave the rest out"),
        (("--livekit-url", f"ws://{KEY}:{SECRET}@h", *LIVEKIT), 1, "do not belong in it"),
    ],
)
def test_add_what_cannot_be(shell: Shell, workspace: Path, words: tuple[str, ...], code: int, told: str) -> None:
    """What is missing or does not fit is named before anything is written; a secret in the address is not repeated."""
    shell("trunk", "add", "main", *words, code=code)
    assert told in shell.err
    assert SECRET not in shell.err
    assert not workspace.exists()


def test_set(shell: Shell, server: LiveKitServer) -> None:
    """Settings of LiveKit's part are changed by their dotted names; there is none for a key."""
    shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT)
    shell("trunk", "set", "main", "livekit.agent=spring", "livekit.agent_ready_s=5")
    [trunk] = shell.json("trunk", "list")
    assert (trunk["livekit"]["agent"], trunk["livekit"]["agent_ready_s"]) == ("spring", 5)
    for setting in ("api_key", "livekit.api_secret", "livekit.secret"):
        shell("trunk", "set", "main", f"{setting}={SECRET}", code=1)
        assert SECRET not in shell.err
    shell("trunk", "set", "main", f"livekit.url=ws://{KEY}:{SECRET}@h", code=1)
    assert SECRET not in shell.err


def test_check(shell: Shell, server: LiveKitServer) -> None:
    """A line a fact; exit code 0 while nothing is at fault."""
    shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT)
    said = shell("trunk", "check", "main")
    assert "livekit-server 1.13.5" in said
    assert "FAULT" not in said
    report = shell.json("trunk", "check", "main")
    assert (report["trunk"], report["backend"]) == ("main", "livekit")
    assert {finding["kind"] for finding in report["findings"]} == {"ok", "warning", "skipped"}


def test_check_finds_a_fault(shell: Shell, server: LiveKitServer) -> None:
    """Exit code 1, the fault in capitals, and its mend below it; as JSON too."""
    server.sip = NO_RESPONSE
    shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT)
    said = shell("trunk", "check", "main", code=1)
    lines = said.splitlines()
    [at] = [i for i, line in enumerate(lines) if line.startswith("FAULT")]
    assert "503" in lines[at]
    assert "-> Start livekit-sip" in lines[at + 1]
    shell("trunk", "check", "main", "--json", code=1)


@pytest.mark.parametrize("answer", [pytest.param(answer, id=name) for name, answer in NOT_LIVEKIT.items()])
def test_a_url_of_the_wrong_kind(shell: Shell, server: LiveKitServer, answer: Answer) -> None:
    """Whatever web server answers there: check and doctor tell a fault and its mend, and come to their end."""
    server.stranger = answer
    shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT)
    said = shell("trunk", "check", "main", code=1)
    assert "FAULT" in said
    parts = shell("doctor", "--json", code=1)
    [found] = [part["findings"] for part in json.loads(parts) if part["part"] == "trunk main"]
    faults = [finding for finding in found if finding["kind"] == "fault"]
    assert faults
    assert all(finding["mend"] for finding in faults)


def test_check_the_fake(shell: Shell) -> None:
    """A fake trunk is fine, and fake."""
    shell("trunk", "add", "demo")
    assert "no phone rings" in shell("trunk", "check", "demo")
    shell("trunk", "check", "backup", code=1)
    assert "there are: demo" in shell.err


def test_no_secret_anywhere(shell: Shell, server: LiveKitServer, workspace: Path) -> None:
    """Adding, changing, checking (with right and wrong keys), looking: no file and no output has key or secret."""
    printed = [shell("trunk", "add", "main", "--livekit-url", server.url, *LIVEKIT)]
    printed.append(shell("trunk", "set", "main", "livekit.agent_ready_s=1"))
    printed.append(shell("trunk", "check", "main", "--json"))
    server.keys = {}
    printed.append(shell("trunk", "check", "main", "--json", code=1))
    printed += [shell("doctor", "--json", code=1), shell("trunk", "list", "--json"), shell("audit", "--json")]
    printed += [shell("status", "--json"), shell("export", "attempts")]
    files = [path.read_bytes() for path in workspace.rglob("*") if path.is_file()]
    assert len(files) >= 2
    for word in (SECRET, KEY, "eyJhbGciOi"):
        assert not [text for text in printed if word in text]
        assert not [data for data in files if word.encode() in data]
