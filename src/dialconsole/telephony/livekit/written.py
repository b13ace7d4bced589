"""What can be said of a LiveKit trunk from its settings alone, without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from dialconsole.model.campaign import Trunk
from dialconsole.model.finding import Finding, fault, ok, skipped, warning
from dialconsole.model.text import safe_text
from dialconsole.telephony.livekit.pace import Waiting, talk_interval

SERVER_CAP_S: Final = 80.0
"""How long livekit-server waits for an answer, joining the room and ringing together (1.13.5)."""

LATE_S: Final = 10.0
"""Signals of agents that are seen later than this are told: "do not call me again" must not wait while others are
called, and a callee who has left keeps a line for as long."""

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")

_LOCAL: Final = ("127.0.0.1", "localhost", "::1")


def written(trunk: Trunk, ring_timeout_s: float) -> Iterator[Finding]:
    """One finding for each setting that people get wrong."""
    yield _trunk_id(trunk)
    yield _agent(trunk)
    yield _caller_ids(trunk)
    yield _allowed(trunk)
    yield _ring(ring_timeout_s)
    yield _budget(trunk)


def transport(url: str) -> Finding:
    """Whether what is sent to ``url``, as ``server_url`` gives it, is encrypted."""
    parts = urlsplit(url)
    shown = safe_text(url)
    if parts.port is None:
        shown += f" (no port is named: {443 if parts.scheme == 'https' else 80})"
    if parts.scheme == "https" or parts.hostname in _LOCAL:
        return ok("url", f"{shown}.")
    return warning(
        "url",
        f"{shown}: numbers and tokens travel unencrypted to another machine.",
        "Give the server a certificate and write wss://, unless the network between is your own.",
    )


def _trunk_id(trunk: Trunk) -> Finding:
    id = trunk.livekit.sip_trunk_id
    if not id:
        return fault(
            "trunk_id",
            "The trunk names no outbound trunk of LiveKit.",
            f"lk sip outbound list shows them; then: dialconsole trunk set {trunk.name} livekit.sip_trunk_id=ST_...",
        )
    if not id.startswith("ST_"):
        return warning(
            "trunk_id",
            f"{safe_text(id)!r} does not look like an id of LiveKit's, which begin with ST_.",
            "Compare it with: lk sip outbound list",
        )
    return ok("trunk_id", f"LiveKit's outbound trunk {safe_text(id)}.")


def _agent(trunk: Trunk) -> Finding:
    if not trunk.livekit.agent:
        return warning(
            "agent",
            "The trunk names no agent; a campaign that names none either cannot call.",
            f"dialconsole trunk set {trunk.name} livekit.agent=NAME, as its worker registers.",
        )
    return ok("agent", f"Calls are talked by the agent {safe_text(trunk.livekit.agent)!r}.")


def _caller_ids(trunk: Trunk) -> Finding:
    return _numbers(
        "caller_ids",
        trunk.caller_ids,
        none=fault(
            "caller_ids",
            "The trunk has no caller ID; LiveKit would choose one by chance.",
            f"dialconsole trunk set {trunk.name} caller_ids=+1...",
        ),
        mend=f"dialconsole trunk set {trunk.name} caller_ids=+12125550100",
    )


def _allowed(trunk: Trunk) -> Finding:
    if trunk.released:
        return ok("allowed_numbers", "The trunk is released: every number may be called that the gate lets through.")
    return _numbers(
        "allowed_numbers",
        trunk.allowed_numbers,
        none=warning(
            "allowed_numbers",
            "The trunk is not released, and no number is allowed yet: it calls nobody.",
            f"For a first test call: dialconsole trunk set {trunk.name} allowed_numbers=+1..., a phone of yours.",
        ),
        mend=f"dialconsole trunk set {trunk.name} allowed_numbers=+12125550143",
    )


def _numbers(name: str, numbers: tuple[str, ...], *, none: Finding, mend: str) -> Finding:
    if not numbers:
        return none
    wrong = [safe_text(number) for number in numbers if not _E164.fullmatch(number)]
    if wrong:
        return fault(name, f"Not in E.164 (a plus, country code, no spaces): {', '.join(wrong)}.", mend)
    return ok(name, f"{', '.join(numbers)}.")


def _ring(ring_timeout_s: float) -> Finding:
    if not ring_timeout_s:
        return skipped("ring_timeout", "No campaign uses the trunk yet, so there is no ring to measure.")
    if ring_timeout_s + 15 > SERVER_CAP_S:
        return fault(
            "ring_timeout",
            f"A phone may ring {ring_timeout_s:g} s, and LiveKit's server stops waiting after {SERVER_CAP_S:g} s, "
            "setting up included.",
            "Let it ring 60 s at most: dialconsole campaign set NAME ring_timeout_s=30",
        )
    return ok("ring_timeout", f"A phone rings {ring_timeout_s:g} s at most; LiveKit's server waits {SERVER_CAP_S:g} s.")


def _budget(trunk: Trunk) -> Finding:
    """Whether calls are looked at often enough when as many talk as the trunk may place."""
    calls, budget = trunk.limits.max_concurrent, trunk.livekit.api_calls_per_minute
    if not calls:
        return skipped("budget", "The trunk limits no calls at once, so how often each is looked at cannot be said.")
    seconds = talk_interval(calls, budget)
    fact = f"{calls:,} conversations at {budget:,} API calls a minute: each is looked at every {seconds:.3g} s"
    if seconds < LATE_S:
        return ok("budget", f"{fact}.")
    return warning(
        "budget",
        f"{fact}, so that what its agent says (an opt-out, done) and its end are seen as late.",
        f"If your plan allows it: dialconsole trunk set {trunk.name} "
        f"livekit.api_calls_per_minute={calls * 60 / Waiting.TALK.least_s:.0f}; or allow fewer calls at once.",
    )
