"""Webhooks: signed or refused, and never more than hints."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec
import pytest
from livekit import api

from contracts.backend_rig import RecordingLine
from dialconsole.model.attempt import EventKind
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.webhooks import MOST_BYTES, address_of
from kit.livekit_cast import Callee
from kit.livekit_rig import SETTINGS, backend_on, order, with_server
from kit.twirp import KEY, SECRET, FakeLiveKit


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def left(identity: str = "att-1", *, kind: str = "SIP", reason: str = "CLIENT_INITIATED", **attributes: str) -> str:
    """The body of a participant_left."""
    participant = {"identity": identity, "kind": kind, "disconnectReason": reason, "attributes": attributes}
    return json.dumps({"event": "participant_left", "room": {"name": "att-1"}, "participant": participant})


def signature(body: str, secret: str = SECRET) -> str:
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    return api.AccessToken(KEY, secret).with_sha256(digest).to_jwt()


class Hooks:
    """LiveKit's end of the webhooks of one backend."""

    def __init__(self, server: FakeLiveKit, backend: LiveKitBackend, port: int) -> None:
        self.server = server
        self.backend = backend
        self._url = f"http://127.0.0.1:{port}/livekit"

    async def post(self, body: str, auth: str | None = None) -> int:
        return await self.post_bytes(body.encode(), signature(body) if auth is None else auth)

    async def post_bytes(self, body: bytes, auth: str = "") -> int:
        posted = aiohttp.request("POST", self._url, data=body, headers={"Authorization": auth})
        async with posted as response:
            return response.status


def during_a_call(
    deed: Callable[[Hooks], Awaitable[None]], callee: Callee | None = None
) -> tuple[CallEnd, RecordingLine]:
    """A call with a person; ``deed`` is done while they talk."""

    async def main(server: FakeLiveKit) -> tuple[CallEnd, RecordingLine]:
        port = free_port()
        settings = msgspec.structs.replace(SETTINGS, webhook_listen=f"127.0.0.1:{port}")
        backend = backend_on(server, settings, access=Access("", KEY, SECRET))
        line = RecordingLine()
        call = asyncio.create_task(backend.place(order(), line))
        await line.reached(EventKind.HUMAN)
        await deed(Hooks(server, backend, port))
        end = await call
        assert (len(backend), server.rooms, len(server.dials)) == (0, {}, 1)
        await backend.close()
        return end, line

    return with_server(main, lambda _: callee or Callee(stays_s=30.0))


def test_a_true_webhook_brings_a_look() -> None:
    """The callee has left: seen within a second, where the next look of its own would be 5 s away."""
    left_at = []

    async def deed(hooks: Hooks) -> None:
        room = hooks.server.rooms["att-1"]
        assert room.call is not None
        await asyncio.sleep(5.1)
        room.call.hang_up()
        await asyncio.sleep(0.1)
        left_at.append(asyncio.get_running_loop().time())
        assert await hooks.post(left()) == 200

    end, line = during_a_call(deed, Callee(stays_s=300.0))
    assert end.outcome is Outcome.ANSWERED
    assert line.heard[EventKind.HANG_UP] - left_at[0] < 1.0


@pytest.mark.parametrize("how", ["no signature", "wrong secret", "other body", "bearer", "not a token"])
def test_forged_webhooks_are_refused(how: str) -> None:
    """401, and nothing in it is read."""
    wrong = {
        "no signature": "",
        "wrong secret": signature(left(), "another-secret-of-more-than-thirty-two"),
        "other body": signature("{}"),
        "bearer": f"Bearer {signature(left())}",
        "not a token": "x" * 5000,
    }

    async def deed(hooks: Hooks) -> None:
        assert await hooks.post(left(), wrong[how]) == 401
        assert hooks.backend._calls["att-1"].hint == 0

    end, line = during_a_call(deed)
    assert end.outcome is Outcome.ANSWERED
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) >= 30.0


def test_a_flood_of_forged_webhooks_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """The first is told at once, then one line a minute with how many there were; all are counted."""

    async def deed(hooks: Hooks) -> None:
        for _ in range(50):
            await hooks.post(left(), "forged")
        await asyncio.sleep(61)
        for _ in range(50):
            await hooks.post(left(), "forged")
        seen = hooks.backend.webhooks()
        assert seen is not None
        assert (seen.open, seen.heard_at, seen.refused) == (True, None, 100)

    caplog.set_level("WARNING")
    during_a_call(deed, Callee(stays_s=120.0))
    told = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert [line.split()[0] for line in told] == ["1", "50"]


def test_calls_are_looked_at_seldom_only_while_webhooks_come_in() -> None:
    """An address that LiveKit cannot reach costs nothing; one that falls silent costs a minute of slower looks."""

    async def main(server: FakeLiveKit) -> None:
        port = free_port()
        settings = msgspec.structs.replace(SETTINGS, webhook_listen=f"127.0.0.1:{port}")
        backend = backend_on(server, settings, access=Access("", KEY, SECRET))
        hooks = Hooks(server, backend, port)

        async def looks(seconds: float) -> int:
            before = server.seen["ListParticipants"]
            await asyncio.sleep(seconds)
            return server.seen["ListParticipants"] - before

        line = RecordingLine()
        first = asyncio.create_task(backend.place(order(), line))
        await line.reached(EventKind.HUMAN)
        await asyncio.sleep(5)
        assert await looks(50) >= 18, "none has come in: every 2.5 s"
        assert await hooks.post(left(), "forged") == 401
        assert await looks(50) >= 18, "a forged one is none"
        assert await hooks.post(left("somebody else")) == 200
        await asyncio.sleep(5)
        assert await looks(50) <= 12, "they come in: every 5 s"
        assert await looks(200) <= 45, "a long talk sends none, which says nothing"
        seen = backend.webhooks()
        assert seen is not None
        assert seen.heard_at is not None
        second = asyncio.create_task(backend.place(order("21", "att-2"), RecordingLine()))
        await second
        assert await looks(50) >= 10
        await asyncio.sleep(20)
        assert await looks(50) >= 18, "another call began, and none came of it"
        await backend.hang_up("att-1")
        await first
        await backend.close()

    with_server(main, lambda number: Callee(stays_s=900.0) if number.endswith("10") else Callee(answers_after_s=None))


def test_replayed_twice_and_out_of_order() -> None:
    """The callee "left" again and again, room finished, joined: the look says that they talk, so they talk."""
    bodies = [
        left(),
        left(),
        json.dumps({"event": "room_finished", "room": {"name": "att-1"}}),
        json.dumps({"event": "participant_joined", "room": {"name": "att-1"}, "participant": {"identity": "att-1"}}),
        left(reason="USER_UNAVAILABLE"),
        left("somebody else"),
        json.dumps({"event": "participant_left", "room": {"name": "att-other"}}),
        json.dumps({"event": "no_such_event", "unknown": [1, 2]}),
    ]

    async def deed(hooks: Hooks) -> None:
        for body in [*bodies, *reversed(bodies)]:
            assert await hooks.post(body) == 200

    end, line = during_a_call(deed)
    assert end.outcome is Outcome.ANSWERED
    assert line.kinds.count(EventKind.HANG_UP) == 1
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) >= 30.0


def test_a_storm_costs_few_looks() -> None:
    """Two hundred replays at once: one more look, not two hundred."""

    async def deed(hooks: Hooks) -> None:
        before = hooks.server.seen["ListParticipants"]
        for _ in range(200):
            await hooks.post(left())
        assert hooks.server.seen["ListParticipants"] - before <= 8

    during_a_call(deed)


def test_signed_nonsense() -> None:
    """A right signature over what is no event of ours."""

    async def deed(hooks: Hooks) -> None:
        for body in ("", "[]", "{", '{"room": 7}', "\ufffd" * 100):
            assert await hooks.post(body) in (200, 401)
        assert await hooks.post_bytes(b"\xff\xfe\x00") == 401
        assert await hooks.post(json.dumps({"event": "x" * (MOST_BYTES + 1)})) == 413

    during_a_call(deed)


def test_last_words_of_an_agent_that_has_left() -> None:
    """Its attributes are gone with it, and came with the webhook: the wish is kept."""

    async def deed(hooks: Hooks) -> None:
        await hooks.post(left("agent-1", kind="AGENT", **{"dc.opt_out": "do not call me again"}))

    _, line = during_a_call(deed)
    assert [event.detail for event in line.events if event.kind is EventKind.OPT_OUT] == ["do not call me again"]


def test_a_port_in_use_is_no_reason_not_to_call() -> None:
    """Calls are looked at instead, and that is told once, where a person sees it."""

    async def main(server: FakeLiveKit) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings = msgspec.structs.replace(SETTINGS, webhook_listen=f"127.0.0.1:{taken.getsockname()[1]}")
            backend = backend_on(server, settings, access=Access("", KEY, SECRET))
            told: list[tuple[str, str]] = []
            backend.tell_with(lambda sentence, severity: told.append((sentence, severity)))
            for attempt in ("att-1", "att-2"):
                end = await backend.place(order(attempt=attempt), RecordingLine())
                assert end.outcome is Outcome.ANSWERED
            [(sentence, severity)] = told
            assert severity == "warning"
            assert f"cannot be taken on {settings.webhook_listen} (address already in use)" in sentence
            seen = backend.webhooks()
            assert seen is not None
            assert not seen.open
            await backend.close()

    with_server(main)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "name or service not known"),
        (UnicodeError("label empty or too long"), "label empty or too long"),
    ],
)
def test_a_host_that_is_none_is_no_reason_not_to_call(
    monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    """As little as a port in use is; and it is told in words, not in the number of an error."""

    async def start(self: object) -> None:
        raise error

    async def main(server: FakeLiveKit) -> None:
        settings = msgspec.structs.replace(SETTINGS, webhook_listen="hook.invalid:8089")
        backend = backend_on(server, settings, access=Access("", KEY, SECRET))
        told: list[str] = []
        backend.tell_with(lambda sentence, severity: told.append(sentence))
        monkeypatch.setattr("aiohttp.web.TCPSite.start", start)
        end = await backend.place(order(attempt="att-1"), RecordingLine())
        assert end.outcome is Outcome.ANSWERED
        [sentence] = told
        assert f"cannot be taken on hook.invalid:8089 ({why})" in sentence
        await backend.close()

    with_server(main)


@pytest.mark.parametrize("text", ["127.0.0.1:8089", "[::1]:8089", "localhost:1"])
def test_address(text: str) -> None:
    """host:port, with or without brackets."""
    host, port = address_of(text)
    assert port == int(text.rpartition(":")[2])
    assert "[" not in host


@pytest.mark.parametrize(
    "text", ["8089", ":8089", "localhost", "localhost:", "localhost:http", "a:0", "a:65536", "a..b:1"]
)
def test_address_that_is_none(text: str) -> None:
    """A sentence with what it should look like."""
    with pytest.raises(Problem, match="host:port"):
        address_of(text)
