"""What goes over the control socket: frames of msgpack, each one tagged struct.

A frame is four bytes of length (big-endian) and a message. Structs with tags validate each message while it is
decoded, and one decoder per direction keeps a console from sending what only an engine may say.

A request travels *raw* inside its ``Ask``, and a result raw inside its ``Answer``: a request that does not decode is
then answered with a sentence under its own id, and the asker, who knows what it asked, names the type of the result.
Rows travel raw for the same reason: their kind names their type.

Rejected: JSON lines (three times the size, and a snapshot of 100,000 rows takes seconds), HTTP over the socket (six
times the round trip and 130 ms of imports for a command that should answer in 100), gRPC (generated code).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw, Struct

from dialconsole.control.port import Welcome
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.model.view import VIEW_TYPES, Kind, View

if TYPE_CHECKING:
    from dialconsole.model.request.union import AnyRequest

PROTOCOL = 1
"""Raised when an old console could misread a new engine. Both sides must have the same."""

MAX_FRAME = 8 * 1024 * 1024
"""Bytes of one message. Longer ones are a mistake or an attack; nothing regular comes near."""

CHUNK_ROWS = 1000
"""Rows in one message: a snapshot of any size is sent without a long pause on either side."""

LENGTH = 4

WireRow = tuple[Kind, str, Raw]
Row = tuple[Kind, str]


class Hello(Struct, frozen=True, tag=True):
    """First message of a console. Its fields may grow but never change: versions are compared by it."""

    protocol: int
    version: str
    user: str = ""
    """A label the person chose; shown behind the name of their account, never instead of it."""


class Greeting(Struct, frozen=True, tag=True):
    welcome: Welcome


class Refusal(Struct, frozen=True, tag=True):
    """The engine ends the connection, and says why."""

    code: str
    sentence: str


class Ask(Struct, frozen=True, tag=True):
    id: int
    request: Raw


class Answer(Struct, frozen=True, tag=True):
    id: int
    result: Raw


class Failure(Struct, frozen=True, tag=True):
    id: int
    code: str
    sentence: str


class Subscribe(Struct, frozen=True, tag=True):
    """Send a snapshot and what changes from then on. Asked again, it starts anew."""


class SnapshotPart(Struct, frozen=True, tag=True):
    """Up to ``CHUNK_ROWS`` rows; part 0 begins a new snapshot, ``last`` completes it."""

    seq: int
    part: int
    rows: tuple[WireRow, ...]
    last: bool


class DeltaMessage(Struct, frozen=True, tag=True):
    """Rows as they are now, and rows that went. ``seq`` is one more than that of the message before."""

    seq: int
    changed: tuple[WireRow, ...]
    removed: tuple[Row, ...]


class Ping(Struct, frozen=True, tag=True):
    id: int


class Pong(Struct, frozen=True, tag=True):
    id: int


FromClient = Hello | Ask | Subscribe | Ping
FromEngine = Greeting | Refusal | Answer | Failure | SnapshotPart | DeltaMessage | Pong

_encoder = msgspec.msgpack.Encoder()
_from_client: msgspec.msgpack.Decoder[FromClient] = msgspec.msgpack.Decoder(FromClient)
_from_engine: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine)
_views: dict[Kind, msgspec.msgpack.Decoder[View]] = {k: msgspec.msgpack.Decoder(t) for k, t in VIEW_TYPES.items()}

_UNREADABLE = (ValueError, RecursionError)
"""What the decoder raises for bytes from a stranger: bad msgpack, bad UTF-8, wrong fields, a thousand nested lists."""


class BadFrame(Exception):
    """The other side sent something that is no message. The connection cannot be read any further."""


@cache
def _request_decoder() -> msgspec.msgpack.Decoder[AnyRequest]:
    """Made with the first request: it and its types cost 6 ms, and only engines need them."""
    from dialconsole.model.request.union import AnyRequest

    return msgspec.msgpack.Decoder(AnyRequest)


def pack(value: object) -> Raw:
    """A request, a result or a view, ready to travel inside a message."""
    return Raw(_encoder.encode(value))


def frame(message: FromClient | FromEngine) -> bytes:
    """A message with its length before it. Raises ``Problem`` (``too_large``) above ``MAX_FRAME``."""
    payload = _encoder.encode(message)
    if len(payload) > MAX_FRAME:
        raise Problem(
            f"The message would be {len(payload) / 2**20:.0f} MB long, and {MAX_FRAME // 2**20} MB is the most that "
            "is sent at once. Ask for fewer rows.",
            code="too_large",
        )
    return len(payload).to_bytes(LENGTH, "big") + payload


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next message's bytes; ``None`` when the other side has closed between two messages.

    Raises ``BadFrame`` for an oversized frame or one that ends in the middle, ``OSError`` when the line breaks.
    """
    try:
        header = await reader.readexactly(LENGTH)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadFrame("the connection ended in the middle of a message") from None
        return None
    length = int.from_bytes(header, "big")
    if length > MAX_FRAME:
        raise BadFrame(f"a message of {length} bytes was announced; {MAX_FRAME} are the most")
    try:
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        raise BadFrame("the connection ended in the middle of a message") from None


def from_client(payload: bytes) -> FromClient:
    """Decode what a console said. Raises ``BadFrame``."""
    try:
        return _from_client.decode(payload)
    except _UNREADABLE as error:
        raise BadFrame(f"a message could not be read: {safe_text(str(error))}") from None


def from_engine(payload: bytes) -> FromEngine:
    """Decode what an engine said. Raises ``BadFrame``."""
    try:
        return _from_engine.decode(payload)
    except _UNREADABLE as error:
        raise BadFrame(f"a message could not be read: {safe_text(str(error))}") from None


def unpack_request(raw: Raw) -> AnyRequest:
    """The request inside an ``Ask``, all its fields checked. Raises ``Problem`` (``invalid``)."""
    try:
        return _request_decoder().decode(raw)
    except _UNREADABLE as error:
        raise Problem(f"The engine does not accept this request: {safe_text(str(error))}.", code="invalid") from None


def unpack_result(raw: Raw, type: Any) -> Any:
    """The result inside an ``Answer``. Raises ``Problem`` (``invalid``) if it is not what the request promises."""
    try:
        return msgspec.msgpack.decode(raw, type=type)
    except _UNREADABLE as error:
        raise Problem(f"The engine's answer cannot be read: {safe_text(str(error))}.", code="invalid") from None


def pack_rows(rows: Iterable[tuple[Kind, str, View]]) -> tuple[WireRow, ...]:
    return tuple((kind, id, pack(view)) for kind, id, view in rows)


def unpack_rows(rows: Iterable[WireRow]) -> tuple[tuple[Kind, str, View], ...]:
    """Rows with their views as the types of ``VIEW_TYPES``. Raises ``BadFrame``."""
    try:
        return tuple((kind, id, _views[kind].decode(raw)) for kind, id, raw in rows)
    except _UNREADABLE as error:
        raise BadFrame(f"a row could not be read: {safe_text(str(error))}") from None
