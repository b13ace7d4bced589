"""Whether a trunk could place calls now, before anybody dials with it; beside ``backends``, by the same names."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path

from dialconsole.clock import Clock
from dialconsole.model.campaign import Trunk
from dialconsole.model.finding import Finding, fault, ok
from dialconsole.model.text import safe_text
from dialconsole.telephony.backends import backend_names


async def check_trunk(trunk: Trunk, *, clock: Clock, folder: Path, ring_timeout_s: float) -> tuple[Finding, ...]:
    """What can be found out about ``trunk`` without a phone ringing. Never raises for what a trunk can be like.

    ``folder``: the workspace, where its keys are; ``ring_timeout_s``: the longest ring of the campaigns that use it.
    """
    if trunk.backend == "fake":
        return (
            ok(
                "backend", f"A fake trunk (scenario {safe_text(trunk.scenario)}): its calls are played, no phone rings."
            ),
        )
    if trunk.backend != "livekit":
        return (
            fault(
                "backend",
                f"The trunk wants its calls placed by {safe_text(trunk.backend)!r}, which does not exist.",
                f"dialconsole trunk set {trunk.name} backend=..., one of: {', '.join(backend_names())}.",
            ),
        )
    try:
        # In a thread: LiveKit's client takes half a second to load, and the engine may be dialing.
        await asyncio.to_thread(import_module, "livekit.api")
    except ImportError as error:
        return (
            fault(
                "backend",
                f"LiveKit's client cannot be loaded where the engine runs ({safe_text(str(error))}).",
                "Install dialconsole with its dependencies there: pip install dialconsole.",
            ),
        )
    from dialconsole.telephony.livekit.preflight import preflight

    return await preflight(trunk, clock=clock, folder=folder, ring_timeout_s=ring_timeout_s)
