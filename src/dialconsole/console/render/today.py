"""What became of today's calls, over all campaigns, and how the pace has been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dialconsole.console.render.call import OUTCOME_WORDS
from dialconsole.console.render.line import Line
from dialconsole.model.outcome import Outcome
from dialconsole.model.view import CampaignView

_TROUBLE = frozenset({Outcome.BLOCKED, Outcome.TRUNK_FAULT, Outcome.THROTTLED, Outcome.AGENT_UNAVAILABLE})
_MOST_LINES = 2
_STEPS = "▁▂▃▄▅▆▇█"
_ASCII_STEPS = "_.:-=+*#"


def outcome_lines(campaigns: Iterable[CampaignView], width: int) -> list[Line]:
    """``blocked 3  answered 141  voicemail 58 ...``: the outcomes there were, what is our trouble first, in two lines
    at most; what has no room even then is counted, never silently left out."""
    totals: dict[Outcome, int] = {}
    for campaign in campaigns:
        for name, count in campaign.outcomes.items():
            totals[Outcome(name)] = totals.get(Outcome(name), 0) + count
    told = sorted((outcome for outcome in Outcome if totals.get(outcome)), key=lambda outcome: outcome not in _TROUBLE)
    if not told:
        return [Line(" No call has ended today.", "dim")]
    lines = [Line(" ")]
    for place, outcome in enumerate(told):
        figure = Line(f"{OUTCOME_WORDS[outcome]} ", "state-failed" if outcome in _TROUBLE else "dim")
        figure.add(f"{totals[outcome]:,}", "title")
        more, last = f"+{len(told) - place} more", place == len(told) - 1
        room = width - 1 - (len(more) + 3 if len(lines) == _MOST_LINES and not last else 0)
        if lines[-1].width > 1 and lines[-1].width + 3 + figure.width > room:
            if len(lines) == _MOST_LINES:
                lines[-1].add(f"   {more}", "dim")
                break
            lines.append(Line(" "))
        lines[-1].add("   " if lines[-1].width > 1 else "").join(figure)
    return lines


def pace_line(per_minute: Sequence[int], rate: float | None, width: int, ascii_only: bool) -> Line:
    """Calls started in each minute, oldest first, as a sparkline, and the answer rate. The last minute still runs."""
    answered = "" if rate is None else f"   answer rate {rate:.0%}"
    room = width - len(" calls/min, last 60 min  ") - len(answered) - 17
    shown = list(per_minute)[-max(1, min(room, 60)) :]
    words = f" calls/min, last {len(shown)} min  "
    now = f"  {shown[-1] if shown else 0} this minute"
    line = Line(words, "dim").add(sparkline(shown, ascii_only), "gauge-ok").add(now, "")
    return line.add(answered, "dim") if line.width + len(answered) <= width else line


def sparkline(values: Sequence[int], ascii_only: bool = False) -> str:
    """One character for each value, the highest full; nothing is drawn as nothing."""
    steps = _ASCII_STEPS if ascii_only else _STEPS
    top = max(values, default=0)
    return "".join(" " if not v else steps[max(0, -(-v * len(steps) // top) - 1)] for v in values)


def answer_rate(campaigns: Iterable[CampaignView]) -> float | None:
    """The share of attempts answered by a person or a machine, over all campaigns."""
    counted = answered = 0
    for campaign in campaigns:
        counted += sum(n for o, n in campaign.outcomes.items() if Outcome(o).reached_the_callee)
        answered += campaign.outcomes.get(Outcome.ANSWERED, 0) + campaign.outcomes.get(Outcome.VOICEMAIL, 0)
    return answered / counted if counted else None
