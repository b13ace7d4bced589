"""The ladder of a call and the gate's evidence, without a terminal."""

from __future__ import annotations

import pytest

from console.fake_engine import NOW, call_report, evidence, held_explanation
from dialconsole.console.render.evidence import explanation_lines, verdict_lines
from dialconsole.console.render.ladder import STEPS, ladder_lines
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind, combine

ZONE = "America/New_York"


def lines_of(*events: CallEvent, width: int = 100) -> list[str]:
    return [line.text.rstrip() for line in ladder_lines(events, "fake SIP", width, ZONE)]


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_the_lanes_are_straight(width: int) -> None:
    """In every line the three bars stand in the same columns, unless an arrow passes through."""
    events = call_report("x").events
    lines = [line.text for line in ladder_lines(events, "fake SIP", width, ZONE)]
    engine, callee = lines[0].index("engine"), lines[0].index("callee")
    for line in lines[1:]:
        assert line[engine] == "│"
        if line[1].isdigit():
            assert line[callee] == "│"


def test_every_kind_of_event_has_its_step() -> None:
    """A ladder that skips what it does not know would lie."""
    assert set(STEPS) == set(EventKind)


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("width", [60, 120])
def test_every_step_fits_between_the_lanes(kind: EventKind, width: int) -> None:
    """Its words are whole and its line no wider than the terminal."""
    _, line = ladder_lines([CallEvent(kind, NOW)], "fake SIP", width, ZONE)
    assert STEPS[kind].words in line.text
    assert line.width <= width


def test_times_are_whole_and_deltas_are_since_the_step_before() -> None:
    """The first has none."""
    first, second = CallEvent(EventKind.CLAIMED, NOW), CallEvent(EventKind.ROOM, NOW + 0.25)
    lines = lines_of(first, second)
    assert lines[1].startswith(" 10:14:32.000  ")
    assert "+" not in lines[1]
    assert lines[2].startswith(" 10:14:32.250   +0.250")


def test_a_detail_that_does_not_fit_behind_stands_below() -> None:
    """Never cut inside a word."""
    event = CallEvent(EventKind.DIALING, NOW, "from +1 555-010-0000 over the trunk called main")
    assert lines_of(event, width=140)[1].endswith("called main")
    assert lines_of(event, width=80)[2].endswith("│ from +1 555-010-0000 over the trunk called main")


def test_the_ladder_in_ascii_is_ascii() -> None:
    """Also its arrows."""
    text = "".join(line.text for line in ladder_lines(call_report("x").events, "fake", 80, ZONE, ascii_only=True))
    assert text.isascii()


def test_evidence_names_each_check_with_its_sentence() -> None:
    """One line each where all is clear."""
    lines = [line.text for line in verdict_lines(evidence(), 80)]
    assert len(lines) == 6
    assert lines[2] == " ✓ opt-out   not on the do-not-call list"


def test_what_is_not_clear_says_so_in_words_and_wraps_beside_its_name() -> None:
    """No glyph or colour alone."""
    refused = CheckResult(CheckName.OPTOUT, VerdictKind.REFUSED, "opted_out", "the callee asked not to be called " * 2)
    lines = [line.text for line in verdict_lines(combine((refused,), (), NOW), 50)]
    assert lines[0].startswith(" ✗ opt-out   refused: the callee asked")
    assert len(lines) > 1 and lines[1].startswith(" " * 13)


def test_the_answer_about_a_number_comes_with_time_and_reason() -> None:
    """And names what was not looked at."""
    lines = [line.text for line in explanation_lines(held_explanation("+13035550104"), NOW, ZONE, 80, ascii_only=False)]
    assert lines[0].startswith(" +1 303-555-0104  ◷ not now, not before 10:46")
    assert "Mountain opens at 8:00 there" in "\n".join(lines)
    assert "campaign, attempts" in lines[-1]
