"""A web server that is no LiveKit server: what is behind a URL of the wrong kind."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web
from msgspec import Struct


class Answer(Struct, frozen=True):
    """What it says to every POST, whatever is asked."""

    status: int = 200
    body: bytes = b""
    type: str = "application/json"
    location: str = ""
    """Where a redirect leads; ``self`` is this server again."""

    @property
    def response(self) -> web.Response:
        return web.Response(status=self.status, body=self.body, content_type=self.type)


NOT_LIVEKIT = {
    "a 404 whose JSON is a text": Answer(404, b'"Not Found"'),
    "a 502 whose JSON is null": Answer(502, b"null"),
    "a 400 whose JSON is a list": Answer(400, b"[]"),
    "an error with a null for its text": Answer(404, b'{"msg": null}'),
    "an error of its own shape": Answer(400, b'{"msg": {"a": 1}, "meta": [1], "code": 7}'),
    "a page": Answer(200, b"<html>", "text/html"),
    "bytes that are no protobuf": Answer(200, b"\xff\xff\xff", "application/protobuf"),
    "nothing": Answer(200, b"", "text/plain"),
    "an empty protobuf": Answer(200, b"", "application/protobuf"),
    "a page for 405": Answer(405, b"<html>", "text/html"),
}


class Stranger:
    """``async with serving()`` it. ``posts``: the path and the token of each POST that came in."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.posts: list[tuple[str, str]] = []
        self.url = ""

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Stranger]:
        app = web.Application()
        app.router.add_get("/{any:.*}", self._front)
        app.router.add_post("/{any:.*}", self._post)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _front(self, request: web.Request) -> web.Response:
        return web.Response(text="Welcome")

    async def _post(self, request: web.Request) -> web.Response:
        await request.read()
        self.posts.append((request.path, request.headers.get("Authorization", "").removeprefix("Bearer ")))
        response = self.answer.response
        if self.answer.location:
            here = self.url + request.path
            response.headers["Location"] = here if self.answer.location == "self" else self.answer.location
        return response
