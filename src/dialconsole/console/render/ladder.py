"""The ladder of a call: who said what to whom, when, and how long after the step before.

Three lanes, as in every SIP trace: the engine that decides, the side that places the call, and the callee.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from dialconsole.console.render.clock import stamp
from dialconsole.console.render.line import Line, whole_words
from dialconsole.model.attempt import CallEvent, EventKind

ENGINE, PLACER, CALLEE = 0, 1, 2


class Step(NamedTuple):
    """An arrow from one lane to another, or a note beside a lane when both are the same."""

    words: str
    origin: int
    target: int
    role: str = ""


STEPS: dict[EventKind, Step] = {
    EventKind.CLAIMED: Step("claimed", ENGINE, ENGINE, "state-preparing"),
    EventKind.ROOM: Step("room", ENGINE, PLACER, "state-preparing"),
    EventKind.AGENT_READY: Step("agent ready", PLACER, ENGINE, "state-preparing"),
    EventKind.RECHECKED: Step("checked again", ENGINE, ENGINE, "check-clear"),
    EventKind.DIALING: Step("dial", ENGINE, CALLEE, "state-dialing"),
    EventKind.RINGING: Step("ringing", CALLEE, ENGINE, "state-ringing"),
    EventKind.ANSWERED: Step("answered", CALLEE, ENGINE, "state-listening"),
    EventKind.HUMAN: Step("speech", CALLEE, PLACER, "state-talking"),
    EventKind.MACHINE: Step("machine", CALLEE, PLACER, "state-machine"),
    EventKind.MESSAGE: Step("message", PLACER, CALLEE, "state-machine"),
    EventKind.OPT_OUT: Step("do not call me", CALLEE, ENGINE, "state-failed"),
    EventKind.HANG_UP: Step("hang up", ENGINE, CALLEE, "state-ended"),
    EventKind.ADOPTED: Step("found again", ENGINE, ENGINE, "state-listening"),
    EventKind.DISPOSITION: Step("agent says", PLACER, ENGINE, "state-talking"),
    EventKind.AGENT_LOST: Step("agent lost", PLACER, ENGINE, "state-failed"),
    EventKind.ENDED: Step("ended", CALLEE, ENGINE, "state-ended"),
}

_TIME, _DELTA = 12, 8


class Strokes(NamedTuple):
    """What bars and arrows are drawn with."""

    bar: str
    shaft: str
    right: str
    left: str


UNICODE = Strokes("│", "─", "▶", "◀")
ASCII = Strokes("|", "-", ">", "<")


def ladder_lines(
    events: Sequence[CallEvent], placer: str, width: int, zone: str, *, ascii_only: bool = False
) -> list[Line]:
    """Heads of the lanes and a line for each event; ``placer`` names the middle lane. What was said besides stands
    behind the lanes, or below where it does not fit."""
    strokes = ASCII if ascii_only else UNICODE
    lane = 18 if width >= 84 else 16
    lines = [_heads(placer, lane)]
    for place, event in enumerate(events):
        previous = events[place - 1].at if place else None
        line = Line(" ").add(stamp(event.at, zone), "dim" if place else "")
        line.column("" if previous is None else _delta(event.at - previous), 1 + _DELTA, "dim", "right").add("  ")
        step = STEPS.get(event.kind) or Step(event.kind.value.replace("_", " "), ENGINE, ENGINE)
        line.join(_arrow(step, lane, strokes) if step.origin != step.target else _note(step, lane, strokes))
        lines.append(line)
        if event.detail and cell_len(event.detail) <= width - line.width - 3:
            line.add("  ").add(event.detail, "dim")
        elif event.detail:
            below = Line(" " * (_TIME + _DELTA + 4)).add(f"{strokes.bar} ", "dim")
            lines.append(below.add(whole_words(event.detail, width - below.width - 1), "dim"))
    return lines


def _heads(placer: str, lane: int) -> Line:
    line = (
        Line().column(" TIME", 1 + _TIME, "table-header").column("AFTER", 1 + _DELTA, "table-header", "right").add("  ")
    )
    for name, cells in (("engine", lane), (placer, lane)):
        line.column(name, cells, "table-header")
    return line.add("callee", "table-header")


def _delta(seconds: float) -> str:
    return f"+{seconds:.3f}" if seconds < 100 else f"+{seconds:.0f}"


def _note(step: Step, lane: int, strokes: Strokes) -> Line:
    """A word beside the engine's lane; the other lanes go on behind it."""
    line = Line(f"{strokes.bar} ", "dim").add(step.words, step.role)
    used = line.width
    for at in (lane, 2 * lane):
        if used < at:
            line.add(" " * (at - used)).add(strokes.bar, "dim")
            used = at + 1
    return line.pad(2 * lane + 1)


def _arrow(step: Step, lane: int, strokes: Strokes) -> Line:
    first, last = sorted((step.origin, step.target))
    room = (last - first) * lane - 1
    words = f" {step.words} "
    shaft = strokes.shaft * (room - 1 - len(words))
    line = Line()
    for _ in range(first):
        line.add(strokes.bar, "dim").add(" " * (lane - 1))
    line.add(strokes.bar, "dim")
    if step.origin < step.target:
        line.add(shaft[:2] + words + shaft[2:] + strokes.right, step.role)
    else:
        line.add(strokes.left + shaft[2:] + words + shaft[:2], step.role)
    line.add(strokes.bar, "dim")
    for _ in range(last, CALLEE):
        line.add(" " * (lane - 1)).add(strokes.bar, "dim")
    return line
