"""URLs of the wrong kind: whatever answers there, nobody is dialed, nobody gets a token twice, and it is said."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from livekit import api
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock
from dialconsole.model.attempt import EventKind
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, Found
from dialconsole.telephony.livekit import wire
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.refusal import of_dial, of_setup
from dialconsole.telephony.livekit.server import NotSent, Server
from dialconsole.telephony.livekit.wire import Moved, NoLiveKit, in_short, without_token
from kit.livekit_rig import SETTINGS, TUESDAY, backend_on, order, with_server
from kit.socket_loop import run_with_sockets
from kit.stranger import NOT_LIVEKIT, Answer, Stranger
from kit.twirp import KEY, SECRET, FakeLiveKit, Fault

REDIRECTS = (301, 302, 303, 307, 308)


def at(answer: Answer, main: Callable[[Stranger, LiveKitBackend], Awaitable[None]]) -> None:
    """Run a test with a backend whose trunk leads to a stranger."""

    async def body() -> None:
        async with Stranger(answer).serving() as stranger:
            backend = LiveKitBackend(SETTINGS, Server(Access(stranger.url, KEY, SECRET)), LoopClock(TUESDAY))
            try:
                await main(stranger, backend)
            finally:
                await backend.close()

    run_with_sockets(body)


def names(answers: dict[str, Answer]) -> Iterable[object]:
    return [pytest.param(answer, id=name) for name, answer in answers.items()]


@pytest.mark.parametrize("answer", names(NOT_LIVEKIT))
def test_a_url_of_the_wrong_kind_is_the_trunks_fault(answer: Answer) -> None:
    """Whatever answers: a trunk fault in a sentence, before anything was dialed, and the contact is as it was."""

    async def main(stranger: Stranger, backend: LiveKitBackend) -> None:
        line = RecordingLine()
        end = await backend.place(order(), line)
        assert end.outcome is Outcome.TRUNK_FAULT
        assert end.detail.endswith(".")
        assert EventKind.DIALING not in line.kinds
        assert not [path for path, _ in stranger.posts if path.endswith("CreateSIPParticipant")]

    at(answer, main)


@pytest.mark.parametrize("answer", names(NOT_LIVEKIT))
def test_looking_for_a_call_never_raises(answer: Answer) -> None:
    """After a crash, recovery gets a word about the call from ``find``, whatever stands at the URL now."""

    async def main(_: Stranger, backend: LiveKitBackend) -> None:
        assert await backend.find("att-1") in (Found.UNREACHABLE, Found.GONE)

    at(answer, main)


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_is_not_followed(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """One request, one POST: neither body nor token travels on; the sentence names where it would have led."""
    caplog.set_level(logging.DEBUG)

    async def main(stranger: Stranger, backend: LiveKitBackend) -> None:
        end = await backend.place(order(), RecordingLine())
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)
        assert "sends requests elsewhere, to http://elsewhere.example:81." in end.detail
        assert "secret" not in end.detail
        assert [path for path, _ in stranger.posts].count("/twirp/livekit.RoomService/CreateRoom") == 1

    at(Answer(status, location="http://user:secret@elsewhere.example:81/login?token=secret"), main)


def test_a_redirect_loop_leaves_no_token_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Calls, looks and deletions against a server that redirects to itself: no log line has a token of theirs."""
    caplog.set_level(logging.DEBUG)

    async def main(stranger: Stranger, backend: LiveKitBackend) -> None:
        await backend.place(order(), RecordingLine())
        await backend.find("att-2")
        await backend.adopt(order(attempt="att-3"), RecordingLine())
        await asyncio.sleep(300)  # the sweeper has given up
        tokens = {token for _, token in stranger.posts}
        assert tokens
        assert "" not in tokens
        for line in [record.getMessage() for record in caplog.records] + [caplog.text]:
            assert "Bearer" not in line
            assert "eyJ" not in line
            assert not any(token in line for token in tokens)
        assert any("Moved" in record.getMessage() for record in caplog.records)

    at(Answer(307, location="self"), main)


def test_a_redirected_dial_is_one_post() -> None:
    """The room was made, and the dial is redirected to the same server: it is refused, and never sent again."""

    async def main(server: FakeLiveKit) -> None:
        server.faults["CreateSIPParticipant"].append(
            Fault("raw", answer=Answer(307, location=f"{server.url}/twirp/livekit.SIP/CreateSIPParticipant"))
        )
        backend, line = backend_on(server), RecordingLine()
        end = await backend.place(order(), line)
        await backend.close()
        assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)
        assert server.seen["CreateSIPParticipant"] == 1
        assert server.dials == []
        assert server.rooms == {}

    with_server(main)


@pytest.mark.parametrize("answer", [*NOT_LIVEKIT.values(), Answer(302, location="http://elsewhere.example/")])
def test_a_dial_answered_by_a_stranger_is_looked_for(answer: Answer) -> None:
    """A proxy may have handed the dial on before it spoke for itself: what comes of it is looked up, not guessed."""

    async def main(server: FakeLiveKit) -> None:
        server.faults["CreateSIPParticipant"].append(Fault("raw", answer=answer))
        backend = backend_on(server)
        end = await backend.place(order(), RecordingLine())
        await backend.close()
        if answer.status in (404, 405) and answer.body != b'"Not Found"':
            assert (end.outcome, end.stops_trunk) == (Outcome.TRUNK_FAULT, True)
        else:
            assert end.outcome is Outcome.UNKNOWN
            assert "lost sight of" in end.detail
        assert server.seen["CreateSIPParticipant"] == 1

    with_server(main)


def test_metadata_that_is_none_is_no_sip_code() -> None:
    """What stands where a SIP code should be and is none does not make an outcome."""
    wrong: list[Any] = [{"sip_status_code": []}, {"sip_status_code": "999"}, {"sip_status_code": "486 Busy"}, "text"]
    for meta in wrong:
        error = api.SipCallError("internal", "", status=500, metadata=meta)
        assert of_dial(error, hung_up=False, rang_s=1.0, ring_timeout_s=30.0) is None
    error = api.SipCallError("unknown", "", status=500, metadata={"sip_status_code": "486", "sip_status": 5})  # type: ignore[dict-item]
    end = of_dial(error, hung_up=False, rang_s=1.0, ring_timeout_s=30.0)
    assert end is not None
    assert (end.outcome, end.sip_reason) == (Outcome.BUSY, "")


def with_token() -> aiohttp.ClientResponseError:
    headers = CIMultiDictProxy(CIMultiDict({"Authorization": "Bearer eyJhbGciOi.eyJ2aWRlbyI.c2lnbmF0dXJl"}))
    request = aiohttp.RequestInfo(URL("http://h/"), "POST", headers, URL("http://h/"))
    return aiohttp.TooManyRedirects(request, (), status=307)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (with_token(), "TooManyRedirects (HTTP 307)"),
        (api.TwirpError("unavailable", "no response", status=503), "ServerError unavailable (HTTP 503)"),
        (api.TwirpError("Bearer eyJ", "eyJ", status=500), "ServerError unknown (HTTP 500)"),
        (ConnectionRefusedError(111, "refused"), "ConnectionRefusedError (ECONNREFUSED)"),
        (TimeoutError(), "TimeoutError"),
        (NoLiveKit("it makes rooms without an id"), "NoLiveKit: it makes rooms without an id"),
        (Moved(307, ""), "Moved: it sends requests on"),
        (Problem("A sentence.", code="no_observer"), "Problem no_observer"),
        (ValueError("eyJhbGciOi"), "ValueError"),
    ],
)
def test_an_error_in_short(error: Exception, told: str) -> None:
    """Kind and code and no more: ``repr`` of the client's errors has the whole request in it, with the token."""
    assert in_short(error) == told


def test_no_log_line_prints_an_error_raw() -> None:
    """Every module that talks to LiveKit: ``%r`` of the client's errors has the token in it."""
    for module in Path(wire.__file__).parent.glob("*.py"):
        assert "%r" not in module.read_text("utf-8"), module.name


def test_a_token_that_a_server_quotes_is_left_out() -> None:
    """A sentence that shows a server's words shows no token."""
    said = without_token("invalid token: eyJhbGciOiJIUzI1.eyJ2aWRlbyI6e30.c2lnbmF0dXJl, sorry")
    assert said == "invalid token: (token), sorry"
    end = of_setup(api.TwirpError("internal", "bad eyJhbGciOiJIUzI1.eyJ2.c2ln", status=500))
    assert "eyJ" not in end.detail


def _of(error: Exception) -> tuple[CallEnd, CallEnd | None]:
    wrapped = NotSent()
    wrapped.__cause__ = error
    return of_setup(error), of_dial(wrapped, hung_up=False, rang_s=0.0, ring_timeout_s=0.0)


def test_a_certificate_is_told_in_our_words_first() -> None:
    """Where a sentence is cut, what is wrong has been said: our words, then OpenSSL's reason alone."""
    why = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] " + "x" * 300)
    why.verify_message = "self-signed certificate"
    key = aiohttp.client_reqrep.ConnectionKey("livekit.example", 443, True, True, None, None, None)
    for end in _of(aiohttp.ClientConnectorCertificateError(key, why)):
        assert end is not None
        assert end.detail == "LiveKit's certificate does not verify: self-signed certificate. Nothing was dialed."
        assert end.stops_trunk


def test_a_name_that_cannot_be_resolved_is_named() -> None:
    """A typing error in the URL is seen at once when the sentence repeats the name."""
    key = aiohttp.client_reqrep.ConnectionKey("livekti.example", 443, True, True, None, None, None)
    for end in _of(aiohttp.ClientConnectorDNSError(key, OSError(-2, "Name or service not known"))):
        assert end is not None
        assert "the name livekti.example cannot be resolved (DNS)" in end.detail
        assert not end.stops_trunk
