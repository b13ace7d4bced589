"""Why a number may, may not yet, or may not be called: the gate's checks, one after another."""

from __future__ import annotations

from rich.cells import cell_len

from dialconsole.console.render.clock import hour_then
from dialconsole.console.render.glyphs import CHECKS
from dialconsole.console.render.line import Line, wrap
from dialconsole.console.render.number import phone
from dialconsole.console.render.zone_names import named_zones
from dialconsole.model.request.looking import Explanation
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind

CHECK_WORDS: dict[CheckName, str] = {CheckName.OPTOUT: "opt-out"}
"""Names of checks that read better than their code."""

_NAME = 10


def verdict_lines(verdict: Verdict, width: int, *, ascii_only: bool = False) -> list[Line]:
    """A line for each check, its sentence wrapped beside its name; what is not clear says so in a word."""
    lines: list[Line] = []
    for check in verdict.checks:
        lines += _check_lines(check, width, ascii_only)
    return lines


def _check_lines(check: CheckResult, width: int, ascii_only: bool) -> list[Line]:
    sign = CHECKS[check.verdict]
    name = CHECK_WORDS.get(check.check, check.check.value)
    words = named_zones(check.sentence)
    sentence = words if check.verdict is VerdictKind.CLEAR else f"{sign.word}: {words}"
    first, *rest = wrap(sentence, width - _NAME - 4)
    head = Line(" ").add(f"{sign.mark(ascii_only)} ", sign.role).column(name, _NAME, "title")
    return [head.add(first), *(Line(" " * (_NAME + 3)).add(line) for line in rest)]


def explanation_lines(explanation: Explanation, now: float, zone: str, width: int, *, ascii_only: bool) -> list[Line]:
    """The answer to "would this number be called?": yes, not now or no, with every reason, and what was not checked."""
    verdict = explanation.verdict
    sign = CHECKS[verdict.verdict]
    word = {VerdictKind.CLEAR: "yes, now", VerdictKind.HELD: "not now", VerdictKind.REFUSED: "no"}[verdict.verdict]
    if verdict.until is not None:
        word = f"{word}, not before {hour_then(verdict.until, now, zone)}"
    head = Line(" ").add(phone(explanation.number), "title").add("  ").add(f"{sign.mark(ascii_only)} {word}", sign.role)
    lines = [head]
    # Beside the answer, not under it: most answers then take one line.
    reasons = [named_zones(reason) for reason in verdict.reasons]
    room = width - head.width - 3
    if len(reasons) == 1 and cell_len(reasons[0]) <= room:
        head.add(f"  {reasons[0]}", "dim")
    else:
        lines += [Line("   ").add(text, "dim") for reason in reasons for text in wrap(reason, width - 4)]
    if explanation.skipped:
        skipped = f"not looked at, because no campaign was named: {', '.join(explanation.skipped)}"
        lines += [Line("   ").add(text, "dim") for text in wrap(skipped, width - 4)]
    return lines
