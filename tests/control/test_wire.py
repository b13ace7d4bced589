"""Frames and messages: what was sent is what is read, and nothing else is."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from contracts.fake_port import ENGINE, alert
from dialconsole.control.wire import (
    MAX_FRAME,
    Answer,
    BadFrame,
    Hello,
    Ping,
    Refusal,
    frame,
    from_client,
    from_engine,
    pack,
    pack_rows,
    read_frame,
    unpack_request,
    unpack_result,
    unpack_rows,
)
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import GetStatus, StatusReport
from dialconsole.model.request.request import Request
from dialconsole.model.request.union import AnyRequest
from dialconsole.model.view import VIEW_TYPES, Kind


def reader_of(*chunks: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    return reader


async def test_frames() -> None:
    """Frames come out as they went in, one after the other, and then the end."""
    reader = reader_of(frame(Ping(id=1)) + frame(Ping(id=2)))
    first, second = await read_frame(reader), await read_frame(reader)
    assert first is not None
    assert second is not None
    assert [from_client(first), from_client(second)] == [Ping(id=1), Ping(id=2)]
    assert await read_frame(reader) is None


@pytest.mark.parametrize("cut", [1, 3, 4, 6])
async def test_half_a_frame(cut: int) -> None:
    """A connection that ends in the length or in the message is told from one that ends between two."""
    with pytest.raises(BadFrame, match="middle"):
        await read_frame(reader_of(frame(Ping(id=1))[:cut]))


async def test_oversized_frame_is_not_read() -> None:
    """A length above the cap is refused from its four bytes alone."""
    with pytest.raises(BadFrame, match=str(MAX_FRAME + 1)):
        await read_frame(reader_of((MAX_FRAME + 1).to_bytes(4, "big")))


def test_oversized_message_is_not_sent() -> None:
    """A message above the cap is a problem for whoever asked, before anything is sent."""
    with pytest.raises(Problem, match="fewer rows") as caught:
        frame(Answer(id=1, result=pack("x" * MAX_FRAME)))
    assert caught.value.code == "too_large"


def test_views_keep_their_types() -> None:
    """Each row decodes to the type of its kind."""
    rows = ((Kind.ENGINE, "engine", ENGINE), (Kind.ALERT, "a", alert("a")))
    assert unpack_rows(pack_rows(rows)) == rows
    assert set(VIEW_TYPES) == set(Kind)


def test_row_of_another_kind() -> None:
    """A row whose view is not of its kind is refused, not guessed."""
    with pytest.raises(BadFrame, match="row"):
        unpack_rows([(Kind.TRUNK, "main", pack(ENGINE))])


def test_every_request_travels() -> None:
    """Requests are told apart on the wire by their names, so no two may share one; and none is left out."""
    kinds = AnyRequest.__args__
    assert {kind for kind in Request.__subclasses__() if kind.__module__.startswith("dialconsole.")} == set(kinds)
    assert len({kind.__struct_config__.tag for kind in kinds}) == len(kinds)
    assert unpack_request(pack(GetStatus())) == GetStatus()


def test_result_of_another_type() -> None:
    """An answer that is not what the request promises is a problem in words."""
    with pytest.raises(Problem, match="cannot be read"):
        unpack_result(pack("yes"), StatusReport)


def test_a_thousand_nested_lists() -> None:
    """Bytes made to exhaust the decoder's stack are refused like any other garbage."""
    hello = msgspec.msgpack.encode({"type": "Hello", "protocol": 1, "version": "1"})
    hostile = bytes([hello[0] + 1]) + hello[1:] + msgspec.msgpack.encode("more") + b"\x91" * 100_000 + b"\xc0"
    with pytest.raises(BadFrame):
        from_client(hostile)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_garbage(payload: bytes) -> None:
    """Any bytes at all are a message, or are refused as none; nothing else is raised."""
    for decode in (from_client, from_engine):
        try:
            decode(payload)
        except BadFrame as error:
            assert str(error).isprintable()
    with pytest.raises(Problem):
        unpack_request(Raw(payload))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=50), st.integers(min_value=0, max_value=2**63 - 1), st.text(max_size=50))
def test_round_trip(version: str, protocol: int, sentence: str) -> None:
    """Any text and number survives the way."""
    hello = Hello(protocol=protocol, version=version, user=sentence)
    assert from_client(frame(hello)[4:]) == hello
    refusal = Refusal(code=version, sentence=sentence)
    assert from_engine(frame(refusal)[4:]) == refusal
