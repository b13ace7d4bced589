"""What is the matter with a trunk, in the few cells of its gauge and in a line under it; nothing, if nothing is.

The most pressing comes first: a stopped trunk is not also slow.
"""

from __future__ import annotations

from msgspec import Struct

from dialconsole.console.render.clock import hour_then
from dialconsole.console.render.count import plural
from dialconsole.console.render.duration import duration
from dialconsole.console.render.glyphs import CIRCUITS
from dialconsole.console.render.number import phone
from dialconsole.model.view import Circuit, TrunkView


class TrunkState(Struct, frozen=True):
    """``words`` from the fullest to the tersest, with their role."""

    words: tuple[str, ...]
    role: str


def trunk_state(trunk: TrunkView, now: float, ascii_only: bool) -> TrunkState | None:
    """What stands in the way of the trunk's calls; ``None`` if nothing does but its limits."""
    return _circuit_state(trunk, now, ascii_only) or _wait_state(trunk, now) or _limited_state(trunk)


def _circuit_state(trunk: TrunkView, now: float, ascii_only: bool) -> TrunkState | None:
    if trunk.circuit is Circuit.CLOSED:
        return None
    sign = CIRCUITS[trunk.circuit]
    if trunk.circuit is Circuit.OPEN:
        retry = "trying" if trunk.retry_at is None else f"retry {duration(max(0.0, trunk.retry_at - now))}"
        return TrunkState((f"{sign.text(ascii_only)}, {retry}", sign.text(ascii_only)), sign.role)
    words = "1 trial call" if trunk.trial else "next call is a trial"
    return TrunkState((f"{sign.mark(ascii_only)} {words}", f"{sign.mark(ascii_only)} trial"), sign.role)


def _wait_state(trunk: TrunkView, now: float) -> TrunkState | None:
    if trunk.stopped_until is not None:
        left = duration(max(0.0, trunk.stopped_until - now))
        return TrunkState((f"carrier says wait, {left}", f"wait {left}"), "trunk-limited")
    if trunk.caller_ids and len(trunk.resting) == len(trunk.caller_ids):
        return TrunkState(("caller IDs rest: blocked", "caller IDs rest"), "trunk-stopped")
    return None


def _limited_state(trunk: TrunkView) -> TrunkState | None:
    if trunk.locked:
        return TrunkState((f"LOCKED: allow list of {trunk.allowed}", f"LOCKED to {trunk.allowed}"), "trunk-limited")
    if trunk.pace is not None:
        return TrunkState(
            (f"{_pace(trunk)}: carrier asks for less", "carrier asks for less", "slowed"), "trunk-limited"
        )
    if trunk.resting:
        rest = f"{len(trunk.resting)} of {len(trunk.caller_ids)} caller IDs rest"
        return TrunkState((rest, "caller IDs rest"), "trunk-limited")
    return None


def _pace(trunk: TrunkView) -> str:
    whole = trunk.limits.calls_per_second
    return f"pace {trunk.pace:.3g}/s" + ("" if whole is None else f" of {whole:.3g}/s")


def trunk_facts(trunk: TrunkView, now: float, zone: str) -> list[str]:
    """All that is the matter, as sentences, the most pressing first."""
    facts = []
    if trunk.circuit is not Circuit.CLOSED:
        facts.append(trunk.cause)
    if trunk.stopped_until is not None:
        facts.append(f"the carrier asked to wait until {hour_then(trunk.stopped_until, now, zone)}")
    facts += [
        f"{phone(caller.number)} rests until {hour_then(caller.resting_until or now, now, zone)}: "
        f"{caller.blocked} of {plural(caller.calls, 'call')} blocked"
        for caller in trunk.resting
    ]
    if trunk.locked:
        facts.append(f"calls its allow list of {trunk.allowed} alone; dialconsole trunk release {trunk.name}")
    if trunk.pace is not None:
        facts.append(f"{_pace(trunk)}: the carrier asks for less")
    return facts
