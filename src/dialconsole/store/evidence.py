"""The gate's verdict beside each attempt, without storing the same sentences a hundred thousand times.

A verdict is some 600 bytes, nearly all of it sentences that repeat from call to call. Each check's word is stored once
as a *finding*; an attempt keeps the ids and the instants, about 30 bytes.

Rejected: compressing each verdict with a shared dictionary (three times the time and the size, and unreadable to
``sqlite3``), and a unique index over the findings (as large as the findings again, to save the few that are stored a
second time after a restart).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind
from dialconsole.store.instants import micros, posix

_REMEMBERED = 8192
"""Findings kept in memory (about 1 MB). Sentences that name a minute and a zone number some 7,000 a day."""

_TOGETHER = 1024
"""Answers kept whole. Places, attempts and days come to a few hundred."""


class _Packed(Struct, array_like=True, frozen=True):
    """What an attempt keeps. Instants in microseconds; ``untils`` by position in ``findings``."""

    verdict: VerdictKind
    at: int
    until: int | None
    findings: list[int]
    untils: dict[int, int]


class _Finding(Struct, array_like=True, frozen=True):
    check: CheckName
    verdict: VerdictKind
    code: str
    sentence: str


_NOTHING = (None, None, 0)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode
_decode_finding = msgspec.json.Decoder(_Finding).decode


class Evidence:
    """Packs verdicts over the writing connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], tuple[CheckName, VerdictKind, int]] = {}
        """By sentence and code, which are nearly always enough (hashing an enum costs more than a sentence)."""
        self._together: dict[tuple[int, ...], tuple[tuple[CheckResult, ...], list[int], dict[int, int]]] = {}
        """Whole answers, by the identity of the words in them: checks keep theirs, so calls to one place on one day
        have the very same. With the words themselves, for an identity means nothing once its object is gone."""

    def pack(self, verdict: Verdict) -> bytes:
        """The blob for ``attempts.evidence``; new findings are stored now, in the transaction that runs.

        The zones of the verdict are not in it: they have a column of their own.
        """
        words = tuple(map(id, verdict.checks))
        known = self._together.get(words)
        if known is None:
            if len(self._together) >= _TOGETHER:
                self._together.clear()
            known = self._together[words] = verdict.checks, *self._find(verdict.checks)
        _, findings, untils = known
        return _encode(_Packed(verdict.verdict, micros(verdict.at), micros(verdict.until), findings, untils))

    def forget(self) -> None:
        """After a rollback: what was given out may not be in the file."""
        self._known.clear()
        self._together.clear()

    def _find(self, checks: tuple[CheckResult, ...]) -> tuple[list[int], dict[int, int]]:
        """Their findings, and the instants that some of them name."""
        findings: list[int] = []
        untils: dict[int, int] = {}
        for check in checks:
            if check.until is not None:
                untils[len(findings)] = micros(check.until)
            name, kind, id = self._known.get((check.sentence, check.code), _NOTHING)
            findings.append(id if name is check.check and kind is check.verdict else self._store(check))
        return findings, untils

    def _store(self, check: CheckResult) -> int:
        text = msgspec.json.encode(_Finding(check.check, check.verdict, check.code, check.sentence)).decode()
        new = self._connection.execute("INSERT INTO findings (text) VALUES (?)", (text,)).lastrowid or 0
        if len(self._known) >= _REMEMBERED:
            self._known.clear()  # starting over costs a few sentences twice; keeping an order costs each call
        self._known[check.sentence, check.code] = check.check, check.verdict, new
        return new


def unpack(connection: sqlite3.Connection, blob: bytes, zones: Sequence[str]) -> Verdict:
    """The verdict as it was, but for instants, which are kept to the microsecond."""
    packed = _decode(blob)
    checks = []
    for position, id in enumerate(packed.findings):
        (text,) = connection.execute("SELECT text FROM findings WHERE id = ?", (id,)).fetchone()
        found = _decode_finding(text)
        until = posix(packed.untils.get(position))
        checks.append(CheckResult(found.check, found.verdict, found.code, found.sentence, until))
    return Verdict(packed.verdict, tuple(checks), tuple(zones), posix(packed.at), posix(packed.until))
