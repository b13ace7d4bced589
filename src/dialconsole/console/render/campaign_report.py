"""A campaign in full: figures, what it waits for, how it is set."""

from __future__ import annotations

from collections.abc import Sequence

from dialconsole.console.render.bar import progress
from dialconsole.console.render.call import OUTCOME_WORDS
from dialconsole.console.render.clock import ago, hour_then, moment, span
from dialconsole.console.render.count import plural
from dialconsole.console.render.glyphs import campaign_sign
from dialconsole.console.render.line import Line, rule, spread, whole_words, wrap
from dialconsole.console.throttle import in_words
from dialconsole.model.campaign import Campaign, RetryPolicy
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.model.request.looking import CampaignReport
from dialconsole.model.view import CampaignView

_LABEL = 22
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def report_lines(
    report: CampaignReport, view: CampaignView, width: int, now: float, zone: str, ascii_only: bool
) -> list[Line]:
    """All of it, from top to bottom; ``view`` has the figures of this moment."""
    stroke = "-" if ascii_only else "─"
    sign = campaign_sign(view)
    head = spread(
        width - 2,
        Line("campaign ", "dim").add(view.name, "title").add(f"  over trunk {view.trunk}", "dim"),
        Line(sign.text(ascii_only), sign.role),
    )
    parts = (
        ("CONTACTS", _contacts(view, now, ascii_only)),
        ("WAITS FOR", _holds(view, now, zone, width)),
        ("TODAY", _outcomes(view, ascii_only)),
        ("SETTINGS", _settings(report.campaign, view)),
        ("LISTS", _lists(report, zone, width)),
    )
    lines = [Line(" ").join(head)]
    for title, part in parts:
        lines += [rule(width, [(1, title, "table-header")], stroke), *part]
    return lines


def _contacts(view: CampaignView, now: float, ascii_only: bool) -> list[Line]:
    done = Line(" ")
    for cell in progress(view.done, view.total, 24, ascii_only=ascii_only):
        done.add(*cell)
    done.add(f"  {view.done:,} of {view.total:,} done")
    over = (("completed", view.completed), ("failed", view.failed), ("do-not-call", view.suppressed))
    left = (("in a call", view.live), ("callable now", view.ready), ("held", view.held), ("to retry", view.retry))
    lines = [done, _figures(over), _figures(left)]
    if view.changed_by:
        why = f": {view.reason}" if view.reason else ""
        lines.append(Line(f" {view.state.value} by {view.changed_by}, {ago(now - view.changed_at)}{why}", "dim"))
    return lines


def _figures(figures: Sequence[tuple[str, int]]) -> Line:
    line = Line(" ")
    for label, count in figures:
        line.add("   " if line.width > 1 else "").add(f"{label} ", "dim").add(f"{count:,}", "title")
    return line


def _holds(view: CampaignView, now: float, zone: str, width: int) -> list[Line]:
    lines = []
    for hold in view.holds:
        until = "" if hold.until is None else f", until {hour_then(hold.until, now, zone)}"
        first, *rest = wrap(f"{hold.sentence}{until}", width - 10)
        lines.append(Line(f" {hold.count:>7,}  ", "title").add(first))
        lines += [Line(" " * 10).add(line) for line in rest]
    return lines or [Line(" nothing: no contact is held", "dim")]


def _outcomes(view: CampaignView, ascii_only: bool) -> list[Line]:
    counted = [(Outcome(name), count) for name, count in view.outcomes.items() if count]
    if not counted:
        return [Line(" no call has ended today", "dim")]
    most = max(count for _, count in counted)
    lines = []
    for outcome, count in sorted(counted, key=lambda pair: -pair[1]):
        line = Line(" ").column(OUTCOME_WORDS[outcome], _LABEL).column(f"{count:,}", 7, "title", "right").add("  ")
        lines.append(line.add(("#" if ascii_only else "▪") * max(1, round(24 * count / most)), "gauge-ok"))
    return lines


def _again(retry: RetryPolicy) -> str:
    if retry.once:
        return "never: each is called once, whatever comes of it"
    return f"no answer {span(retry.no_answer_s)}, busy {span(retry.busy_s)}, voicemail {span(retry.voicemail_s)}"


def _settings(campaign: Campaign, view: CampaignView) -> list[Line]:
    window, retry = campaign.window, campaign.retry
    days = "every day" if len(window.days) == 7 else ", ".join(_DAYS[day] for day in window.days)
    machine = "leave a message" if campaign.on_machine is OnMachine.LEAVE_MESSAGE else "hang up"
    settings: Sequence[tuple[str, str]] = (
        ("limits of its own", in_words(view.limits)),
        ("share of the trunk", f"weight {view.weight}"),
        ("hours, callee's time", f"{window.opens:%H:%M} to {window.closes:%H:%M}, {days}"),
        ("attempts", f"{plural(retry.max_attempts, 'attempt')}, at least {span(campaign.min_gap_s)} apart"),
        ("again after", _again(retry)),
        ("a machine answers", f"{machine}; {campaign.silence_after_s:g} s of silence is a machine"),
        ("rings for", f"{campaign.ring_timeout_s:g} s"),
    )  # fmt: skip
    return [Line(" ").column(label, _LABEL, "dim").add(words) for label, words in settings]


def _lists(report: CampaignReport, zone: str, width: int) -> list[Line]:
    lines = []
    for source in report.lists:
        words = (
            f"{plural(source.contacts, 'contact')}, {plural(source.duplicates, 'duplicate')}, "
            f"{plural(source.rejected, 'rejected row')}, read {moment(source.imported_at, zone)}"
        )
        lines.append(Line(" ").column(source.name, _LABEL, "title").add(whole_words(words, width - _LABEL - 2)))
    return lines or [Line(" no list yet: dialconsole list import", "dim")]
