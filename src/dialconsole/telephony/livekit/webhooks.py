"""LiveKit's webhooks, taken as hints and never as facts.

They arrive at most once, in any order, and whoever recorded one can send it again. So a webhook ends no call: it only
makes us look sooner at a call that we supervise. Two things in it are kept, because no look shows them any more: why
a callee left, and what an agent had reported when it left (a wish not to be called again, above all). Both are used
only for a call that a look has found to be over, or in the direction in which nothing can go wrong.

So an address that nobody can reach, or that LiveKit was never told, must cost nothing: calls are looked at as often
as without webhooks until the first true one has come in, and again when a call has begun and none came for a while.

The signature covers the body (a JWT with its hash), so a forged one is refused before anything in it is read.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from aiohttp import web
from livekit import api

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.model.view import WebhookView
from dialconsole.telephony.asides import Tell
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.wire import in_short

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent

log = logging.getLogger(__name__)

SILENT_S: Final = 60.0
"""A call begins with a webhook for its room, its agent and its callee. When none of them, nor any other, has come in
for so long after it began, they do not come any more."""

WARN_S: Final = 60.0
"""Between two log lines about refused webhooks: whoever sends a thousand a second fills no disk."""

MOST_BYTES: Final = 512 * 1024
"""Of one webhook. Room metadata and attributes may be large, but not larger than that together."""


def address_of(text: str) -> tuple[str, int]:
    """``host:port`` apart. Raises ``Problem``."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not _may_be_a_host(host) or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Problem(
            f"webhook_listen is {safe_text(text)!r}, which is no host:port; write it like 127.0.0.1:8089.",
            code="bad_webhook_listen",
        )
    return host.strip("[]"), int(port)


def _may_be_a_host(text: str) -> bool:
    try:
        return bool(text.encode("idna"))
    except UnicodeError:  # an empty part in it, or one that is too long
        return False


class WebhookEndpoint:
    """Listens on one address. ``heard`` is called with each event whose signature is right."""

    def __init__(self, access: Access, address: tuple[str, int], heard: Callable[[WebhookEvent], None]) -> None:
        self._receiver = api.WebhookReceiver(api.TokenVerifier(access.key, access.secret))
        self._address = address
        self._heard = heard
        self._runner: web.AppRunner | None = None
        self._opening = asyncio.Lock()
        self._tried = False
        self.tell: Tell = lambda sentence, severity: log.warning("%s", sentence)
        """Says what a person should know; to the log as long as nobody else listens."""
        self.open = False
        self.refused = 0
        self.heard_at: float | None = None
        """When the newest true one came in; a loop time, as the others."""
        self._expected_since: float | None = None
        """When the first call began of which no webhook has come in yet."""
        self._warned_at = float("-inf")
        self._untold = 0

    def come_in(self) -> bool:
        """Whether webhooks can be relied on to bring a look."""
        if self.heard_at is None or not self.open:
            return False
        return self._expected_since is None or self._now() - self._expected_since < SILENT_S

    def view(self, now: float) -> WebhookView:
        """For people; ``now`` is the clock's time (POSIX seconds)."""
        heard_at = None if self.heard_at is None else now - (self._now() - self.heard_at)
        host, port = self._address
        return WebhookView(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", self.open, heard_at, self.refused)

    async def begin(self) -> None:
        """A call begins: its webhooks are to come. Listen, if it was not tried before.

        A port in use is no reason not to call: then calls are looked at more.
        """
        if self._expected_since is None:
            self._expected_since = self._now()
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
            except (OSError, ValueError) as error:  # ValueError: a host of an older document that cannot be looked up
                host, port = self._address
                self.tell(
                    f"LiveKit's webhooks cannot be taken on {host}:{port} ({_why(error)}): calls are looked at "
                    "instead. Set the trunk's webhook_listen to a free address.",
                    "warning",
                )
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
            self._refuse(in_short(error))
            return web.Response(status=401)
        self.heard_at, self._expected_since = self._now(), None
        self._heard(event)
        return web.Response()

    def _refuse(self, why: str) -> None:
        """Count one whose signature is wrong, and write of it now and then: anybody can send them."""
        self.refused += 1
        self._untold += 1
        if self._now() - self._warned_at < WARN_S:
            return
        log.warning("%d webhooks were refused, not signed with this key; the newest: %s", self._untold, why)
        self._warned_at, self._untold = self._now(), 0

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _why(error: OSError | ValueError) -> str:
    """In few words: asyncio's own have the address in them once more, and a look-up that failed has a negative number,
    of which the system knows no words."""
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number > 0:
        return safe_text(os.strerror(number)).lower()
    return safe_text((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
