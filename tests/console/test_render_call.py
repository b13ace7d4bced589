"""A call as a row: state, time, number, and what happens now; and the signs of all states."""

from __future__ import annotations

from itertools import chain
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from dialconsole.console.render.call import CALL_COLUMNS, OUTCOME_WORDS, call_row, local_time, what_now
from dialconsole.console.render.glyphs import (
    ALERTS,
    CAMPAIGNS,
    CHECKS,
    CLOSED,
    FAILED,
    HELD,
    NOBODY,
    OPEN,
    PHASES,
    UNKNOWN,
    Sign,
    alert_sign,
    call_sign,
    campaign_sign,
    zone_sign,
)
from dialconsole.console.roles import ROLES
from dialconsole.console.widgets.live_table.columns import fit_columns
from dialconsole.model.outcome import CallPhase, CampaignState, Outcome
from dialconsole.model.view import CallView, CampaignView

NOW = 1_772_551_000.0
"""15:16:40 UTC on a day in March: 10:16 in New York, 9:16 in Chicago."""

SIGNS: list[Sign] = [
    *chain(PHASES.values(), CAMPAIGNS.values(), CHECKS.values(), ALERTS.values()),
    *(FAILED, UNKNOWN, NOBODY, HELD, OPEN, CLOSED),
]

RINGING = CallView(
    id="att_1",
    number="+12125550143",
    name="Ana López",
    campaign="reminders",
    trunk="main",
    attempt_no=1,
    max_attempts=3,
    phase=CallPhase.RINGING,
    since=NOW - 9,
    claimed_at=NOW - 12,
    zones=("America/New_York",),
    due=NOW + 20,
)


def call(**changes: Any) -> CallView:
    return msgspec.structs.replace(RINGING, **changes)


def ended(outcome: Outcome | None, **changes: Any) -> CallView:
    return call(phase=CallPhase.ENDED, outcome=outcome, ended_at=NOW, **changes)


def texts(view: CallView) -> dict[str, str]:
    return {column.key: cell.text for column, cell in zip(CALL_COLUMNS, call_row("att_1", view, NOW), strict=True)}


def test_a_ringing_call_is_read_from_left_to_right() -> None:
    """Every column of a call says what an operator asks: what, how long, whom, where, which try, what now."""
    assert texts(RINGING) == {
        "state": "◔ ringing",
        "for": "0:09",
        "number": "+1 212-555-0143",
        "name": "Ana López",
        "local": "10:16",
        "campaign": "reminders",
        "trunk": "main",
        "try": "1/3",
        "now": "20 s left",
    }


def test_the_columns_fill_a_terminal_of_80() -> None:
    """At 80 cells, one of them the scrollbar's, the columns an operator needs are there with the width they ask for."""
    slots = fit_columns(CALL_COLUMNS, 79)
    shown = [CALL_COLUMNS[slot.column].key for slot in slots]
    assert shown == ["state", "for", "number", "name", "campaign", "try", "now"]
    assert slots[-1].x + slots[-1].width == 79
    assert len(fit_columns(CALL_COLUMNS, 119)) == len(CALL_COLUMNS)


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.word)
def test_a_sign_is_one_cell_and_has_a_word(sign: Sign) -> None:
    """Glyph, ASCII form and word are always there; glyphs are one cell, the role is known to every theme."""
    assert cell_len(sign.glyph) == len(sign.ascii) == 1
    assert sign.ascii.isascii()
    assert sign.text() == f"{sign.glyph} {sign.word}"
    assert sign.text(ascii_only=True).isascii()
    assert sign.role in ROLES
    assert "\ufe0f" not in sign.glyph


def test_states_of_one_kind_have_different_signs() -> None:
    """Who sees no colour can tell the states apart by glyph and by word, in ASCII too."""
    for signs in (PHASES.values(), [*CAMPAIGNS.values(), HELD], CHECKS.values(), ALERTS.values(), (OPEN, CLOSED)):
        for field in ("glyph", "ascii", "word"):
            values = [getattr(sign, field) for sign in signs]
            assert len(set(values)) == len(values), field


@pytest.mark.parametrize("phase", list(CallPhase))
def test_every_phase_fits_the_state_column(phase: CallPhase) -> None:
    """No state is cut, not even at 80 cells."""
    assert cell_len(call_sign(call(phase=phase)).text()) <= CALL_COLUMNS[0].width


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_word_and_a_sign(outcome: Outcome) -> None:
    """An ended call says how it ended, within its column, in words of our own, not the code's."""
    row = texts(ended(outcome))
    assert row["now"] == OUTCOME_WORDS[outcome]
    assert len(row["now"]) <= 12
    assert "_" not in row["now"]
    assert cell_len(row["state"]) <= 9


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (Outcome.ANSWERED, PHASES[CallPhase.ENDED]),
        (Outcome.VOICEMAIL, PHASES[CallPhase.ENDED]),
        (Outcome.BUSY, NOBODY),
        (Outcome.REJECTED, NOBODY),
        (Outcome.TRUNK_FAULT, FAILED),
        (Outcome.BLOCKED, FAILED),
        (Outcome.UNKNOWN, UNKNOWN),
    ],
)
def test_an_ended_call_shows_whose_fault_it_was(outcome: Outcome, sign: Sign) -> None:
    """Answered, nobody there, failed on our side, and unknown are four different things."""
    assert call_sign(ended(outcome)) is sign


def test_an_ended_call_shows_how_long_it_took() -> None:
    """From claim to end, not counting on after it."""
    assert texts(ended(Outcome.ANSWERED, claimed_at=NOW - 38))["for"] == "0:38"


def test_what_happens_now() -> None:
    """A countdown that says for what, where a phase ends by itself; else who has the line. What the detector heard is
    for the call's ladder. An end without an outcome keeps the engine's note."""
    assert what_now(RINGING, NOW) == "20 s left"
    assert what_now(call(phase=CallPhase.LISTENING, due=NOW + 1.5), NOW) == "1.5 s to speak"
    assert what_now(call(phase=CallPhase.DIALING, note="from +12125550100 over main"), NOW) == "no ring yet"
    assert what_now(call(phase=CallPhase.TALKING, note="spoke 1.4 s, then paused"), NOW) == "agent"
    assert what_now(call(phase=CallPhase.MACHINE, note="no speech within 3.5 s of the answer"), NOW) == "message"
    assert what_now(call(phase=CallPhase.RINGING, due=None, note="183"), NOW) == "183"
    assert what_now(ended(None, note="left over"), NOW) == "left over"


@pytest.mark.parametrize("phase", [phase for phase in CallPhase if phase is not CallPhase.ENDED])
@pytest.mark.parametrize("left", [0.0, 2.94, 3.5, 29.9, 59.9])
def test_what_happens_now_is_never_cut(phase: CallPhase, left: float) -> None:
    """All of it fits the column at 80 cells, whatever the detector or the network wrote."""
    words = what_now(call(phase=phase, due=NOW + left, note="more than 2.5 s of speech without a pause"), NOW)
    assert cell_len(words) <= CALL_COLUMNS[-1].width


def test_names_and_what_happens_grow_before_campaigns_and_trunks() -> None:
    """Room is given where words are longest: the names of people, then what happens now."""
    for width in (119, 159):
        cells = {CALL_COLUMNS[slot.column].key: slot.width for slot in fit_columns(CALL_COLUMNS, width)}
        grown = {column.key: cells[column.key] - column.width for column in CALL_COLUMNS}
        assert grown["name"] >= grown["now"] >= grown["campaign"] >= grown["trunk"]


def test_the_callee_may_be_in_several_zones() -> None:
    """The earliest and the latest time are shown, one if they agree, none for zones this machine does not know."""
    assert local_time(("America/New_York", "America/Chicago", "America/Toronto"), NOW) == "9:16/10:16"
    assert local_time(("America/New_York", "America/Detroit"), NOW) == "10:16"
    assert local_time((), NOW) == ""
    assert local_time(("Mars/Olympus", "../etc/passwd"), NOW) == ""


def campaign(state: CampaignState, **changes: Any) -> CampaignView:
    empty = CampaignView("spring", state, "main", 1, 9, 0, 0, 0, 0, 0, 0, 0, 0)
    return msgspec.structs.replace(empty, **changes)


def test_a_campaign_that_can_dial_nothing_is_held() -> None:
    """Running with everything held back reads HELD; with a call live or ready it runs, and paused stays paused."""
    running = CampaignState.RUNNING
    assert campaign_sign(campaign(running, held=9)) is HELD
    assert campaign_sign(campaign(running, held=9, live=1)) is CAMPAIGNS[running]
    assert campaign_sign(campaign(running, held=8, ready=1)) is CAMPAIGNS[running]
    assert campaign_sign(campaign(CampaignState.PAUSED, held=9)) is CAMPAIGNS[CampaignState.PAUSED]


def test_zones_and_alerts_have_signs() -> None:
    """Open and closed differ; a severity this console does not know is shown as a warning."""
    assert (zone_sign(True), zone_sign(False)) == (OPEN, CLOSED)
    assert alert_sign("error") is ALERTS["error"]
    assert alert_sign("dire") is ALERTS["warning"]
