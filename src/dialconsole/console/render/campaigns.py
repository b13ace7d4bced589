"""The campaign panes: one line each, and a sentence about the one under the cursor.

What a campaign is held up by stands in the place of its figures, because the figures of a campaign that does not run
are noughts, and the reason is what an operator looks for.
"""

from __future__ import annotations

from msgspec import Struct

from dialconsole.console.render.bar import progress
from dialconsole.console.render.brief import BRIEF
from dialconsole.console.render.clock import ago, hour_then, span
from dialconsole.console.render.count import out_of, plural, short_count
from dialconsole.console.render.duration import duration
from dialconsole.console.render.glyphs import HELD, campaign_sign
from dialconsole.console.render.line import Line, first_fitting, rule, whole_words
from dialconsole.model.outcome import CampaignState
from dialconsole.model.view import CampaignView, Hold, ImportView

_STATE, _DONE, _LIVE, _FIGURE, _RATE, _ETA, _GAP = 10, 9, 4, 5, 4, 5, 2
_FIXED = _STATE + _DONE + _LIVE + _RATE + 4 * _GAP + 2
"""Cells that are always taken but for name and bar; the last two part bar and count, and keep the edge free."""
_REASON = 24
"""Cells from which a reason for a pause is worth beginning."""
_TITLES = ("WAIT", "HELD", "RETRY")


class Widths(Struct, frozen=True):
    """How wide name and bar are, how many of WAIT, HELD and RETRY have room, whether the ETA has."""

    name: int
    bar: int
    figures: int
    eta: bool
    tail: int
    """Cells from the column WAIT to the end of the line."""


def campaign_widths(width: int, longest_name: int) -> Widths:
    """Columns for ``width`` cells, cursor's mark not counted."""
    eta = width >= 85
    figures = 3 if width >= 72 else 2 if width >= 65 else 1
    room = width - _FIXED - figures * (_FIGURE + _GAP) - (_ETA + _GAP if eta else 0)
    name = max(8, min(longest_name, room - 8, 20))
    bar = max(4, min(room - name, 24))
    used = _STATE + _GAP + name + _GAP + bar + 1 + _DONE + _GAP + _LIVE + _GAP
    return Widths(name, bar, figures, eta, width - used)


def campaign_titles(widths: Widths, width: int, role: str, stroke: str) -> Line:
    """The rule above the panes, with the columns' titles; they stand where ``campaign_line`` puts the figures."""
    at = 1
    titles = [(at, "STATE", role)]
    at += _STATE + _GAP
    titles.append((at, "CAMPAIGN", role))
    at += widths.name + _GAP
    titles.append((at, "DONE", role))
    at += widths.bar + 1 + _DONE
    for title, cells in _figures(widths):
        at += _GAP + cells
        titles.append((at - len(title), title, role))
    return rule(width, titles, stroke)


def _figures(widths: Widths) -> list[tuple[str, int]]:
    figures = [("LIVE", _LIVE), *((title, _FIGURE) for title in _TITLES[: widths.figures]), ("ANS", _RATE)]
    return [*figures, ("ETA", _ETA)] if widths.eta else figures


def campaign_line(campaign: CampaignView, widths: Widths, now: float, zone: str, ascii_only: bool) -> Line:
    """One campaign, without the cursor's mark."""
    sign = campaign_sign(campaign)
    line = Line().column(sign.text(ascii_only), _STATE + _GAP, sign.role)
    line.column(campaign.name, widths.name, "title").add(" " * _GAP)
    for cell in progress(campaign.done, campaign.total, widths.bar, ascii_only=ascii_only):
        line.add(*cell)
    line.column(out_of(campaign.done, campaign.total), 1 + _DONE, align="right").add(" " * _GAP)
    line.column(_figure(campaign.live), _LIVE, align="right").add(" " * _GAP)
    reasons = _reasons(campaign, now, zone, widths.tail)
    if reasons:
        return line.column(first_fitting(reasons, widths.tail), widths.tail)
    return line.join(_counts(campaign, widths))


def _counts(campaign: CampaignView, widths: Widths) -> Line:
    line = Line().column(_figure(campaign.ready), _FIGURE, align="right")
    for count in (campaign.held, campaign.retry)[: widths.figures - 1]:
        line.add(" " * _GAP).column(_figure(count), _FIGURE, align="right")
    rate = campaign.answer_rate
    line.add(" " * _GAP).column("-" if rate is None else f"{rate:.0%}", _RATE, align="right")
    if widths.eta:
        eta = "-" if campaign.eta_s is None else duration(campaign.eta_s)
        line.add(" " * _GAP).column(eta, _ETA, align="right")
    return line


def _figure(count: int) -> str:
    return short_count(count) if count else "-"


def _reasons(campaign: CampaignView, now: float, zone: str, room: int) -> list[str]:
    """Why nothing goes on, from the fullest sentence to the tersest; empty when something does."""
    if campaign.state is CampaignState.DRAFT:
        if not campaign.total:
            return ["no contacts yet: import a list", "import a list first"]
        return [f"not started, {plural(campaign.total, 'contact')}: s starts it", "not started: s starts it"]
    if campaign.state is CampaignState.PAUSED:
        return _paused(campaign, now, room)
    if campaign_sign(campaign) is HELD and campaign.holds:
        first = campaign.holds[0]
        brief = f"{first.count:,}: {first.sentence}"
        # A long reason gives its cause after a colon; the sentence under the panes has room for it.
        short = [first.sentence.partition(": ")[0], BRIEF.get(first.code, first.sentence)]
        briefer = [f"{first.count:,}: {words}" for words in short if words]
        return [f"{brief}{_until(first, now, zone)}", brief, *briefer, *short[1:]]
    return []


def _paused(campaign: CampaignView, now: float, room: int) -> list[str]:
    who = campaign.changed_by or "somebody"
    if not campaign.changed_at:
        return [f"by {who}"]
    since = now - campaign.changed_at
    brief = f"by {who}, {ago(since)}"
    if not campaign.reason:
        return [brief]
    reason = [f"{brief}: {campaign.reason}", f"{who}, {span(since)}: {campaign.reason}", f"{who}: {campaign.reason}"]
    return reason if room >= _REASON else [*reason, f"by {who}"]


def _until(hold: Hold, now: float, zone: str) -> str:
    return "" if hold.until is None else f", until {hour_then(hold.until, now, zone)}"


def campaign_sentence(campaign: CampaignView, width: int, now: float, zone: str) -> Line:
    """All that is to be said of a campaign in one line: as many whole facts as fit, the most pressing first."""
    return _sentence(campaign.name, _facts(campaign, now, zone), width)


def _sentence(name: str, facts: list[str], width: int) -> Line:
    text = facts[0]
    for fact in facts[1:]:
        if len(text) + len(fact) + 3 <= width - len(name) - 2:
            text = f"{text} · {fact}"
    line = Line(name, "title").add("  ")
    return line.add(whole_words(text, width - line.width), "dim")


def import_sentence(view: ImportView, width: int) -> Line:
    """How far a list is that comes into a campaign; this goes before anything else that is to be said of it."""
    facts = [f"{view.share:.0%} of {view.list} read", f"{short_count(view.rows)} rows", f"{view.rejected:,} rejected"]
    if view.rate:
        facts.append(f"{short_count(round(view.rate))}/s")
    return _sentence(view.campaign, [*facts, "C cancels it"], width)


def _facts(campaign: CampaignView, now: float, zone: str) -> list[str]:
    facts = []
    if campaign.state is CampaignState.PAUSED:
        facts.append(f"paused {_paused(campaign, now, _REASON)[0]}")
    elif campaign.state is CampaignState.DRAINING:
        facts.append(f"draining: {plural(campaign.live, 'call')} to finish, no new ones")
    facts += [
        f"{h.count:,} {'would be refused' if h.refused else 'wait'}: {h.sentence}{_until(h, now, zone)}"
        for h in campaign.holds
    ]
    if campaign.retry:
        facts.append(f"{campaign.retry:,} to retry later")
    if campaign.eta_s is not None and campaign.ready:
        facts.append(f"those ready called once in about {span(campaign.eta_s)}")
    if campaign.suppressed:
        facts.append(f"{campaign.suppressed:,} on do-not-call")
    facts.append(f"{campaign.completed:,} completed, {campaign.failed:,} failed")
    return facts
