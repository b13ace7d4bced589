"""What looking a trunk over came to: faults as they stand in the order of causes, each with its mend below it."""

from __future__ import annotations

from collections import Counter

from dialconsole.console.render.count import plural
from dialconsole.console.render.glyphs import Sign
from dialconsole.console.render.line import Line, rule, spread, wrap
from dialconsole.model.finding import Finding, FindingKind
from dialconsole.model.request.trunks import TrunkCheck

SIGNS: dict[FindingKind, Sign] = {
    FindingKind.OK: Sign("✓", "+", "fine", "check-clear"),
    FindingKind.WARNING: Sign("!", "!", "look", "check-held"),
    FindingKind.FAULT: Sign("✗", "x", "FAULT", "check-refused"),
    FindingKind.SKIPPED: Sign("–", "-", "open", "dim"),
}
"""Open: it could not be checked, and says nothing."""

_SIGN, _NAME = 8, 16


def check_lines(check: TrunkCheck, width: int, ascii_only: bool) -> list[Line]:
    """All of it, from top to bottom."""
    head = spread(
        width - 2,
        Line("trunk ", "dim").add(check.trunk, "title").add(f"  {check.backend}", "dim"),
        Line(*_verdict(check)),
    )
    lines = [Line(" ").join(head), rule(width, [(1, "CHECK", "table-header")], "-" if ascii_only else "─")]
    for finding in check.findings:
        lines += _finding(finding, width, ascii_only)
    return lines


def _verdict(check: TrunkCheck) -> tuple[str, str]:
    counts = Counter(finding.kind for finding in check.findings)
    if faults := counts[FindingKind.FAULT]:
        return plural(faults, "fault"), SIGNS[FindingKind.FAULT].role
    if looks := counts[FindingKind.WARNING]:
        return f"no fault, {looks} to look at", SIGNS[FindingKind.WARNING].role
    return "no fault", SIGNS[FindingKind.OK].role


def _finding(finding: Finding, width: int, ascii_only: bool) -> list[Line]:
    sign = SIGNS[finding.kind]
    room = width - _SIGN - _NAME - 4
    first, *rest = wrap(finding.fact, room)
    role = "dim" if finding.kind is FindingKind.SKIPPED else ""
    line = Line(" ").column(sign.text(ascii_only), _SIGN, sign.role).add(" ")
    lines = [line.column(finding.name.replace("_", " "), _NAME, role).add(" ").add(first, role)]
    indent = " " * (_SIGN + _NAME + 3)
    lines += [Line(indent).add(text, role) for text in rest]
    arrow = "-> " if ascii_only else "→ "
    for i, text in enumerate(wrap(finding.mend, room - len(arrow)) if finding.mend else ()):
        lines.append(Line(indent).add(arrow if i == 0 else " " * len(arrow), "dim").add(text, "key"))
    return lines
