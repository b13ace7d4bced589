"""LiveKit's webhooks, taken as hints and never as facts.

They arrive at most once, in any order, and whoever recorded one can send it again. So a webhook ends no call: it only
makes us look sooner at a call that we supervise. Two things in it are kept, because no look shows them any more: why
a callee left, and what an agent had reported when it left (a wish not to be called again, above all). Both are used
only for a call that a look has found to be over, or in the direction in which nothing can go wrong.

The signature covers the body (a JWT with its hash), so a forged one is refused before anything in it is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from aiohttp import web
from livekit import api

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.telephony.livekit.access import Access

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent

log = logging.getLogger(__name__)

MOST_BYTES: Final = 512 * 1024
"""Of one webhook. Room metadata and attributes may be large, but not larger than that together."""


def address_of(text: str) -> tuple[str, int]:
    """``host:port`` apart. Raises ``Problem``."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Problem(
            f"webhook_listen is {safe_text(text)!r}, which is no host:port; write it like 127.0.0.1:8089.",
            code="bad_webhook_listen",
        )
    return host.strip("[]"), int(port)


class WebhookEndpoint:
    """Listens on one address. ``heard`` is called with each event whose signature is right."""

    def __init__(self, access: Access, address: tuple[str, int], heard: Callable[[WebhookEvent], None]) -> None:
        self._receiver = api.WebhookReceiver(api.TokenVerifier(access.key, access.secret))
        self._address = address
        self._heard = heard
        self._runner: web.AppRunner | None = None
        self._opening = asyncio.Lock()
        self._tried = False
        self.open = False
        self.refused = 0

    async def start(self) -> None:
        """Listen, if it was not tried before. A port in use is no reason not to call: then calls are looked at more."""
        async with self._opening:
            if self._tried:
                return
            self._tried = True
            app = web.Application(client_max_size=MOST_BYTES)
            app.router.add_post("/{any:.*}", self._take)
            runner = web.AppRunner(app, access_log=None, handle_signals=False)
            await runner.setup()
            try:
                await web.TCPSite(runner, *self._address).start()
            except OSError as error:
                log.warning("webhooks cannot be taken on %s:%d: %s", *self._address, error.strerror)
                await runner.cleanup()
                return
            self._runner, self.open = runner, True

    async def close(self) -> None:
        self._tried, self.open = True, False
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", "replace")
        try:
            event = self._receiver.receive(body, request.headers.get("Authorization", ""))
        except Exception as error:  # the receiver raises a plain Exception, and whatever JWT and JSON do
            self.refused += 1
            log.warning("a webhook was refused: %s", type(error).__name__)
            return web.Response(status=401)
        self._heard(event)
        return web.Response()
