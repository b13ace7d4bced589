"""Counts that keep their place in a narrow column however large they grow."""

from __future__ import annotations


def short_count(count: int) -> str:
    """At most four cells: ``8``, ``9999``, ``12k``, ``950k``, ``1.2M``. Cut, never rounded up: 999,999 is not 1.0M."""
    if count < 10_000:
        return str(count)
    if count < 1_000_000:
        return f"{count // 1000}k"
    return f"{count // 100_000 / 10}M" if count < 10_000_000 else f"{count // 1_000_000}M"


def out_of(count: int, whole: int) -> str:
    """``171/300``, at most nine cells."""
    return f"{short_count(count)}/{short_count(whole)}"


def plural(count: int, noun: str) -> str:
    """``1 call``, ``8 calls``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
