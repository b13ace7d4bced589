"""A do-not-call entry as a row of the editor."""

from __future__ import annotations

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.render.clock import moment
from dialconsole.console.render.number import phone
from dialconsole.model.optout import OptOut, OptOutSource, canonical_scope, is_pattern, scope_campaign, scope_words

OPT_OUT_COLUMNS = (
    Column("number", "NUMBER", 15),
    Column("scope", "SCOPE", 12),
    Column("source", "SOURCE", 11),
    Column("since", "SINCE", 12),
    Column("by", "BY", 12, priority=1),
    Column("reason", "REASON", 20, grow=1),
)

SOURCE_WORDS: dict[OptOutSource, str] = {
    OptOutSource.CALLER: "caller said",
    OptOutSource.SIP603: "603 decline",
    OptOutSource.AGENT: "agent",
    OptOutSource.OPERATOR: "operator",
    OptOutSource.IMPORT: "import",
}


def listed(number: str) -> str:
    """What an entry stands for: ``+1 201-555-0143``, or of a pattern its beginning, ``+1 201-555-…``."""
    if not is_pattern(number):
        return phone(number)
    digits = number[:-1]
    if not digits.startswith("+1"):
        return f"{phone(digits)}…"
    groups = [digits[2:5], digits[5:8], digits[8:]]
    begun = "-".join(group for group in groups if group)
    return f"+1 {begun}{'-' if len(digits) in (5, 8) else ''}…"


def opt_out_row(entry: OptOut, zone: str) -> tuple[Cell, ...]:
    """The cells of an entry, one for each of ``OPT_OUT_COLUMNS``. A campaign's name needs no word before it here."""
    return (
        Cell(listed(entry.number)),
        Cell(scope_campaign(canonical_scope(entry.scope)) or scope_words(entry.scope), "dim"),
        Cell(SOURCE_WORDS[entry.source]),
        Cell(moment(entry.at, zone), "dim"),
        Cell(entry.by, "dim"),
        Cell(entry.reason),
    )
