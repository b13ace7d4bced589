"""Zones in sentences of the gate stand under the names they have on the calling clock."""

from __future__ import annotations

from dialconsole.compliance.hours import US_ZONES
from dialconsole.console.render.dialable import contact_row
from dialconsole.console.render.evidence import explanation_lines, verdict_lines
from dialconsole.console.render.zone_names import NAMES, named_zones
from dialconsole.model.dialable import UndialableContact
from dialconsole.model.request.looking import Explanation
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind

SENTENCE = "In America/Denver it is Tuesday 7:14; the campaign calls from 8:00 to 20:00."


def test_the_names_are_those_of_the_clock() -> None:
    """The engine's table and the console's are one in content."""
    assert {zone: label for label, zone in US_ZONES} == NAMES


def test_only_zones_of_the_clock_are_renamed() -> None:
    """Others keep the name that a person can look up; a path is no zone."""
    assert named_zones(SENTENCE) == "In Mountain it is Tuesday 7:14; the campaign calls from 8:00 to 20:00."
    for other in ("America/Boise", "America/Chicago_Heights", "/usr/share/zoneinfo/America/Denver"):
        assert named_zones(f"In {other} now.") == f"In {other} now."


def test_every_place_that_shows_the_gate_names_them() -> None:
    """The evidence of a call, the answer about a number, the list behind a count."""
    held = CheckResult(CheckName.HOURS, VerdictKind.HELD, "before_hours", SENTENCE)
    verdict = Verdict(VerdictKind.HELD, (held,), ("America/Denver",), 0.0)
    explanation = Explanation(number="+13035550103", campaign=None, verdict=verdict, skipped=())
    contact = UndialableContact(
        id=1, number="+13035550103", name="", list="a.csv", line=1, attempts=0, sentence=SENTENCE, reasons=(SENTENCE,),
        until=None, zones=("America/Denver",),
    )  # fmt: skip
    texts = [line.text for line in verdict_lines(verdict, 120)]
    texts += [line.text for line in explanation_lines(explanation, 0.0, "UTC", 120, ascii_only=False)]
    texts.append(contact_row(contact, 0.0, "UTC")[-1].text)
    assert sum("In Mountain" in text for text in texts) == 3
    assert not any("America" in text for text in texts)
