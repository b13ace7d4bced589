"""A call as a row of the call table."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dialconsole.clock import utc
from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.render.duration import countdown, duration
from dialconsole.console.render.glyphs import call_sign
from dialconsole.console.render.number import phone
from dialconsole.model.outcome import CallPhase, Outcome
from dialconsole.model.view import CallView

CALL_COLUMNS = (
    Column("state", "STATE", 9),
    Column("for", "FOR", 5, align="right"),
    Column("number", "NUMBER", 15),
    Column("name", "NAME", 11, grow=4),
    Column("local", "LOCAL", 11, priority=2),
    Column("campaign", "CAMPAIGN", 9, grow=2),
    Column("trunk", "TRUNK", 8, grow=1, priority=3),
    Column("try", "TRY", 3, align="right", priority=1),
    Column("now", "NOW", 14, grow=3),
)
"""The columns of ``call_row``; without those of priority 2 and 3 they fill a terminal of 80, and ``NOW`` holds all that
``what_now`` can say."""

NOW_WORDS: dict[CallPhase, str] = {
    CallPhase.PREPARING: "agent to come",
    CallPhase.DIALING: "no ring yet",
    CallPhase.TALKING: "agent",
    CallPhase.MACHINE: "message",
}
"""Who has the line, or what is waited for. Why the detector thinks so is a sentence, in the call's ladder."""

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.ANSWERED: "answered",
    Outcome.VOICEMAIL: "voicemail",
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.REJECTED: "declined",
    Outcome.BAD_NUMBER: "bad number",
    Outcome.BLOCKED: "blocked",
    Outcome.TRUNK_FAULT: "trunk fault",
    Outcome.THROTTLED: "throttled",
    Outcome.AGENT_UNAVAILABLE: "no agent",
    Outcome.CANCELLED: "cancelled",
    Outcome.UNKNOWN: "ask carrier",
}
"""Outcomes for people, at most 12 cells. ``unknown`` says what to do: only the carrier can tell whether it rang."""


def call_row(row_id: str, call: CallView, now: float, *, ascii_only: bool = False) -> tuple[Cell, ...]:
    """The cells of a call, one for each of ``CALL_COLUMNS``. ``now``: POSIX seconds on the engine's clock."""
    quiet = "dim" if call.phase is CallPhase.ENDED else ""
    return (
        call_sign(call).cell(ascii_only),
        Cell(duration(_lasted(call, now)), quiet),
        Cell(phone(call.number), quiet),
        Cell(call.name, quiet),
        Cell(local_time(call.zones, now), "dim"),
        Cell(call.campaign, quiet),
        Cell(call.trunk, "dim"),
        Cell(f"{call.attempt_no}/{call.max_attempts}", "dim"),
        Cell(what_now(call, now), quiet),
    )


def what_now(call: CallView, now: float) -> str:
    """What happens, or is waited for, in at most 14 cells."""
    if call.phase is CallPhase.ENDED:
        return OUTCOME_WORDS[call.outcome] if call.outcome is not None else call.note
    if call.due is not None and call.phase is CallPhase.RINGING:
        return f"{countdown(call.due - now)} left"
    if call.due is not None and call.phase is CallPhase.LISTENING:
        return f"{countdown(call.due - now)} to speak"
    return NOW_WORDS.get(call.phase, call.note)


def local_time(zones: tuple[str, ...], now: float) -> str:
    """The callee's time of day; earliest and latest where the number may be in several zones."""
    known = [zone for zone in map(_zone, zones) if zone is not None]
    times = sorted({utc(now).astimezone(zone).replace(tzinfo=None) for zone in known})
    if not times:
        return ""
    first, last = times[0], times[-1]
    both = f"{first.hour}:{first:%M}", f"{last.hour}:{last:%M}"
    return both[0] if first == last else "/".join(both)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    """``None`` for a zone this machine does not know: the engine's may be newer, and a column is no place to fail."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _lasted(call: CallView, now: float) -> float:
    """Seconds of the phase so far; of an ended call, from claim to end."""
    return call.ended_at - call.claimed_at if call.ended_at is not None else now - call.since
