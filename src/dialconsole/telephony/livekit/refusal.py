"""What an error of LiveKit's server API says about a call.

HTTP status and Twirp code are ambiguous: 404 is a number that does not exist or a trunk that does not, 429 a busy
line or a quota, 408 a phone nobody picked up or a request that nobody finished. So the order matters: first the SIP
code with its phrase, if the error carries one (``telephony.sip`` knows those), then the code *without* metadata, and
only for the few cases that share a code the text of the message.

The rest is the most important outcome of all: *lost sight*. A request that was sent and did not come back says
nothing about the phone, which may ring for another minute. Those errors have no ``CallEnd`` here; the caller must look.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api

from dialconsole.model.outcome import Outcome
from dialconsole.model.text import safe_text
from dialconsole.telephony import sip
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.server import NotSent

HUNG_UP_RINGING: Final = CallEnd(Outcome.CANCELLED, detail="hung up before anyone answered")

SKEW_S: Final = 30.0
"""Clocks that differ by more than this are named as the reason why a token was refused. LiveKit forgives a minute."""

_CODE_AGAIN: Final = re.compile("^twirp error [a-z_]+: ")
"""What LiveKit's server puts before what its SIP service said."""

_EARLY_S: Final = 2.0
"""A ring time-out that comes this much too early is none: somebody else ended the call."""

_RUNG_OUT: Final = CallEnd(Outcome.NO_ANSWER, detail=sip.describe(None, ring_timeout=True))
_ENDED_BY_OTHERS: Final = CallEnd(
    Outcome.NO_ANSWER, detail="The call was ended at the LiveKit server before anyone answered, and not by us."
)
_NO_REPLY: Final = CallEnd(Outcome.TRUNK_FAULT, detail=sip.describe(None))
_NO_SIP_NODE: Final = CallEnd(
    Outcome.TRUNK_FAULT,
    detail="No SIP service of LiveKit took the call: none is running, all are full, or it uses another Redis than the "
    "server. Nothing was dialed.",
)
_SIP_NODE_BUSY: Final = CallEnd(
    Outcome.TRUNK_FAULT, detail="LiveKit's SIP service has no processor time left for a call. Nothing was dialed."
)
_QUOTA: Final = CallEnd(
    Outcome.THROTTLED, detail="The LiveKit server takes no more requests for now (its quota). Nothing was dialed."
)
_WRONG_KEY: Final = CallEnd(
    Outcome.TRUNK_FAULT,
    detail="LiveKit does not accept the API key or its secret; check the keys of this trunk. Nothing was dialed.",
    stops_trunk=True,
)
_NO_TRUNK: Final = CallEnd(
    Outcome.TRUNK_FAULT,
    detail="LiveKit knows no SIP trunk of this id; check sip_trunk_id of this trunk. Nothing was dialed.",
    stops_trunk=True,
)
_NO_LIVEKIT: Final = CallEnd(
    Outcome.TRUNK_FAULT,
    detail="What answers at the trunk's URL is no LiveKit server, or one too old; check the URL. Nothing was dialed.",
    stops_trunk=True,
)

_WRONG_AT_LIVEKIT: Final = {
    "no numbers on outbound trunk": "LiveKit's trunk has no number to call from",
    "sip server required auth, but no username or password was provided": "The carrier wants a user name and a "
    "password, and LiveKit's trunk has none",
    "max auth retry attempts reached for SIP invite": "The carrier does not accept the user name and the password of "
    "LiveKit's trunk",
    "no auth header in sip invite response": "The carrier wants a user name and a password, and does not say how",
}
"""Whole sentences of LiveKit's for calls that rang nobody, because a trunk is set up wrong. (livekit/protocol
``rpc/sip.go``, livekit/sip ``pkg/sip/protocol.go``)"""

_NO_COMMON_MEDIA: Final = {
    "no common encryption profiles": "LiveKit's trunk demands encrypted media, and the carrier offers none",
    "common audio codec not found": "LiveKit's trunk and the carrier have no codec in common",
}
"""The same for calls that were answered, and ended there and then: LiveKit looks at the media of the 200 OK.
(livekit/media-sdk ``sdp/offer.go``)"""


def of_dial(error: Exception, *, hung_up: bool, rang_s: float, ring_timeout_s: float) -> CallEnd | None:
    """How a dial that failed with ``error`` ended; None: nobody knows yet, go and look.

    ``hung_up``: we asked for the end ourselves. ``rang_s``: seconds since the request. Nothing is known of an error
    that is not one of ``server.Failure``; it counts as lost sight too.
    """
    if isinstance(error, NotSent):
        return of_setup(error.__cause__ or error)
    if not isinstance(error, api.TwirpError):
        return None
    if isinstance(error, api.SipCallError) and error.sip_status_code is not None:
        return _of_sip(error.sip_status_code, error.sip_status or "")
    if error.code == api.TwirpErrorCode.CANCELED:
        return _of_cancel(error.message, hung_up, rang_s, ring_timeout_s)
    return _of_code(error, dialing=True)


def of_setup(error: BaseException) -> CallEnd:
    """How a call ended that failed with ``error`` before its dial was sent: nothing rang, whatever it is."""
    if isinstance(error, api.TwirpError):
        return _of_code(error, dialing=False) or _fault(f"LiveKit refused: {_said(error)}.")
    if isinstance(error, DecodeError):
        return _NO_LIVEKIT
    return _of_transport(error)


def refused(error: BaseException) -> bool:
    """Whether what was asked for was certainly not done: the server said no, or never heard of it."""
    return isinstance(error, api.TwirpError | aiohttp.ClientConnectorError)


def is_wrong_key(end: CallEnd) -> bool:
    """Whether clocks that differ may be the true reason."""
    return end is _WRONG_KEY


def clocks_differ(skew_s: float) -> CallEnd:
    """Instead of "wrong key", once the server's clock is known."""
    ahead = "ahead of" if skew_s > 0 else "behind"
    return CallEnd(
        Outcome.TRUNK_FAULT,
        detail=f"LiveKit refuses our access tokens because the clocks disagree: the server's is {abs(skew_s):,.0f} s "
        f"{ahead} this machine's. Set both by NTP. Nothing was dialed.",
        stops_trunk=True,
    )


def _of_sip(code: int, phrase: str) -> CallEnd:
    phrase = safe_text(phrase)
    return CallEnd(sip.outcome_of(code, phrase), code, phrase, sip.describe(code, phrase))


def _of_cancel(message: str, hung_up: bool, rang_s: float, ring_timeout_s: float) -> CallEnd:
    """One error for three things: it rang in vain, we ended it, the carrier never said a word (timer B of SIP)."""
    if hung_up:
        return HUNG_UP_RINGING
    if "failed to complete" in message:
        return _NO_REPLY
    return _ENDED_BY_OTHERS if rang_s < ring_timeout_s - _EARLY_S else _RUNG_OUT


def _of_code(error: api.TwirpError, *, dialing: bool) -> CallEnd | None:
    """An error without a SIP code. ``dialing``: the request might have rung a phone, so guessing is not allowed."""
    code, message = error.code, error.message.lower()
    if error.status == 401 or code == api.TwirpErrorCode.UNAUTHENTICATED:
        return _WRONG_KEY
    if error.status == 429 or code == api.TwirpErrorCode.RESOURCE_EXHAUSTED:
        return _QUOTA
    if code in (api.TwirpErrorCode.BAD_ROUTE, api.TwirpErrorCode.UNIMPLEMENTED):
        return _NO_LIVEKIT
    if code == api.TwirpErrorCode.UNKNOWN and error.status in (404, 405):
        return _NO_LIVEKIT
    if code == api.TwirpErrorCode.NOT_FOUND:
        return _NO_TRUNK if dialing else None
    if code == api.TwirpErrorCode.UNAVAILABLE:
        return _of_unavailable(message)
    if code == api.TwirpErrorCode.PERMISSION_DENIED:
        return _fault("The API key of this trunk may not place calls at LiveKit. Nothing was dialed.", stops=True)
    if code in (api.TwirpErrorCode.INVALID_ARGUMENT, api.TwirpErrorCode.MALFORMED):
        return _fault(f"LiveKit takes the request for wrong: {_said(error)}. Nothing was dialed.")
    if code == api.TwirpErrorCode.FAILED_PRECONDITION:
        return _of_precondition(error, dialing=dialing)
    return None


def _of_unavailable(message: str) -> CallEnd | None:
    if "no response from servers" in message:
        return _NO_SIP_NODE
    return _SIP_NODE_BUSY if "cpu" in message else None


def _of_precondition(error: api.TwirpError, *, dialing: bool) -> CallEnd | None:
    """How the trunk is set up; or a failure after the INVITE, which LiveKit also calls by this name.

    By whole sentences: a word of them stands in other errors too, and one of those may be about a phone that rings.
    """
    said = _said(error)
    if sentence := _WRONG_AT_LIVEKIT.get(said):
        return _fault(f"{sentence}; set the trunk right at LiveKit. ({said})", stops=True)
    if dialing and (sentence := _NO_COMMON_MEDIA.get(said)):
        detail = f"Somebody picked up to nothing: {sentence}; set the trunk right at LiveKit. ({said})"
        return CallEnd(Outcome.UNKNOWN, detail=detail, stops_trunk=True)
    return None


def _of_transport(error: BaseException) -> CallEnd:
    """The server was not reached. From what a person must mend to what mends itself."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return _fault(
            "LiveKit's certificate does not verify, or it speaks no TLS there (ws:// and http:// go without): "
            f"{safe_text(str(error))}. Nothing was dialed.",
            stops=True,
        )
    if isinstance(error, aiohttp.InvalidURL):
        return _fault("The trunk's LiveKit URL is none; check it. Nothing was dialed.", stops=True)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        why = "its name cannot be resolved (DNS)"
    elif isinstance(error, asyncio.TimeoutError):
        why = "it did not answer in time"
    elif isinstance(error, aiohttp.ClientConnectorError):
        why = safe_text(error.os_error.strerror or str(error.os_error)).lower()
    else:
        why = "the connection broke"
    return _fault(f"The LiveKit server cannot be reached: {why}. Nothing was dialed.")


def _fault(sentence: str, *, stops: bool = False) -> CallEnd:
    return CallEnd(Outcome.TRUNK_FAULT, detail=sentence, stops_trunk=stops)


def _said(error: api.TwirpError) -> str:
    return safe_text(_CODE_AGAIN.sub("", error.message)) or f"{error.code}, HTTP {error.status}"
