"""The limiter's gauges: how many calls at once, how many started in the last 60 seconds, and what holds the next one.

One line for each trunk, and under it one for each campaign that has a limit of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from dialconsole.console.render.bar import gauge
from dialconsole.console.render.count import out_of, short_count
from dialconsole.console.render.duration import countdown, duration
from dialconsole.console.render.line import Line, first_fitting, rule, whole_words
from dialconsole.console.render.trunk_state import trunk_facts, trunk_state
from dialconsole.model.campaign import Limits
from dialconsole.model.view import CampaignView, TrunkView

_PACE, _GAP = 6, 2


class GaugeRow(Struct, frozen=True):
    """A trunk or a campaign, as far as its limits go."""

    label: str
    limits: Limits
    live: int
    starts_60s: int
    now: tuple[str, ...]
    """What holds the next call, from the fullest words to the tersest."""
    role: str = "dim"
    """Of ``now``."""
    pace: float | None = None
    """Calls per second while the carrier asks for less than the limit."""


class GaugeWidths(Struct, frozen=True):
    label: int
    bar: int
    value: int
    now: int


def trunk_row(trunk: TrunkView, now: float, ascii_only: bool = False) -> GaugeRow:
    state = trunk_state(trunk, now, ascii_only)
    words, role = (_holds(trunk, now), "dim") if state is None else (state.words, state.role)
    return GaugeRow(trunk.name, trunk.limits, trunk.live, trunk.starts_60s, words, role, trunk.pace)


def campaign_row(campaign: CampaignView, ascii_only: bool) -> GaugeRow:
    branch = "'-" if ascii_only else "└"
    limits = campaign.limits
    words: tuple[str, ...] = ("campaign's own limit", "own limit")
    if limits.calls_per_minute is not None and campaign.starts_60s >= limits.calls_per_minute:
        words = ("own limit: minute full", "minute full")
    elif limits.max_concurrent is not None and campaign.live >= limits.max_concurrent:
        words = ("own limit: lines full", "lines full")
    return GaugeRow(f"{branch} {campaign.name}", limits, campaign.live, campaign.starts_60s, words)


def has_own_limit(campaign: CampaignView) -> bool:
    return campaign.limits != Limits()


def _holds(trunk: TrunkView, now: float) -> tuple[str, ...]:
    if trunk.limits.calls_per_minute == 0 or trunk.limits.max_concurrent == 0:
        return ("closed: its limit is 0", "limit is 0")
    wait = f", {trunk.waiting:,} wait" if trunk.waiting else ""
    coming = "" if trunk.next_start_at is None else f"next in {countdown(trunk.next_start_at - now)}"
    if trunk.full == "concurrent":
        return (f"all lines in use{wait}", "all lines in use", "lines full")
    if trunk.full == "per_minute":
        return (f"minute full, {coming or 'soon'}{wait}", f"minute full, {coming}" if coming else "minute full", coming)
    if trunk.full == "per_second":
        return (f"{coming or 'spacing'}{wait}", coming or "spacing")
    if not trunk.waiting:
        return ("nothing waits", "free")
    longest = "" if trunk.waiting_since is None else f", longest {duration(now - trunk.waiting_since)}"
    return (f"{trunk.waiting:,} wait{longest}", f"{trunk.waiting:,} wait")


def gauge_widths(rows: Iterable[GaugeRow], width: int) -> GaugeWidths:
    """Columns for ``width`` cells, cursor's mark not counted. Labels and values are as wide as the widest."""
    listed = list(rows)
    label = max([8, *(min(len(row.label), 18) for row in listed)])
    value = max([5, *(len(_value(u, c)) for row in listed for u, c in _pairs(row) if c is not None)])
    for bar in (14, 12, 10, 8, 6, 4):
        now = width - label - 2 * (bar + 1 + value) - _PACE - 4 * _GAP
        if now >= 26:
            break
    return GaugeWidths(label, bar, value, max(0, now))


def limit_titles(widths: GaugeWidths, width: int, role: str, stroke: str) -> Line:
    """The rule above the gauges, with the columns' titles."""
    gauge_width = widths.bar + 1 + widths.value
    at = 1
    titles = [(at, "TRUNK", role)]
    at += widths.label + _GAP
    titles.append((at, "AT ONCE", role))
    at += gauge_width + _GAP
    titles.append((at, "IN 60 S", role))
    at += gauge_width + _GAP
    titles.append((at, "PACE", role))
    at += _PACE + _GAP
    titles.append((at, "NEXT CALL", role))
    return rule(width, titles, stroke)


def limit_line(row: GaugeRow, widths: GaugeWidths, ascii_only: bool) -> Line:
    """One row of gauges, without the cursor's mark."""
    line = Line().column(row.label, widths.label, "title")
    for used, limit in _pairs(row):
        line.add(" " * _GAP).join(_gauge(used, limit, widths, ascii_only))
    slowed = row.pace is not None
    pace = row.pace if slowed else row.limits.calls_per_second
    words = "-" if pace is None else pace_words(pace)
    line.add(" " * _GAP).column(words, _PACE, "trunk-limited" if slowed else "").add(" " * _GAP)
    return line.column(first_fitting([words for words in row.now if words] or [""], widths.now), widths.now, row.role)


def pace_words(pace: float) -> str:
    """Calls a second in at most six cells and two figures, ``0.33/s``; below one in ten seconds by the minute,
    ``2/min``. Rounded, never cut: a number without its end is another number."""
    if pace < 0.0995:
        return f"{pace * 60:.1g}/min" if pace * 60 >= 0.95 else "<1/min"
    if pace < 9.95:
        return f"{pace:.2g}/s"
    return f"{pace:.0f}/s" if pace < 9999.5 else f"{pace / 1000:.0f}k/s"


def trunk_line(trunk: TrunkView, width: int, now: float, zone: str) -> Line:
    """What is the matter with a trunk, the most pressing first, as many whole facts as fit; or that nothing is."""
    head = Line(trunk.name, "title").add("  ")
    facts = trunk_facts(trunk, now, zone)
    if not facts:
        return head.add("circuit in order", "dim")
    text = facts[0]
    for fact in facts[1:]:
        if len(text) + len(fact) + 3 <= width - head.width:
            text = f"{text} · {fact}"
    return head.add(whole_words(text, width - head.width), "dim")


def _gauge(used: int, limit: int | None, widths: GaugeWidths, ascii_only: bool) -> Line:
    whole = widths.bar + 1 + widths.value
    if limit is None:
        return Line().column(first_fitting([f"{used}, no limit", f"{used}"], whole), whole, "dim")
    line = Line()
    for cell in gauge(used, limit, widths.bar, ascii_only=ascii_only):
        line.add(*cell)
    return line.column(_value(used, limit), 1 + widths.value, align="right")


def _pairs(row: GaugeRow) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    return (row.live, row.limits.max_concurrent), (row.starts_60s, row.limits.calls_per_minute)


def _value(used: int, limit: int | None) -> str:
    """``8/12``, as wide as it will be when full."""
    if limit is None:
        return ""
    return out_of(used, limit).rjust(2 * len(short_count(limit)) + 1)
