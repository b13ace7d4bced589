"""Looking a LiveKit trunk over: every cause is one fault with its mend, and no phone can ring."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec import structs

from dialconsole.clock import RealClock
from dialconsole.model.campaign import Limits, LiveKitSettings, Trunk
from dialconsole.model.finding import Finding, FindingKind
from dialconsole.telephony.livekit import preflight as preflight_module
from dialconsole.telephony.livekit.access import KEY_VARIABLE, SECRET_VARIABLE
from dialconsole.telephony.livekit.preflight import preflight
from dialconsole.telephony.livekit.probe import NOWHERE, LiveKitProbe, Unreachable, Unreached, _ours
from dialconsole.telephony.livekit.written import transport, written
from dialconsole.telephony.preflight import check_trunk
from kit.livekit_server import KEY, NO_RESPONSE, SECRET, LiveKitServer
from kit.stranger import NOT_LIVEKIT, Answer, Stranger

EVERYTHING = [
    "url", "trunk_id", "agent", "caller_ids", "allowed_numbers", "ring_timeout", "budget", "keys",
    "dns", "server", "tls", "clock", "key", "sip_trunk", "version", "sip_node", "agent_job",
]  # fmt: skip


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LiveKitServer]:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    monkeypatch.setattr(preflight_module, "LOOK_AGAIN_S", 0.01)
    server = LiveKitServer()
    server.now = RealClock().time
    async with server.serving():
        yield server


def trunk(server: LiveKitServer, **settings: Any) -> Trunk:
    said: dict[str, Any] = {
        "url": server.url,
        "sip_trunk_id": "ST_main",
        "agent": "reminder",
        "agent_ready_s": 1.0,
    } | settings
    return Trunk(
        name="main",
        backend="livekit",
        caller_ids=("+15550100000",),
        allowed_numbers=("+12125550143",),
        livekit=LiveKitSettings(**said),
    )


async def look(doc: Trunk, ring_timeout_s: float = 30.0, folder: Path = Path("/nonexistent")) -> dict[str, Finding]:
    """The findings by name. Whatever was found, each thing is told once, and no secret with it."""
    findings = await check_trunk(doc, clock=RealClock(), folder=folder, ring_timeout_s=ring_timeout_s)
    assert [finding.name for finding in findings] == EVERYTHING
    for finding in findings:
        assert finding.fact
        assert bool(finding.mend) == (finding.kind in (FindingKind.FAULT, FindingKind.WARNING))
        for secret in (SECRET, KEY, "eyJ"):
            assert secret not in repr(finding)
    return {finding.name: finding for finding in findings}


def faulty(found: dict[str, Finding]) -> list[str]:
    return [name for name, finding in found.items() if finding.kind is FindingKind.FAULT]


def kinds(found: dict[str, Finding], *names: str) -> list[str]:
    return [found[name].kind.value for name in names]


async def test_everything_right(server: LiveKitServer) -> None:
    """All is fine, and what was made for it is gone: the room with the agent, and nobody was called."""
    found = await look(trunk(server))
    assert {name: f.kind for name, f in found.items() if f.kind is not FindingKind.OK} == {"tls": FindingKind.SKIPPED}
    assert "1.13.5" in found["version"].fact
    assert server.rooms == {}
    [(agent, job)] = server.dispatched
    assert agent == "reminder"
    assert json.loads(job)["campaign"] == "trunk-check"


async def test_no_phone_can_ring(server: LiveKitServer) -> None:
    """The one call that is asked for goes to a host that cannot exist, to no number, and never over the trunk."""
    await look(trunk(server))
    [call] = server.calls
    assert call.trunk.hostname == NOWHERE
    assert NOWHERE.endswith(".invalid")
    assert call.sip_trunk_id == ""
    assert call.sip_call_to == "0"


async def test_wrong_key(server: LiveKitServer) -> None:
    """401 is the key, in those words, and nothing else is blamed; nothing more is asked."""
    server.keys = {KEY: "another-secret-of-more-than-32-characters"}
    found = await look(trunk(server))
    assert faulty(found) == ["key"]
    assert "401" in found["key"].fact
    assert kinds(found, "sip_trunk", "version", "sip_node", "agent_job") == ["skipped"] * 4
    assert server.asked == ["ListRooms"]


@pytest.mark.parametrize("no", [(403, "permission_denied"), (401, "unauthenticated")])
async def test_key_without_rights(server: LiveKitServer, no: tuple[int, str]) -> None:
    """A key that the server knows, but that may not look, is told apart from a wrong one (1.13.5 says 401 too)."""
    status, code = no
    server.failures["ListRooms"] = (status, code, "permissions denied")
    found = await look(trunk(server))
    assert faulty(found) == ["key"]
    assert code in found["key"].fact
    assert "rights" in found["key"].mend


@pytest.mark.parametrize("answer", [pytest.param(answer, id=name) for name, answer in NOT_LIVEKIT.items()])
async def test_a_url_of_the_wrong_kind(server: LiveKitServer, answer: Answer) -> None:
    """Whatever answers there, the check comes to its end, finds the fault and tells the mend."""
    async with Stranger(answer).serving() as stranger:
        found = await look(structs.replace(trunk(server), livekit=LiveKitSettings(url=stranger.url, agent="reminder")))
    if answer.type == "application/protobuf" and not answer.body:  # as an empty server would answer a list
        assert "makes rooms without an id" in found["agent_job"].fact
    else:
        assert "no LiveKit server" in found["key"].fact
        assert "Compare the address" in found["key"].mend
        assert kinds(found, "sip_trunk", "version", "sip_node", "agent_job") == ["skipped"] * 4


async def test_requests_that_are_sent_elsewhere(server: LiveKitServer) -> None:
    """The front page is there and requests are redirected: they are not followed, and that is what is said."""
    async with Stranger(Answer(307, location="https://lk.example/twirp")).serving() as stranger:
        found = await look(structs.replace(trunk(server), livekit=LiveKitSettings(url=stranger.url, agent="reminder")))
        assert [path for path, _ in stranger.posts] == ["/twirp/livekit.RoomService/ListRooms"]
    assert "sends requests elsewhere, and they are not followed (to https://lk.example)" in found["key"].fact
    assert "livekit.url" in found["key"].mend


@pytest.mark.parametrize(
    ("ahead_s", "kind", "word"),
    [
        (0.0, FindingKind.OK, "agree"),
        (-90.0, FindingKind.FAULT, "not valid yet"),
        (7 * 3600.0, FindingKind.FAULT, "expired"),
        (120.0, FindingKind.WARNING, "behind"),
        (-30.0, FindingKind.WARNING, "ahead"),
    ],
)
async def test_clocks(server: LiveKitServer, ahead_s: float, kind: FindingKind, word: str) -> None:
    """Whose clock is off and by how much, and whether tokens are refused for it, from the server's own Date."""
    server.ahead_s = ahead_s
    found = await look(trunk(server))
    assert found["clock"].kind is kind
    assert word in found["clock"].fact


async def test_clock_refuses_the_token(server: LiveKitServer) -> None:
    """A token that is refused while the clocks disagree is not called a wrong key."""
    server.ahead_s = -90.0
    server.keys = {}
    found = await look(trunk(server))
    assert "may be the clock" in found["key"].fact
    assert "NTP" in found["key"].mend


async def test_unknown_trunk(server: LiveKitServer) -> None:
    """An id that the server does not know comes back as an empty item."""
    found = await look(trunk(server, sip_trunk_id="ST_other"))
    assert faulty(found) == ["sip_trunk"]
    assert "ST_other" in found["sip_trunk"].fact


async def test_caller_id_of_somebody_else(server: LiveKitServer) -> None:
    """A caller ID that LiveKit's trunk does not have is named; a trunk with any number has them all."""
    doc = structs.replace(trunk(server), caller_ids=("+15550100000", "+15550100009"))
    found = await look(doc)
    assert faulty(found) == ["sip_trunk"]
    assert "and not +15550100009" in found["sip_trunk"].fact
    server.trunks["ST_main"] = ["*"]
    assert faulty(await look(doc)) == []


async def test_server_without_redis(server: LiveKitServer) -> None:
    """A server that has no SIP says so in its own words; ours name the cause."""
    server.failures["ListSIPOutboundTrunk"] = (500, "internal", "sip not connected (redis required)")
    server.sip = NO_RESPONSE
    found = await look(trunk(server))
    assert "Redis" in found["sip_trunk"].fact


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NO_RESPONSE, FindingKind.FAULT),
        ((503, "unavailable", "cpu exhausted"), FindingKind.WARNING),
        ((401, "unauthenticated", ""), FindingKind.FAULT),
        ((403, "permission_denied", ""), FindingKind.FAULT),
        ((400, "invalid_argument", "trunk or trunk_id required"), FindingKind.SKIPPED),
        ((404, "not_found", "requested sip trunk does not exist"), FindingKind.SKIPPED),
        ((500, "internal", ""), FindingKind.SKIPPED),
        ((408, "canceled", "sip request timed out"), FindingKind.SKIPPED),
    ],
)
async def test_sip_service(server: LiveKitServer, answer: tuple[int, str, str], kind: FindingKind) -> None:
    """Nobody there, busy, not allowed; and what tells nothing is left to the first call instead of guessed."""
    server.sip = answer
    found = await look(trunk(server))
    assert found["sip_node"].kind is kind
    assert (kind is FindingKind.SKIPPED) == ("first call" in found["sip_node"].fact)


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("1.9.11", FindingKind.FAULT),
        ("1.9.12", FindingKind.OK),
        ("1.13.5", FindingKind.OK),
        ("2.0.0-rc1", FindingKind.OK),
        ("nightly", FindingKind.SKIPPED),
        ("", FindingKind.SKIPPED),
    ],
)
async def test_versions(server: LiveKitServer, version: str, kind: FindingKind) -> None:
    """A server older than the oldest that was tested is told, with both versions."""
    server.version = version
    found = await look(trunk(server))
    assert found["version"].kind is kind
    assert "1.9.12" in found["version"].fact


@pytest.mark.parametrize(
    ("agents", "word"),
    [
        ({}, "No worker of the name 'reminder'"),
        ({"reminder": ""}, "did not say"),
        ({"reminder": "initializing"}, "did not say"),
    ],
)
async def test_agents(server: LiveKitServer, agents: dict[str, str], word: str) -> None:
    """No worker, and an agent that comes but never listens, are two faults; the room is gone either way."""
    server.agents = agents
    found = await look(trunk(server))
    assert faulty(found) == ["agent_job"]
    assert word in found["agent_job"].fact
    assert server.rooms == {}


async def test_a_slow_agent_finds_its_room(server: LiveKitServer) -> None:
    """The room lasts as long as the agent may take, also after our own look at the version has left it again."""
    await look(trunk(server, agent_ready_s=60.0))
    [room] = server.created
    assert room.empty_timeout > 60
    assert room.departure_timeout > 60


async def test_no_agent_named(server: LiveKitServer) -> None:
    """A trunk may leave the agent to its campaigns: then there is none to wait for."""
    found = await look(trunk(server, agent=""))
    assert kinds(found, "agent", "agent_job") == ["warning", "skipped"]
    assert server.dispatched == []


async def test_room_refused(server: LiveKitServer) -> None:
    """A key that may not make rooms: said at the agent, which is not waited for."""
    server.failures["CreateRoom"] = (403, "permission_denied", "")
    found = await look(trunk(server, agent_ready_s=60.0))
    assert "permission_denied" in found["agent_job"].fact
    assert "ListParticipants" not in server.asked


async def test_no_keys(server: LiveKitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without keys nothing is asked of anybody."""
    monkeypatch.delenv(SECRET_VARIABLE)
    found = await look(trunk(server))
    assert faulty(found) == ["keys"]
    assert server.asked == []


async def test_keys_file(server: LiveKitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keys file is looked for in the workspace."""
    monkeypatch.delenv(SECRET_VARIABLE)
    (tmp_path / "livekit.keys").write_text(f"{KEY}: {SECRET}\n")
    (tmp_path / "livekit.keys").chmod(0o600)
    found = await look(trunk(server, keys_file="livekit.keys"), folder=tmp_path)
    assert faulty(found) == []
    (tmp_path / "livekit.keys").chmod(0o644)
    assert "chmod 600" in (await look(trunk(server, keys_file="livekit.keys"), folder=tmp_path))["keys"].fact


@pytest.mark.parametrize("url", ["", "sip:x", "ws://h/rtc", "ws://h:port"])
async def test_bad_address(server: LiveKitServer, url: str) -> None:
    """An address that is none: one fault, and nothing is looked up."""
    found = await look(trunk(server, url=url))
    assert faulty(found) == ["url"]
    assert found["dns"].kind is FindingKind.SKIPPED


async def test_nothing_there(server: LiveKitServer) -> None:
    """A port where nobody listens: refused, in the system's word."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        found = await look(trunk(server, url=url))
    assert faulty(found) == ["server"]
    assert "Connection refused" in found["server"].fact
    assert kinds(found, "tls", "clock", "key", "agent_job") == ["skipped"] * 4


async def test_no_such_name(server: LiveKitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that cannot be looked up, and a name server that is silent."""

    async def gone(*args: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", gone)
    found = await look(trunk(server, url="wss://livekit.example"))
    assert faulty(found) == ["dns"]
    assert "livekit.example cannot be looked up" in found["dns"].fact


async def test_no_tls_there(server: LiveKitServer) -> None:
    """wss:// to a server that speaks plain: the mend is the other scheme."""
    found = await look(trunk(server, url=server.url.replace("ws://", "wss://")))
    assert faulty(found) == ["tls"]
    assert "ws://" in found["tls"].mend


async def test_certificate() -> None:
    """A certificate that does not verify is told with the reason, and is never accepted."""
    key: Any = structs  # any object with the attributes the client reads of a connection
    refused = ssl.SSLCertVerificationError("bad")
    refused.verify_message = "self-signed certificate"
    error = _ours(aiohttp.ClientConnectorCertificateError(key, refused))
    assert isinstance(error, Unreached)
    assert (error.reason, error.why) == (Unreachable.CERTIFICATE, "self-signed certificate")


async def test_other_servers(server: LiveKitServer) -> None:
    """What speaks no HTTP, a web server of another kind, and one that sends us elsewhere."""

    async def speak(answer: bytes) -> dict[str, Finding]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            writer.close()

        other = await asyncio.start_server(talk, "127.0.0.1", 0)
        async with other:
            port = other.sockets[0].getsockname()[1]
            return await look(trunk(server, url=f"ws://127.0.0.1:{port}"))

    found = await speak(b"-ERR unknown command\r\n")
    assert "no LiveKit server" in found["server"].fact
    found = await speak(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    assert "no LiveKit server" in found["key"].fact
    assert found["clock"].kind is FindingKind.SKIPPED
    found = await speak(b"HTTP/1.1 301 Moved\r\nLocation: https://livekit.example/\r\nContent-Length: 0\r\n\r\n")
    assert "https://livekit.example/" in found["server"].fact
    found = await speak(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    assert "no LiveKit server" in found["key"].fact
    assert faulty(found) == ["key"]


async def test_server_goes_away_meanwhile(server: LiveKitServer) -> None:
    """A server that is lost in the middle is a fault of what was asked then, and the rest is still told."""
    server.failures["ListParticipants"] = (503, "unavailable", "")
    found = await look(trunk(server))
    assert faulty(found) == ["agent_job"]
    assert found["version"].kind is FindingKind.OK


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"caller_ids": ()}, "caller_ids"),
        ({"caller_ids": ("2125550100",)}, "caller_ids"),
        ({"caller_ids": ("+1 212 555 0100",)}, "caller_ids"),
        ({"allowed_numbers": ("0143",)}, "allowed_numbers"),
    ],
)
async def test_numbers(server: LiveKitServer, changes: dict[str, Any], name: str) -> None:
    """Numbers that are not in E.164 are named."""
    assert name in faulty(await look(structs.replace(trunk(server), **changes)))


async def test_allowed_numbers(server: LiveKitServer) -> None:
    """A trunk that is not released and allows nobody is worth a look; a released one is not."""
    nobody = structs.replace(trunk(server), allowed_numbers=())
    assert (await look(nobody))["allowed_numbers"].kind is FindingKind.WARNING
    assert (await look(structs.replace(nobody, released=True)))["allowed_numbers"].kind is FindingKind.OK


@pytest.mark.parametrize(
    ("ring_s", "kind"),
    [(30.0, FindingKind.OK), (60.0, FindingKind.OK), (70.0, FindingKind.FAULT), (0.0, FindingKind.SKIPPED)],
)
async def test_ring_timeout(server: LiveKitServer, ring_s: float, kind: FindingKind) -> None:
    """A ring must end, with what comes before it, while the server still waits."""
    assert (await look(trunk(server), ring_timeout_s=ring_s))["ring_timeout"].kind is kind


@pytest.mark.parametrize(
    ("url", "kind", "word"),
    [
        ("https://livekit.example", FindingKind.OK, "443"),
        ("http://127.0.0.1:7880", FindingKind.OK, "7880"),
        ("http://localhost", FindingKind.OK, "80"),
        ("http://livekit.example:7880", FindingKind.WARNING, "unencrypted"),
    ],
)
def test_transport(url: str, kind: FindingKind, word: str) -> None:
    """Plain text is fine within this machine, and worth a look beyond it; a port that is not named is said."""
    finding = transport(url)
    assert finding.kind is kind
    assert word in finding.fact


async def test_trunk_id_of_another_shape(server: LiveKitServer) -> None:
    """No id is a fault; one that looks like none of LiveKit's is worth a look."""
    assert (await look(trunk(server, sip_trunk_id="")))["trunk_id"].kind is FindingKind.FAULT
    assert (await look(trunk(server, sip_trunk_id="main")))["trunk_id"].kind is FindingKind.WARNING


async def test_other_backends() -> None:
    """The fake trunk is fine, and says that it is fake; a backend that does not exist is a fault."""
    [fake] = await check_trunk(Trunk(name="demo"), clock=RealClock(), folder=Path("/"), ring_timeout_s=30)
    assert fake.kind is FindingKind.OK
    assert "fake" in fake.fact
    [other] = await check_trunk(
        Trunk(name="demo", backend="pigeon"), clock=RealClock(), folder=Path("/"), ring_timeout_s=30
    )
    assert other.kind is FindingKind.FAULT
    assert "'pigeon'" in other.fact


async def test_without_the_client(server: LiveKitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where LiveKit's client is not installed, that is the finding."""

    def missing(name: str) -> None:
        raise ImportError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("dialconsole.telephony.preflight.import_module", missing)
    [finding] = await check_trunk(trunk(server), clock=RealClock(), folder=Path("/"), ring_timeout_s=30)
    assert finding.kind is FindingKind.FAULT
    assert "cannot be loaded" in finding.fact


async def test_nothing_is_left_open(server: LiveKitServer) -> None:
    """The session is closed even when the look itself fails."""

    class Broken(LiveKitProbe):
        async def hello(self) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await preflight(trunk(server), clock=RealClock(), folder=Path("/"), ring_timeout_s=30, make_probe=Broken)


async def test_nothing_secret_is_logged(server: LiveKitServer, caplog: pytest.LogCaptureFixture) -> None:
    """At the finest level, of all libraries together, with the right key and with a wrong one."""
    caplog.set_level(0)
    await look(trunk(server))
    server.keys = {}
    await look(trunk(server))
    for secret in (SECRET, KEY, "eyJ"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("calls", "budget", "kind", "says"),
    [
        (10, 600, FindingKind.OK, "every 2.5 s"),
        (99, 600, FindingKind.OK, "every 9.9 s"),
        (100, 600, FindingKind.WARNING, "every 10 s"),
        (200, 600, FindingKind.WARNING, "every 20 s"),
        (200, 4800, FindingKind.OK, "every 2.5 s"),
        (None, 600, FindingKind.SKIPPED, "cannot be said"),
    ],
)
def test_more_calls_than_can_be_looked_at(calls: int | None, budget: int, kind: FindingKind, says: str) -> None:
    """From an interval of 10 s on: the numbers, what follows, and the budget at which nothing would."""
    doc = Trunk(
        name="main",
        backend="livekit",
        limits=Limits(max_concurrent=calls),
        livekit=LiveKitSettings(api_calls_per_minute=budget),
    )
    [found] = [finding for finding in written(doc, 30.0) if finding.name == "budget"]
    assert (found.kind, says in found.fact) == (kind, True)
    if calls == 200 and kind is FindingKind.WARNING:
        assert "livekit.api_calls_per_minute=4800" in found.mend
