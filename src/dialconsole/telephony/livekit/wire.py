"""What may come back from where a trunk's URL leads, and what is told of an error from there.

A URL of the wrong kind leads to some other web server, which answers too: with a page, with a redirect to its login,
with JSON of its own. LiveKit's client takes whatever it gets for LiveKit's words and fails in the middle of them. And
a redirect would be followed with the body and the token: one dial could ring two phones, and a stranger would hold a
key of ours. So what is no answer of LiveKit's is stopped here, before the client reads it.

An error of the HTTP client carries its request, the token in it; none is ever printed, see ``in_short``.
"""

from __future__ import annotations

import errno
import re
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from livekit import api

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NOT_DONE: Final = frozenset({301, 307, 308})
"""Redirects that say by definition that the request was not carried out. 302 and 303 may be a proxy's way to an error
page, after it had handed the request on."""

_CODE: Final = re.compile(r"[a-z_]{1,40}")
_TOKEN: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
"""A JWT, as a server may quote it back."""


class NoLiveKit(Exception):
    """What answers there is no LiveKit server; the text says what it did, and may be shown."""


class Moved(NoLiveKit):
    """It sends us elsewhere. ``to`` is scheme, host and port, safe to show."""

    def __init__(self, status: int, to: str) -> None:
        super().__init__(f"it sends requests on to {to}" if to else "it sends requests on")
        self.status = status
        self.to = to

    @property
    def not_done(self) -> bool:
        """Whether the request was certainly not carried out."""
        return self.status in _NOT_DONE


async def only_livekit(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Middleware of every session that asks a LiveKit server. Raises ``NoLiveKit``, ``Moved``."""
    response = await send(request)
    if response.status in _REDIRECTS:
        moved = Moved(response.status, _origin(response.headers.get("Location", "")))
        response.close()
        raise moved
    # An empty protobuf is no bytes at all, as is an empty page: only the type tells them apart.
    if request.method == "POST" and response.status == 200 and "protobuf" not in response.content_type:
        response.close()
        raise NoLiveKit("it answers with something else than protobuf")
    return response


def in_short(error: BaseException) -> str:
    """Kind and code of an error, for the log: never its ``repr`` or its text, which may hold a token."""
    kind = type(error).__name__
    if isinstance(error, api.TwirpError):
        return f"{kind} {code_of(error)} (HTTP {error.status})"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{kind} (HTTP {error.status})"
    if isinstance(error, NoLiveKit):
        return f"{kind}: {error}"
    if isinstance(error, Problem):
        return f"{kind} {error.code}"
    if isinstance(error, OSError) and error.errno is not None and error.errno in errno.errorcode:
        return f"{kind} ({errno.errorcode[error.errno]})"
    return kind


def code_of(error: api.TwirpError) -> str:
    """Its Twirp code; ``unknown``, as the client has it for none, for what cannot be one."""
    code = str(error.code)
    return code if _CODE.fullmatch(code) else api.TwirpErrorCode.UNKNOWN


def without_token(text: str) -> str:
    """Words of a server, safe to show: a token that it quotes is left out."""
    return safe_text(_TOKEN.sub("(token)", text))


def _origin(location: str) -> str:
    """Scheme, host and port; what else is in it may be a password. Empty for a place on the same server."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return safe_text(f"{parts.scheme}://{parts.hostname}{port}") if parts.scheme and parts.hostname else ""
