"""The engine's own ear, for agents that cannot be changed: joins a call unseen, listens to the callee, leaves.

It costs a WebRTC connection and the decoding of a voice for some five seconds a call, so it is an extra
(``dialconsole[observer]``) and off unless a trunk asks for it. It is hidden, publishes nothing, and subscribes to the
callee's audio alone.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Final

from dialconsole.model.errors import Problem
from dialconsole.telephony.detection import Detection
from dialconsole.telephony.listening import Unheard, who_answered
from dialconsole.telephony.livekit.access import Access

MISSING: Final = (
    "Listening to callees needs the livekit package, which is not installed: pip install 'dialconsole[observer]' where "
    "the engine runs, or switch it off: dialconsole trunk set NAME livekit.observe=false"
)

_IDENTITY: Final = "dialconsole-observer"
"""One to a room; nobody sees it."""

_LEAVE_S: Final = 5.0
"""A server that is gone says no goodbye, and the call has to go on."""


class CalleeListener:
    """Tells who answered, by listening."""

    async def listen(
        self, access: Access, room: str, identity: str, silence_after_s: float, limit_s: float
    ) -> Detection | None:
        """Who answered ``room``'s call to ``identity``; None if that cannot be told within ``limit_s``, all in all.

        Begin while it rings: joining takes a few tenths of a second, and a person's first word is as short. What was
        said before it joined is not heard. Raises ``Problem`` if the SDK is missing or the server lets nobody in.
        """
        try:
            # In a thread: it loads a native library of tens of megabytes, and the engine has timers to keep.
            rtc = await asyncio.to_thread(import_module, "livekit.rtc")
        except (ImportError, OSError):  # OSError: a native library that this machine cannot load
            raise Problem(MISSING, code="no_observer") from None
        place = rtc.Room()
        try:
            async with asyncio.timeout(limit_s):
                await place.connect(socket_url(access.url), token(access, room), rtc.RoomOptions(auto_subscribe=False))
                return await who_answered(place, identity, silence_after_s)
        except (TimeoutError, Unheard):
            return None
        except rtc.ConnectError as error:
            raise Problem(f"The observer could not join a call at {access.url}: {error}.", code="no_observer") from None
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LEAVE_S):
                    await place.disconnect()


def socket_url(url: str) -> str:
    """Where rooms are joined, for the address of the server API."""
    return "ws" + url.removeprefix("http")


def token(access: Access, room: str) -> str:
    """The right to listen in this one room, unseen, and to nothing else."""
    from livekit import api

    grants = api.VideoGrants(
        room_join=True,
        room=room,
        hidden=True,
        can_publish=False,
        can_publish_data=False,
        can_subscribe=True,
    )
    made = api.AccessToken(access.key, access.secret).with_identity(_IDENTITY).with_grants(grants)
    return made.with_ttl(timedelta(minutes=10)).to_jwt()
