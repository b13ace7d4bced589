"""What a check found out: one small fact, and how to mend it where it is a fault."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FindingKind(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Calls can be placed; somebody should look at it all the same."""
    FAULT = "fault"
    """Calls cannot be placed, or not as they should be."""
    SKIPPED = "skipped"
    """Could not be checked, and says nothing: the fact says why."""


class Finding(Struct, frozen=True):
    """``name`` is one word, the same in every version; fact and mend are sentences for people, safe to show."""

    name: str
    kind: FindingKind
    fact: str
    mend: str = ""


def ok(name: str, fact: str) -> Finding:
    return Finding(name, FindingKind.OK, fact)


def warning(name: str, fact: str, mend: str = "") -> Finding:
    return Finding(name, FindingKind.WARNING, fact, mend)


def fault(name: str, fact: str, mend: str) -> Finding:
    return Finding(name, FindingKind.FAULT, fact, mend)


def skipped(name: str, fact: str) -> Finding:
    return Finding(name, FindingKind.SKIPPED, fact)


def faults(findings: tuple[Finding, ...]) -> int:
    """How many of them are faults."""
    return sum(finding.kind is FindingKind.FAULT for finding in findings)
