"""An engine that is killed while somebody looks at it, and what the next one makes of its calls."""

from __future__ import annotations

import os
import re
import signal

import pytest

from dialconsole.console.themes import DEFAULT_THEME, load_theme
from kit.terminal import LARGE, SMALL, Tmux, eventually
from terminal.engines import Site, foreground_engine

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]

GONE = r"no engine, data is \d+ s old, trying again"

SETTLED = {"unknown", "answered"}
"""What becomes of a call that was with the carrier when its engine was killed: nobody may guess that it failed."""


def colours(styled: str, word: str) -> set[str]:
    """Colours of what can be read in the first line that has ``word`` in it: ``148;160;170``."""
    colour = ""
    for line in styled.splitlines():
        found = set()
        # The colour in force at the end of a line goes on in the next, so each begins with a sequence that sets none.
        for codes, text in re.findall(r"\x1b\[([0-9;]*)m([^\x1b]*)", "\x1b[1m" + line):
            if codes in ("", "0", "39"):
                colour = ""
            elif "38;2;" in codes:
                colour = ";".join(codes.partition("38;2;")[2].split(";")[:3])
            if text.strip():
                found.add(colour)
        if word in line:
            return found
    raise AssertionError(f"no {word} in {styled}")


def stale_colour() -> str:
    value = load_theme(DEFAULT_THEME).variables["stale"]
    return ";".join(str(int(value.strip()[start : start + 2], 16)) for start in (1, 3, 5))


def test_an_engine_that_is_killed(tmux: Tmux, spring: Site) -> None:
    """The console says so, greys, changes nothing, and comes back by itself with the next engine.

    That engine settles the calls of the killed one and calls nobody twice.
    """
    pane = tmux.pane(LARGE)
    with foreground_engine(spring):
        pane.run(spring.command)
        pane.wait_for("RUNNING +spring", "engine ●")
        assert len(colours(pane.styled(), "RUNNING")) > 1
        spring.wait_for_calls()
        os.kill(spring.pid(), signal.SIGKILL)
    pane.wait_for(GONE)
    pane.wait_for(r"data is [2-9] s old")
    assert colours(pane.styled(), "RUNNING") == {stale_colour()}
    pane.press("p")
    pane.wait_for("Not connected: nothing was changed")
    left = {id for id, row in spring.attempts().items() if row["outcome"] is None}
    assert left

    again = tmux.pane(SMALL)
    again.run(f"dialconsole run --workspace {spring.path}")
    again.wait_for("RUNNING +spring")
    pane.wait_for("RUNNING +spring", "engine ●", without=GONE)
    assert len(colours(pane.styled(), "RUNNING")) > 1

    def settled() -> bool:
        attempts = spring.attempts()
        return len(attempts) > len(left) + 3 and all(attempts[id]["outcome"] for id in left)

    eventually(settled, lambda: f"left {left} of {spring.attempts()}")
    attempts = spring.attempts()
    assert {attempts[id]["outcome"] for id in left} <= SETTLED
    numbers = [row["number"] for row in attempts.values()]
    assert len(numbers) == len(set(numbers))
