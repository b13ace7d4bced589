"""Findings as commands print them: a line a fact, and under it how to mend what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import click

from dialconsole.model.finding import Finding, FindingKind

_WORDS = {
    FindingKind.OK: "ok",
    FindingKind.WARNING: "look",
    FindingKind.FAULT: "FAULT",
    FindingKind.SKIPPED: "-",
}


def print_findings(findings: Sequence[Finding]) -> None:
    """All of them, and how many are faults."""
    width = max((len(finding.name) for finding in findings), default=0)
    for finding in findings:
        click.echo(f"{_WORDS[finding.kind]:<5}  {finding.name.ljust(width)}  {finding.fact}")
        if finding.mend:
            click.echo(f"{'':<5}  {'':<{width}}  -> {finding.mend}")


def summary(findings: Sequence[Finding]) -> str:
    """``2 faults, 1 to look at, 9 fine, 3 not checked``."""
    counts = {kind: sum(finding.kind is kind for finding in findings) for kind in FindingKind}
    faults = counts[FindingKind.FAULT]
    parts = [
        f"{faults} fault{'s' * (faults != 1)}" if faults else "no fault",
        f"{counts[FindingKind.WARNING]} to look at" if counts[FindingKind.WARNING] else "",
        f"{counts[FindingKind.OK]} fine",
        f"{counts[FindingKind.SKIPPED]} not checked" if counts[FindingKind.SKIPPED] else "",
    ]
    return ", ".join(part for part in parts if part)
