"""What header, campaigns, limits, calling clock and today's figures say, without a terminal."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.fake_engine import NOW, campaign_views, engine_view, trunk_views, zone_views
from dialconsole.console.pace_history import PaceHistory
from dialconsole.console.render.brief import BRIEF
from dialconsole.console.render.campaigns import campaign_line, campaign_sentence, campaign_titles, campaign_widths
from dialconsole.console.render.clock import ago, hour_then, local, span
from dialconsole.console.render.count import out_of, plural, short_count
from dialconsole.console.render.header import HeaderFacts, header_line, path_end, stopped_lines
from dialconsole.console.render.limits import (
    campaign_row,
    gauge_widths,
    limit_line,
    limit_titles,
    pace_words,
    trunk_row,
)
from dialconsole.console.render.today import answer_rate, outcome_lines, pace_line, sparkline
from dialconsole.console.render.zones import zone_lines
from dialconsole.engine.holds import _WORDS
from dialconsole.engine.holds import words as hold_words
from dialconsole.model.campaign import Limits
from dialconsole.model.outcome import CampaignState
from dialconsole.model.view import CampaignView, Hold, PresenceView, Role

ZONE = "America/New_York"
RUNNING, PAUSED, HELD, FINISHED = campaign_views()
MARIA = PresenceView("c2", "maria", Role.OBSERVER, 0.0)


def facts(**changes: object) -> HeaderFacts:
    base = HeaderFacts(engine_view(), NOW, "you", "admin", (MARIA,), True, 0.003, 0.0)
    return msgspec.structs.replace(base, **changes)


def campaign_text(campaign: CampaignView, width: int = 79, now: float = NOW) -> str:
    widths = campaign_widths(width, 10)
    return campaign_line(campaign, widths, now, ZONE, False).text


# -- header --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 160, 200])
def test_the_header_fits_and_says_what_must_be_said(width: int) -> None:
    """At any width: the workspace, that nothing is real, who we are, how many are here."""
    line = header_line(facts(), width, "●", "○")
    assert line.width == width
    for words in ("clinic", "DEMO", "×10", "you, admin", "●"):
        assert words in line.text
    assert "maria" in line.text or "+1" in line.text


@pytest.mark.parametrize(
    ("user", "others", "clock"),
    [
        ("root", (MARIA,), "10:14:32 EST"),
        ("bartholomew", (MARIA,), "10:14:32 EST"),
        ("bartholomew-featherstonehaugh", (MARIA,), "10:14:32"),
        ("bartholomew-featherstonehaugh-of-the-night-shift", (MARIA,), "10:14:32"),
    ],
)
def test_the_time_is_there_at_80_whoever_is_attached(user: str, others: tuple[PresenceView, ...], clock: str) -> None:
    """The date goes before the zone, the zone and the program's name before the time."""
    line = header_line(facts(user=user, others=others), 80, "●", "○")
    assert line.width == 80
    assert clock in line.text and "DEMO ×10" in line.text and "+1" in line.text


def test_others_stand_with_their_roles() -> None:
    """As we do ourselves: name, comma, role."""
    text = header_line(
        facts(others=(MARIA, msgspec.structs.replace(MARIA, user="root", role=Role.ADMIN))), 180, "●", "○"
    )
    assert "with maria, observer; root, admin" in text.text


def test_a_demo_on_the_real_clock_names_no_speed() -> None:
    """×1 is no news."""
    text = header_line(facts(engine=engine_view(rate=1.0)), 80, "●", "○").text
    assert " DEMO " in text and "×" not in text


FULL_DISK = (
    "Nothing is dialed: The disk of /srv/campaigns/2026/spring/clinic/ledger.sqlite is full: nothing could be "
    "recorded, so nothing is dialed. Make room there; dialing goes on by itself."
)


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_why_nothing_is_dialed_is_said_once_with_its_path_last(width: int) -> None:
    """The path loses its beginning where there is no room, the sentence stays whole."""
    lines = stopped_lines(FULL_DISK, width)
    text = " ".join(" ".join(line.text for line in lines).split())
    assert all(line.width <= width for line in lines)
    assert text.lower().count("nothing is dialed") == 1
    assert text.startswith("Nothing is dialed The disk is full: nothing could be recorded.")
    if width >= 80:
        assert "dialing goes on by itself." in text and text.endswith("/clinic/ledger.sqlite")


def test_the_end_of_a_path_begins_at_a_slash() -> None:
    """Half a folder's name would be another folder."""
    assert path_end("/srv/clinic/ledger.sqlite", 25) == "/srv/clinic/ledger.sqlite"
    assert path_end("/srv/clinic/ledger.sqlite", 20) == "…/ledger.sqlite"


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_header_of_a_lost_engine_tells_the_age_of_the_data(width: int) -> None:
    """And that the console keeps trying."""
    line = header_line(facts(connected=False, age_s=14.2), width, "●", "○")
    assert line.width == width
    assert "○ no engine, data is 14 s old, trying again" in line.text


def test_the_header_before_the_first_word_says_connecting() -> None:
    """There is no data yet that could be old."""
    assert "connecting" in header_line(facts(engine=None, connected=False), 80, "●", "○").text


def test_a_real_clock_and_a_real_backend_wear_no_badge() -> None:
    """Only what is not real says so."""
    text = header_line(facts(engine=engine_view(demo=False, rate=1.0)), 80, "●", "○").text
    assert "DEMO" not in text and "×" not in text


def test_an_engine_that_stops_says_so() -> None:
    """Draining before its end."""
    assert "STOPPING" in header_line(facts(engine=engine_view(draining=True)), 120, "●", "○").text


# -- campaigns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [59, 79, 86, 119, 199])
def test_titles_stand_over_their_figures(width: int) -> None:
    """The right edges of the titles are those of the numbers below; the least needed go where it is narrow."""
    widths = campaign_widths(width, 10)
    titles = campaign_titles(widths, width + 1, "", "─").text
    row = " " + campaign_line(RUNNING, widths, NOW, ZONE, False).text
    assert len(row) <= width + 1
    for title, figure in (("LIVE", "8"), ("WAIT", "12"), ("HELD", "31"), ("RETRY", "78"), ("ANS", "41%")):
        assert title in titles or width < 72
        if title in titles:
            assert row[: titles.index(title) + len(title)].endswith(f" {figure}")


def test_a_held_campaign_says_what_holds_most_and_until_when() -> None:
    """In place of figures that would be noughts."""
    text = campaign_text(HELD, 119)
    assert "HELD" in text
    assert "812: before 8:00 Pacific, until 11:00" in text


def test_a_paused_campaign_says_who_when_and_why() -> None:
    """As much of it as there is room for, the reason before the time."""
    assert "by maria, 4 min ago: script wrong" in campaign_text(PAUSED, 119)
    assert "maria, 4 min: script wrong" in campaign_text(PAUSED, 79)
    assert "script wrong" in campaign_text(PAUSED, 72)


@pytest.mark.parametrize("code", list(BRIEF))
def test_what_holds_a_campaign_is_never_cut_at_80(code: str) -> None:
    """The engine's words where they fit, short ones of our own where they do not."""
    hold = Hold(code, hold_words(code) + " and more of it than a line has room for", 12_345)
    text = campaign_text(msgspec.structs.replace(HELD, holds=(hold,)))
    assert "…" not in text
    assert text.rstrip().endswith(f"12,345: {BRIEF[code]}")


def test_every_reason_of_the_engine_has_short_words() -> None:
    """A new code without them would be cut."""
    fits = {code for code, said in _WORDS.items() if len(said) <= 18}
    assert set(_WORDS) - fits <= set(BRIEF)


def test_at_60_what_holds_or_who_paused_stands_alone() -> None:
    """The count and the reason of a person go before a word would be cut."""
    assert campaign_text(HELD, 59).rstrip().endswith("too early")
    assert campaign_text(PAUSED, 59).rstrip().endswith("by maria")


def test_a_draft_says_which_key_starts_it() -> None:
    """An idle campaign is no mystery."""
    draft = msgspec.structs.replace(PAUSED, state=CampaignState.DRAFT)
    assert "s starts it" in campaign_text(draft)


def test_the_sentence_of_a_campaign_holds_whole_facts_only() -> None:
    """What does not fit is left out whole."""
    short = campaign_sentence(RUNNING, 60, NOW, ZONE).text
    assert short == "reminders  31 wait: before 8:00 Pacific, until 11:00"
    assert "78 to retry later" in campaign_sentence(RUNNING, 80, NOW, ZONE).text


def test_a_day_from_now_is_named() -> None:
    """11:00 today, Wed 8:00 otherwise."""
    assert hour_then(NOW + 3600, NOW, ZONE) == "11:14"
    assert hour_then(NOW + 86400, NOW, ZONE) == "Wed 10:14"
    assert hour_then(NOW + 6 * 86400, NOW, ZONE) == "Mon 11:14"  # the clocks change in between
    assert hour_then(NOW + 7 * 86400, NOW, ZONE) == "10 Mar"  # "Tue" would be today
    assert hour_then(NOW + 30 * 86400, NOW, ZONE) == "2 Apr"


# -- limits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [59, 73, 79, 119])
def test_gauges_fit_and_stand_under_their_titles(width: int) -> None:
    """Every column begins where its title does."""
    rows = [trunk_row(trunk, NOW) for trunk in trunk_views()]
    widths = gauge_widths(rows, width)
    titles = limit_titles(widths, width + 1, "", "─").text
    for row in rows:
        line = limit_line(row, widths, False)
        assert line.width <= width
        text = " " + line.text
        assert text[titles.index("IN 60 S") - 1] == " "
        assert text[titles.index("PACE") :].split()[0].endswith("/s")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(calls_per_minute=30), "campaign's own limit"),
        (Limits(calls_per_minute=24), "own limit: minute full"),
        (Limits(calls_per_minute=30, max_concurrent=8), "own limit: lines full"),
    ],
)
def test_a_campaign_says_when_its_own_limit_holds_it(limits: Limits, words: str) -> None:
    """Its trunk has room then, and says so."""
    assert campaign_row(msgspec.structs.replace(RUNNING, limits=limits), False).now[0] == words


@pytest.mark.parametrize(
    ("full", "words"),
    [
        ("concurrent", "all lines in use, 12 wait"),
        ("per_minute", "minute full, next in 2.0 s, 12 wait"),
        ("per_second", "next in 2.0 s, 12 wait"),
        ("", "12 wait, longest 0:41"),
    ],
)
def test_what_holds_the_next_call_is_said_in_words(full: str, words: str) -> None:
    """Each limit by its own name."""
    trunk = msgspec.structs.replace(trunk_views()[0], full=full)
    assert trunk_row(trunk, NOW).now[0] == words


def test_a_trunk_with_a_limit_of_nought_is_closed() -> None:
    """Nothing may pass, and it is not because somebody waits."""
    trunk = msgspec.structs.replace(trunk_views()[0], limits=Limits(max_concurrent=0))
    assert trunk_row(trunk, NOW).now[0] == "closed: its limit is 0"


def test_a_limit_that_is_not_set_has_no_gauge() -> None:
    """A bar without an end would lie."""
    trunk = msgspec.structs.replace(trunk_views()[0], limits=Limits())
    rows = [trunk_row(trunk, NOW)]
    assert limit_line(rows[0], gauge_widths(rows, 79), False).text.count("no limit") == 2


# -- calling clock and today ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "lines"), [(60, 3), (80, 2), (160, 1)])
def test_the_calling_clock_is_a_grid(width: int, lines: int) -> None:
    """As many zones across as fit, open ones with their end, closed ones with their beginning."""
    shown = zone_lines(zone_views(), width, ZONE, False)
    assert len(shown) == lines
    assert all(line.width <= width for line in shown)
    text = "\n".join(line.text for line in shown)
    assert "Eastern ● to 21:00" in text and "Pacific ○ at 11:46" in text


def test_todays_outcomes_are_summed_over_campaigns() -> None:
    """Whole figures, what is our own trouble before all."""
    assert [line.text for line in outcome_lines(campaign_views(), 160)] == [
        " blocked 3   trunk fault 2   answered 136   voicemail 58   no answer 193   busy 42   declined 4   "
        "bad number 12"
    ]
    assert outcome_lines([], 80)[0].text == " No call has ended today."


def test_todays_outcomes_take_a_second_line_and_then_say_how_many_are_left_out() -> None:
    """At the width of the pane at 160 columns nothing is dropped; where it would be, it is counted."""
    at_160 = [line.text for line in outcome_lines(campaign_views(), 86)]
    assert len(at_160) == 2
    assert at_160[0].startswith(" blocked 3   trunk fault 2   answered 136")
    assert at_160[1].endswith("bad number 12")
    narrow = [line.text for line in outcome_lines(campaign_views(), 40)]
    assert narrow == [" blocked 3   trunk fault 2", " answered 136   voicemail 58   +4 more"]
    for width in range(40, 170):
        assert all(line.width < width for line in outcome_lines(campaign_views(), width))


def test_the_answer_rate_leaves_out_what_never_reached_the_callee() -> None:
    """Trunk faults are not the callee's."""
    view = msgspec.structs.replace(RUNNING, outcomes={"answered": 1, "busy": 1, "trunk_fault": 8})
    assert answer_rate([view]) == 0.5
    assert answer_rate([]) is None


def test_a_sparkline_is_as_long_as_its_values() -> None:
    """The highest is full, nothing is blank."""
    assert sparkline([0, 1, 4, 8]) == " ▁▄█"
    assert sparkline([0, 0]) == "  "
    assert sparkline([0, 8], ascii_only=True) == " #"


def test_the_pace_line_fits() -> None:
    """The last minutes, how many they are, the rate only where there is room."""
    assert " calls/min, last 38 min  " in pace_line([5] * 60, 0.43, 98, False).text
    assert " calls/min, last 5 min  " in pace_line([5] * 5, 0.43, 98, False).text
    assert pace_line([5] * 60, 0.43, 80, False).width <= 80
    assert "answer rate 43%" in pace_line([5] * 60, 0.43, 120, False).text


def test_the_pace_counts_each_attempt_once() -> None:
    """In the minute in which it was claimed; after an hour it is forgotten."""
    history = PaceHistory()
    history.add([("a", 600.0), ("a", 600.0), ("b", 659.0), ("c", 720.0)])
    assert history.per_minute(725.0) == [2, 0, 1]
    assert history.per_minute(725.0 + 3600) == [0]


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (1.0, "1/s"), (0.5, "0.5/s"), (0.3333, "0.33/s"), (0.1234, "0.12/s"), (2.25, "2.2/s"), (12.5, "12/s"),
        (99.97, "100/s"), (9999.0, "9999/s"), (20_000.0, "20k/s"),
        (0.05, "3/min"), (0.0166667, "1/min"), (0.01, "<1/min"),
    ],
)  # fmt: skip
def test_a_pace_is_rounded_and_never_cut(pace: float, words: str) -> None:
    """Two figures in six cells, the slowest by the minute."""
    assert pace_words(pace) == words


@given(pace=st.floats(0.0001, 20_000))
def test_every_pace_fits_its_column(pace: float) -> None:
    """Whatever limit is set."""
    assert len(pace_words(pace)) <= 6


# -- words for numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (9999, "9999"), (10_000, "10k"), (999_999, "999k"), (1_250_000, "1.2M"), (98_000_000, "98M")],
)
def test_counts_keep_to_four_cells(count: int, words: str) -> None:
    """Cut, never rounded up."""
    assert short_count(count) == words


def test_counts_beside_nouns() -> None:
    """One call, eight calls."""
    assert (plural(1, "call"), plural(8, "call"), out_of(171, 300)) == ("1 call", "8 calls", "171/300")


@pytest.mark.parametrize(
    ("seconds", "words"), [(14, "14 s"), (240, "4 min"), (7800, "2 h 10 min"), (86400, "24 h"), (3 * 86400, "3 days")]
)
def test_spans_in_words(seconds: float, words: str) -> None:
    """Rough, and complete."""
    assert span(seconds) == words
    assert ago(seconds) == f"{words} ago"


def test_just_now() -> None:
    """Nobody reads seconds off a pause."""
    assert ago(2) == "just now"


def test_a_zone_this_machine_does_not_know_is_shown_in_utc() -> None:
    """The engine's zone data may be newer than ours."""
    assert local(NOW, "America/Atlantis").tzname() == "UTC"
