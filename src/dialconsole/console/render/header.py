"""The line at the top: which workspace, whether any of it is real, what time it is, who is here, how good the line is.

What does not fit goes in a fixed order, the least needed first; that data is old, or that this is a demo, never goes.
The time goes last of what may: whoever looks for the calling hours looks there first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from msgspec import Struct
from rich.cells import cell_len

from dialconsole.console.render.cell import ELLIPSIS
from dialconsole.console.render.clock import header_clock, header_time, span
from dialconsole.console.render.line import Line, spread, whole_words, wrap
from dialconsole.model.view import EngineView, PresenceView

BACKEND_WORDS = {"fake": "fake SIP", "livekit": "LiveKit"}
"""Who places the calls, as people write it."""

_STOPPED = "Nothing is dialed"
_PATH = re.compile(r"(?: of| at)? (?P<path>/[^ ,;:]*/[^ ,;:]*)")
_LEAST_PATH = 12

_SHORT_USER = 12
"""Cells that are left to a user's name where there is room for nothing more."""


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
    """Every way to say it, the fullest first: people go first, then the year, then the words around the latency; then
    the date, the zone, our own name, the end of a long user's; and the time when nothing else is left to go."""
    forms = product((True, False), (True, False), range(3))
    for full, year, people in sorted(forms, key=lambda form: form[2] + (not form[1]) + 2 * (not form[0])):
        yield _left(facts, full), _middle(facts, year), _right(facts, on, full, people)
    for product_name, most in ((True, None), (False, None), (False, _SHORT_USER)):
        for abbreviation in (True, False):
            yield _left(facts, False, product_name), _clock(facts, abbreviation), _right(facts, on, False, 2, most)
    yield _left(facts, False, False), Line(), _right(facts, on, False, 2, _SHORT_USER)


def _left(facts: HeaderFacts, full: bool, product_name: bool = True) -> Line:
    engine = facts.engine
    line = Line("dialconsole" if product_name or engine is None else "", "dim")
    if engine is None:
        return line
    line.add("  " if product_name else "").add(engine.workspace, "title")
    speed = f"{engine.rate:g}"
    if engine.demo:
        words = f"DEMO {BACKEND_WORDS.get(engine.backend, engine.backend)}" if full else "DEMO"
        if engine.rate != 1:
            words += f", clock ×{speed}" if full else f" ×{speed}"
        line.add("  ").add(f" {words} ", "banner-demo")
    elif engine.rate != 1:
        line.add("  ").add(f" clock ×{speed} ", "banner-demo")
    if engine.draining:
        line.add("  ").add(" STOPPING ", "banner-paused")
    return line


def _middle(facts: HeaderFacts, year: bool) -> Line:
    return Line(header_time(facts.now, facts.engine.zone, year=year)) if facts.engine else Line()


def _clock(facts: HeaderFacts, abbreviation: bool) -> Line:
    return Line(header_clock(facts.now, facts.engine.zone, abbreviation=abbreviation)) if facts.engine else Line()


def _right(facts: HeaderFacts, on: str, full: bool, people: int, most: int | None = None) -> Line:
    """``people``: 0 names and roles of all, 1 names, 2 how many. ``most``: cells of our own name."""
    line = Line(facts.user if most is None else whole_words(facts.user, most), "title").add(f", {facts.role}", "dim")
    if facts.others:
        with_roles = "; ".join(f"{p.user}, {p.role.value}" for p in facts.others)
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


def stopped_lines(sentence: str, width: int) -> list[Line]:
    """Why nothing at all is dialed: said once, in two lines at most. A path in it may be of any length and says least,
    so it is told last, and loses its beginning where there is no room."""
    badge = Line(f" {_STOPPED} ", "banner-stale")
    said = sentence.removeprefix(f"{_STOPPED}: ").replace(", so nothing is dialed", "")
    said, room, path = f"{said[:1].upper()}{said[1:]}", width - badge.width - 2, _PATH.search(said)
    if path is not None:
        said = said.replace(path[0], "", 1)
    lines = wrap(said, room, 2)
    if path is not None and not lines[-1].endswith(ELLIPSIS):
        if len(lines) == 1 and cell_len(lines[0]) + 1 + len(path["path"]) > room:
            lines.append("")
        spare = room - cell_len(lines[-1]) - 1
        if spare >= _LEAST_PATH:
            lines[-1] = f"{lines[-1]} {path_end(path['path'], spare)}".strip()
    first, *rest = lines
    indent = " " * (badge.width + 1)
    return [badge.add(f" {first}", "alert-error"), *(Line(indent).add(line, "alert-error") for line in rest)]


def path_end(path: str, width: int) -> str:
    """The end of a path in ``width`` cells, from a slash where there is one: ``…/clinic/ledger``."""
    if cell_len(path) <= width:
        return path
    kept = path[-(width - 1) :]
    return f"{ELLIPSIS}{kept[kept.find('/') :] if '/' in kept else kept}"
