"""Numbers that do what their last two digits say, and the page that lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock, run_virtual, utc
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import Campaign
from dialconsole.telephony.backend import CallEnd, CallOrder
from dialconsole.telephony.fake import FakeBackend, load_scenario
from dialconsole.telephony.fake.behaviour import Behaviour
from dialconsole.telephony.fake.patterns import PATTERNS, Pattern, pattern_of

PAGE = Path(__file__).parents[3] / "docs" / "fake-backend.md"


def place(number: str, *, seed: int = 1, attempt_no: int = 1) -> tuple[CallEnd, RecordingLine]:
    """One call with a campaign's default settings."""
    line = RecordingLine()
    campaign = Campaign("reminders", "main")

    async def main() -> CallEnd:
        backend = FakeBackend(load_scenario("basic"), seed=seed, clock=LoopClock(utc(1_772_550_000)))
        order = CallOrder(
            "att-1",
            number,
            "+12125550199",
            campaign.name,
            campaign.trunk,
            attempt_no=attempt_no,
            ring_timeout_s=campaign.ring_timeout_s,
            max_call_s=campaign.max_call_s,
            silence_after_s=campaign.silence_after_s,
        )
        return await backend.place(order, line)

    return run_virtual(main()), line


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.digits)
def test_each_pattern_has_its_outcome(pattern: Pattern) -> None:
    """In any area code, with any seed, at any attempt, with a campaign's default settings."""
    for seed, area, attempt_no in ((1, "212", 1), (2, "907", 1), (3, "415", 3)):
        end, _ = place(f"+1{area}55501{pattern.digits}", seed=seed, attempt_no=attempt_no)
        assert end.outcome is pattern.outcome, (seed, area)


@pytest.mark.parametrize(
    ("digits", "code", "reason"),
    [
        ("10", 200, "OK"),
        ("13", 408, "Request Timeout"),
        ("14", 486, "Busy Here"),
        ("15", 603, "Decline"),
        ("16", 603, "Network Blocked"),
        ("17", 404, "Not Found"),
        ("18", 480, "Temporarily Unavailable"),
        ("19", 503, "Service Unavailable"),
        ("21", None, ""),
    ],
)
def test_patterns_carry_their_code(digits: str, code: int | None, reason: str) -> None:
    """The code and phrase a real carrier would send; a ring time-out has none."""
    end, _ = place(f"+121255501{digits}")
    assert (end.sip_code, end.sip_reason) == (code, reason)


def test_the_opt_out_is_reported() -> None:
    """The agent hears the wish and passes it on."""
    _, line = place("+12125550120")
    assert EventKind.OPT_OUT in line.kinds


def test_the_long_call_runs_into_the_limit() -> None:
    """A talk of 15 minutes or more is cut at the campaign's limit."""
    end, line = place("+12125550122")
    assert line.instant(EventKind.HANG_UP) - line.instant(EventKind.ANSWERED) == pytest.approx(600.0, abs=0.01)
    assert "limit" in end.detail


def test_ringing_on_takes_the_whole_ring_time_out() -> None:
    """No code, no answer, ringing to the last second."""
    _, line = place("+12125550121")
    assert line.kinds[-1] is EventKind.RINGING


def test_hanging_up_at_once_leaves_nobody_known() -> None:
    """Answered and gone before person or machine could be told."""
    _, line = place("+12125550123")
    assert line.kinds[-2:] == [EventKind.ANSWERED, EventKind.HANG_UP]


@pytest.mark.parametrize(
    "number",
    ["+12125550109", "+12125550124", "+12125550210", "+12125560110", "+442125550110", "+1212555011", "+121255501100"],
)
def test_other_numbers_are_free(number: str) -> None:
    """Only +1 NXX 555-0110 to 555-0123 are fixed."""
    assert pattern_of(number) is None


def test_every_behaviour_that_lists_need_has_an_ending() -> None:
    """Digits and behaviours are unique, and each behaviour has a number."""
    assert [pattern.digits for pattern in PATTERNS] == [str(n) for n in range(10, 24)]
    assert {pattern.behaviour for pattern in PATTERNS} == set(Behaviour)


def test_the_page_lists_the_table() -> None:
    """docs/fake-backend.md and the code say the same, row by row."""
    listed = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `…01")]
    assert listed == [f"| `…01{p.digits}` | {p.outcome} | {p.description} |" for p in PATTERNS]
