"""The line at the top: which workspace, whether any of it is real, what time it is, who is here, how good the line is.

What does not fit goes in a fixed order, the least needed first; that data is old, or that this is a demo, never goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from dialconsole.console.render.clock import header_time, span
from dialconsole.console.render.line import Line, spread
from dialconsole.model.view import EngineView, PresenceView

BACKEND_WORDS = {"fake": "fake SIP", "livekit": "LiveKit"}
"""Who places the calls, as people write it."""


class HeaderFacts(Struct, frozen=True):
    engine: EngineView | None
    now: float
    user: str
    role: str
    others: tuple[PresenceView, ...]
    connected: bool
    latency_s: float | None
    age_s: float
    """Seconds since the engine was last heard; told only while it is gone."""


def header_line(facts: HeaderFacts, width: int, on: str, off: str) -> Line:
    """The header in exactly ``width`` cells; ``on`` and ``off`` are the glyphs of a line that is up or down."""
    if not facts.connected:
        return _without_engine(facts, width, off)
    for left, middle, right in _from_full_to_terse(facts, on):
        if left.width + middle.width + right.width + 5 <= width:
            break
    # One cell of margin on both sides: a line that touches the edge looks cut.
    return Line(" ").join(spread(width - 2, left, middle, right)).add(" ")


def _from_full_to_terse(facts: HeaderFacts, on: str) -> Iterator[tuple[Line, Line, Line]]:
    """Every way to say it, the fullest first: people go first, then the year, then the words around the latency."""
    forms = product((True, False), (True, False), range(3))
    for full, year, people in sorted(forms, key=lambda form: form[2] + (not form[1]) + 2 * (not form[0])):
        yield _left(facts, full), _middle(facts, year), _right(facts, on, full, people)
    yield _left(facts, False), Line(), _right(facts, on, False, 2)


def _left(facts: HeaderFacts, full: bool) -> Line:
    engine = facts.engine
    line = Line("dialconsole", "dim")
    if engine is None:
        return line
    line.add("  ").add(engine.workspace, "title")
    speed = f"{engine.rate:g}"
    if engine.demo:
        words = (
            f"DEMO {BACKEND_WORDS.get(engine.backend, engine.backend)}, clock ×{speed}" if full else f"DEMO ×{speed}"
        )
        line.add("  ").add(f" {words} ", "banner-demo")
    elif engine.rate != 1:
        line.add("  ").add(f" clock ×{speed} ", "banner-demo")
    if engine.draining:
        line.add("  ").add(" STOPPING ", "banner-paused")
    return line


def _middle(facts: HeaderFacts, year: bool) -> Line:
    return Line(header_time(facts.now, facts.engine.zone, year=year)) if facts.engine else Line()


def _right(facts: HeaderFacts, on: str, full: bool, people: int) -> Line:
    """``people``: 0 names and roles of all, 1 names, 2 how many."""
    line = Line(facts.user, "title").add(f", {facts.role}", "dim")
    if facts.others:
        with_roles = ", ".join(f"{p.user} {p.role.value}" for p in facts.others)
        names = ", ".join(p.user for p in facts.others)
        line.add("  ").add((f"with {with_roles}", f"with {names}", f"+{len(facts.others)}")[people])
    latency = "" if facts.latency_s is None else f" {_latency(facts.latency_s)}"
    return line.add("  ").add(f"engine {on}" if full else on, "check-clear").add(latency, "dim")


def _latency(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _without_engine(facts: HeaderFacts, width: int, off: str) -> Line:
    if facts.engine is None:
        words = f"{off} connecting"
    else:
        words = f"{off} no engine, data is {span(facts.age_s)} old, trying again"
    right = Line(f" {words} ", "banner-stale")
    left = _left(facts, False)
    if left.width + right.width + 3 > width:
        left = Line("dialconsole", "dim")
    return Line(" ").join(spread(width - 2, left, right)).add(" ")
