"""Who of a campaign may be called: the counts, the reasons of the others, and the contacts behind a reason."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.console.render.bar import bar
from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.render.clock import hour_then
from dialconsole.console.render.count import plural
from dialconsole.console.render.glyphs import CHECKS, NOBODY, Sign, campaign_word
from dialconsole.console.render.line import Line, rule, whole_words
from dialconsole.console.render.number import phone
from dialconsole.console.render.zone_names import named_zones
from dialconsole.model.dialable import CALLABLE, DialableReport, UndialableContact
from dialconsole.model.verdict import VerdictKind

_BAR = 8

REASON_COLUMNS = (
    Column("state", "STATE", 9),
    Column("count", "CONTACTS", 8, "right"),
    Column("share", "", _BAR, priority=2),
    Column("today", "TODAY", 7, "right", priority=1),
    Column("from", "FROM", 8),
    Column("why", "WHY", 38, grow=1),
)

CONTACT_COLUMNS = (
    Column("number", "NUMBER", 15),
    Column("name", "NAME", 16, grow=1, priority=1),
    Column("tried", "TRIED", 5, "right", priority=3),
    Column("from", "FROM", 9),
    Column("list", "LIST", 18, priority=2),
    Column("line", "LINE", 6, "right", priority=2),
    Column("why", "WHY", 24, grow=2),
)

_NOW, _WAITS, _REFUSED = CHECKS[VerdictKind.CLEAR], CHECKS[VerdictKind.HELD], CHECKS[VerdictKind.REFUSED]
_DONE = {
    "completed": "Completed",
    "failed": "Failed: refused, or tried in vain",
    "suppressed": "Suppressed: on the do-not-call list",
}


_MAY = ("May be called now", "These may be called now, if the campaign runs.")


class ReasonRow(Struct, frozen=True):
    """One count that opens its list. ``code`` is what the engine is asked for."""

    code: str
    sign: Sign
    word: str
    count: int
    share: float
    today: int
    until: float | None
    why: str
    """In a few words."""
    sentence: str
    """In full."""


def reason_rows(report: DialableReport) -> list[ReasonRow]:
    """All counts of a report: those who may be called, the reasons of the others, and what is done; none is empty."""
    whole = max(1, report.total)
    rows = []
    if report.ready:
        rows.append(ReasonRow(CALLABLE, _NOW, "now", report.ready, report.ready / whole, 0, None, *_MAY))
    for reason in report.reasons:
        sign, word = (_REFUSED, "refused") if reason.refused else (_WAITS, "waits")
        rows.append(
            ReasonRow(
                reason.code,
                sign,
                word,
                reason.count,
                reason.count / whole,
                reason.today,
                reason.until,
                reason.words,
                named_zones(reason.sentence),
            )
        )
    for status, count in report.done.items():
        why = _DONE.get(status, status)
        rows.append(ReasonRow(status, NOBODY, "done", count, count / whole, 0, None, why, f"{why}."))
    return rows


def reason_row(row: ReasonRow, now: float, zone: str, ascii_only: bool) -> tuple[Cell, ...]:
    """The cells of a count, one for each of ``REASON_COLUMNS``."""
    filled, _ = bar(row.share, _BAR, ascii_only=ascii_only)
    return (
        Cell(f"{row.sign.mark(ascii_only)} {row.word}", row.sign.role),
        Cell(f"{row.count:,}", "title"),
        Cell(filled, row.sign.role),
        Cell(f"{row.today:,}" if row.today else "-", "" if row.today else "dim"),
        Cell("-" if row.until is None else hour_then(row.until, now, zone), "" if row.until is not None else "dim"),
        Cell(row.why),
    )


def summary_lines(report: DialableReport, width: int, ascii_only: bool) -> list[Line]:
    """The counts in a few words, under the campaign's name."""
    stroke = "-" if ascii_only else "─"
    name = f"{report.campaign}, {campaign_word(report.state)}"
    titles = [(1, "WHO MAY BE CALLED", "table-header"), (20, name, "title")]
    line = Line(" ").add(f"{report.ready:,}", "title").add(" now")
    for count, words in (
        (report.today, "later today"),
        (report.later, "another day"),
        (report.waiting, "held until something changes"),
        (report.refused, "refused"),
        (report.live, "in a call"),
    ):
        if count:
            line.add("   ").add(f"{count:,}", "title").add(f" {words}")
    lines = [rule(width, titles, stroke), line]
    if line.width > width:
        lines[1] = Line(" ").add(whole_words(line.text.strip(), width - 2))
    return lines


def contact_row(contact: UndialableContact, now: float, zone: str) -> tuple[Cell, ...]:
    """The cells of a contact, one for each of ``CONTACT_COLUMNS``."""
    return (
        Cell(phone(contact.number)),
        Cell(contact.name),
        Cell(str(contact.attempts) if contact.attempts else "-", "dim"),
        Cell("-" if contact.until is None else hour_then(contact.until, now, zone)),
        Cell(contact.list, "dim"),
        Cell(str(contact.line), "dim"),
        Cell(named_zones(" ".join(contact.reasons) or contact.sentence)),
    )


def list_title(row: ReasonRow, campaign: str, shown: int, more: bool, width: int, ascii_only: bool) -> Line:
    """The rule over the contacts of a reason."""
    counted = f"{plural(row.count, 'contact')} of {campaign}"
    part = f"the first {shown:,}" if more else ""
    titles = [(1, row.why.upper()[: max(8, width - 40)], "table-header")]
    at = titles[0][0] + len(titles[0][1]) + 2
    titles.append((at, counted, "title"))
    if part:
        titles.append((at + len(counted) + 2, part, "dim"))
    return rule(width, titles, "-" if ascii_only else "─")
