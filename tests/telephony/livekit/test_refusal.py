"""Every error a LiveKit server was seen to answer a dial with, through the real client, to its outcome."""

from __future__ import annotations

import ssl

import aiohttp
import msgspec
import pytest
from livekit import api

from contracts.backend_rig import RecordingLine
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.refusal import clocks_differ, of_dial, of_setup
from dialconsole.telephony.livekit.server import NotSent
from kit import refusals
from kit.livekit_cast import Callee, Refusal
from kit.livekit_rig import SETTINGS, backend_on, order, with_server
from kit.refusals import Row
from kit.twirp import FakeLiveKit, Fault

ROWS = refusals.load().rows


def place_with(refusal: Refusal) -> tuple[CallEnd, RecordingLine, FakeLiveKit]:
    """A call whose callee's carrier, or whose server, answers like this."""

    async def main(server: FakeLiveKit) -> tuple[CallEnd, RecordingLine, FakeLiveKit]:
        backend, line = backend_on(server), RecordingLine()
        end = await backend.place(order(), line)
        await backend.close()
        return end, line, server

    return with_server(main, lambda _: Callee(rings_after_s=None, refusal=refusal))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_recorded_refusal(row: Row) -> None:
    """Outcome, code and phrase, whether the trunk must stop; one dial, no room left; the sentence tells the case."""
    end, line, server = place_with(row.refusal)
    assert (end.outcome, end.sip_code, end.stops_trunk) == (row.outcome, row.sip_code, row.stops_trunk)
    assert end.sip_reason == row.meta.get("sip_status", "")
    assert row.says in end.detail
    assert end.detail.endswith((".", ")"))
    assert len(server.dials) == 1
    assert server.rooms == {}
    assert line.kinds == [EventKind.ROOM, EventKind.AGENT_READY, EventKind.DIALING]


def test_every_row_says_where_it_is_from() -> None:
    """Recorded from servers of a known version, or why not: nothing that was made up passes for seen."""
    known = refusals.load()
    assert set(known.versions) == {"redis-server", "livekit-server", "livekit-sip", "sipp", "livekit-api"}
    for row in known.rows:
        assert row.source.startswith((refusals.RECORDED, "not recorded: ", "made up: "))
        assert row.msg or row.source != refusals.RECORDED or row.code == "unknown", "real servers say something"
    recorded = [row for row in known.rows if row.source == refusals.RECORDED]
    assert len(recorded) > 4 * (len(known.rows) - len(recorded))


def test_all_outcomes_are_recorded() -> None:
    """The rows reach every outcome that an error can have."""
    never_an_error = {Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.AGENT_UNAVAILABLE, Outcome.CANCELLED}
    assert {row.outcome for row in ROWS} == set(Outcome) - never_an_error


def test_a_ring_time_out_has_no_code() -> None:
    """The server's own time-out comes as ``canceled`` without metadata, and means that nobody picked up."""
    error = api.TwirpError("canceled", "sip request timed out", status=408)
    end = of_dial(error, hung_up=False, rang_s=30.0, ring_timeout_s=30.0)
    assert end is not None and end.outcome is Outcome.NO_ANSWER
    assert "ring time-out" in end.detail


def test_the_same_error_is_cancelled_when_we_hung_up() -> None:
    """LiveKit answers the same when the room is deleted, so only our own memory tells the two apart."""
    error = api.TwirpError("canceled", "sip request timed out", status=408)
    end = of_dial(error, hung_up=True, rang_s=30.0, ring_timeout_s=30.0)
    assert end is not None and end.outcome is Outcome.CANCELLED


def test_a_sip_code_counts_even_when_we_hung_up() -> None:
    """The callee declined in the very moment of our hanging up: the wish is kept."""
    meta = {"sip_status_code": "603", "sip_status": "Decline"}
    error = api.SipCallError("permission_denied", "", status=403, metadata=meta)
    end = of_dial(error, hung_up=True, rang_s=5.0, ring_timeout_s=30.0)
    assert end is not None and end.outcome is Outcome.REJECTED


@pytest.mark.parametrize("error", [TimeoutError(), aiohttp.ServerDisconnectedError(), ValueError("garbage")])
def test_what_was_sent_and_not_answered_is_lost(error: Exception) -> None:
    """Nobody knows what the phone does: no outcome is made up."""
    assert of_dial(error, hung_up=False, rang_s=1.0, ring_timeout_s=30.0) is None


def _connector_error(kind: type[aiohttp.ClientConnectorError], why: OSError) -> Exception:
    key = aiohttp.client_reqrep.ConnectionKey("livekit.example", 443, True, True, None, None, None)
    return kind(key, why)


@pytest.mark.parametrize(
    ("cause", "says", "stops"),
    [
        (
            _connector_error(aiohttp.ClientConnectorError, ConnectionRefusedError(111, "Connection refused")),
            "refused",
            0,
        ),
        (_connector_error(aiohttp.ClientConnectorDNSError, OSError(-2, "Name unknown")), "DNS", 0),
        (_connector_error(aiohttp.ClientConnectorSSLError, ssl.SSLError(1, "wrong version number")), "TLS", 1),
        (TimeoutError(), "in time", 0),
        (aiohttp.ServerDisconnectedError(), "connection broke", 0),
        (aiohttp.InvalidUrlClientError("http://["), "URL", 1),
    ],
)
def test_what_was_never_sent_rang_nobody(cause: Exception, says: str, stops: bool) -> None:
    """DNS gone, nobody listening, a certificate that does not verify: a trunk fault, in those words."""
    wrapped = NotSent()
    wrapped.__cause__ = cause
    for end in (of_setup(cause), of_dial(wrapped, hung_up=False, rang_s=0.0, ring_timeout_s=0.0)):
        assert end is not None
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, bool(stops))
        assert says in end.detail
        assert end.detail.endswith("Nothing was dialed.")


def test_clocks_that_disagree_are_named() -> None:
    """A refused token may be right and late: the sentence says by how much and which way."""
    assert "90 s ahead of this machine's" in clocks_differ(90.0).detail
    assert "3,600 s behind this machine's" in clocks_differ(-3600.0).detail
    assert clocks_differ(90.0).stops_trunk


@pytest.mark.parametrize(("date", "says"), [("", "API key"), ("Wed, 01 Jan 2020 00:00:00 GMT", "clocks disagree")])
def test_a_wrong_key_stops_the_trunk(date: str, says: str) -> None:
    """401 with code unknown: nothing is dialed, and the server's clock tells whether it is the key."""

    async def main(server: FakeLiveKit) -> None:
        server.date = date
        backend, line = backend_on(server, key="wrong"), RecordingLine()
        end = await backend.place(order(), line)
        await backend.close()
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)
        assert says in end.detail
        assert line.events == []
        assert server.seen["CreateSIPParticipant"] == 0

    with_server(main)


def test_an_unknown_trunk_is_never_a_bad_number() -> None:
    """The server knows no such trunk id: 404 like a number that does not exist, and nothing like it."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server, msgspec.structs.replace(SETTINGS, sip_trunk_id="ST_other"))
        end = await backend.place(order(), RecordingLine())
        await backend.close()
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)

    with_server(main)


def test_no_sip_node_after_a_second() -> None:
    """No SIP service on the bus: said so, a trunk fault, not dialed."""

    async def main(server: FakeLiveKit) -> None:
        server.sip_node = False
        backend = backend_on(server)
        end = await backend.place(order(), RecordingLine())
        await backend.close()
        assert end.outcome is Outcome.TRUNK_FAULT
        assert "No SIP service" in end.detail

    with_server(main)


def test_a_server_that_talks_no_protobuf_is_no_livekit() -> None:
    """200 and a web page: the URL is wrong, and that is said."""

    async def main(server: FakeLiveKit) -> None:
        server.faults["CreateRoom"].append(Fault("garbage"))
        backend = backend_on(server)
        end = await backend.place(order(), RecordingLine())
        await backend.close()
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)
        assert "no LiveKit server" in end.detail

    with_server(main)
