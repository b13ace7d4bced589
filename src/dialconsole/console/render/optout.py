"""A do-not-call entry as a row of the editor."""

from __future__ import annotations

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.render.clock import moment
from dialconsole.console.render.number import phone
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource

OPT_OUT_COLUMNS = (
    Column("number", "NUMBER", 15),
    Column("scope", "SCOPE", 10),
    Column("source", "SOURCE", 11),
    Column("since", "SINCE", 12),
    Column("by", "BY", 12, priority=1),
    Column("reason", "REASON", 22, grow=1),
)

SOURCE_WORDS: dict[OptOutSource, str] = {
    OptOutSource.CALLER: "caller said",
    OptOutSource.SIP603: "603 decline",
    OptOutSource.OPERATOR: "operator",
    OptOutSource.IMPORT: "import",
}


def scope_words(scope: str) -> str:
    return "everywhere" if scope == EVERYWHERE else scope


def opt_out_row(entry: OptOut, zone: str) -> tuple[Cell, ...]:
    """The cells of an entry, one for each of ``OPT_OUT_COLUMNS``."""
    return (
        Cell(phone(entry.number)),
        Cell(scope_words(entry.scope), "dim"),
        Cell(SOURCE_WORDS[entry.source]),
        Cell(moment(entry.at, zone), "dim"),
        Cell(entry.by, "dim"),
        Cell(entry.reason),
    )
