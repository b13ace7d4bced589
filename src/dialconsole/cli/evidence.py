"""The five-year record of 16 CFR 310.5 (read 2026-11-22), call by call.

All of it as it was at the call, whatever became of the campaign, its settings and its contacts since. Only calls that
were recorded before the ledger's third schema lack the campaign's terms and the consent: for those the present ones are
read, ``terms_from`` says so, and what was deleted meanwhile is null.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dialconsole.cli.instant import iso
from dialconsole.cli.record import reading_ledger
from dialconsole.model.attempt import AttemptRecord
from dialconsole.model.campaign import Campaign
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.looking import AuditEntry
from dialconsole.model.terms import CallTerms, terms_of
from dialconsole.model.verdict import CheckName, Verdict
from dialconsole.store import reading, records
from dialconsole.store.ledger import ContactRecord
from dialconsole.store.places import DOCUMENTS
from dialconsole.store.validation import CAMPAIGNS, decode_table, read_tables

_ALL = 2**62
"""Entries of the audit asked for at once."""


def call_records(workspace: Path, campaign: str | None) -> Iterator[dict[str, Any]]:
    """One document a call, in order of claim. Raises ``Problem``. The ledger is read as it is at one instant."""
    with reading_ledger(workspace) as connection:
        connection.execute("BEGIN")
        campaigns = _campaigns(workspace)
        history = _History(reading.audit(connection, _ALL, None))
        for attempt in records.all_attempts(connection):
            if campaign in (None, attempt.campaign):
                yield _record(connection, attempt, campaigns.get(attempt.campaign), history)


class _History:
    """Who started each campaign when, and when its settings were last changed."""

    def __init__(self, entries: list[AuditEntry]) -> None:
        self._starts: dict[str, list[tuple[float, str]]] = {}
        self._changed: dict[str, float] = {}
        for entry in reversed(entries):
            if entry.action == f"campaign {CampaignState.RUNNING.value}":
                self._starts.setdefault(entry.subject, []).append((entry.at, entry.who))
            elif entry.action == "campaign changed":
                self._changed[entry.subject] = entry.at

    def start_before(self, campaign: str, at: float) -> tuple[float, str] | None:
        """The start or resumption that a call claimed at ``at`` was placed under."""
        starts = self._starts.get(campaign)
        if not starts:
            return None
        # A start is in force a moment before it is written down, so the first call may seem to come before it.
        return starts[max(0, bisect_right(starts, at, key=lambda start: start[0]) - 1)]

    def changed_after(self, campaign: str, at: float) -> float | None:
        """When its settings were last changed, if that was after ``at``."""
        changed = self._changed.get(campaign)
        return changed if changed is not None and changed > at else None


def _campaigns(workspace: Path) -> dict[str, Campaign]:
    path = workspace / DOCUMENTS
    return {doc.name: doc for doc in decode_table(path, read_tables(path), CAMPAIGNS, Campaign).values()}


def _record(
    connection: sqlite3.Connection, attempt: AttemptRecord, campaign: Campaign | None, history: _History
) -> dict[str, Any]:
    stored, facts = reading.terms(connection, attempt.attempt)
    contact = records.contact(connection, attempt.contact)
    started_at, started_by = _start(stored, history.start_before(attempt.campaign, attempt.claimed_at))
    return {
        "attempt": attempt.attempt,
        "campaign": attempt.campaign,
        **_seller(stored or (None if campaign is None else terms_of(campaign))),
        "terms_from": "call" if stored is not None else "now",
        "campaign_changed_at": iso(history.changed_after(attempt.campaign, attempt.claimed_at)),
        "started_by": started_by,
        "started_at": iso(started_at),
        **_call(attempt),
        "consent": _consent(facts or (contact.facts if contact else None), contact),
        **_gate(reading.evidence(connection, attempt.attempt)),
    }


def _start(stored: CallTerms | None, found: tuple[float, str] | None) -> tuple[float | None, str | None]:
    """When and by whom the campaign was started or resumed; from the audit for calls without terms of their own."""
    if stored is not None and stored.started_by:
        return stored.started_at, stored.started_by
    return found if found is not None else (None, None)


def _seller(terms: CallTerms | None) -> dict[str, Any]:
    if terms is None:
        return dict.fromkeys(
            (
                "seller", "client", "purpose", "voice", "artificial_voice", "opt_out_line",
                "registry_exempt", "registry_exempt_by", "registry_exempt_at",
            )
        )  # fmt: skip
    return {
        "seller": terms.caller_identity or None,
        "client": terms.client or None,
        "purpose": terms.purpose,
        "voice": terms.voice,
        "artificial_voice": terms.voice.artificial,
        "opt_out_line": terms.opt_out_line or None,
        "registry_exempt": terms.registry_exempt or None,
        "registry_exempt_by": terms.registry_exempt_by or None,
        "registry_exempt_at": iso(terms.registry_exempt_at) if terms.registry_exempt_at else None,
    }


def _call(attempt: AttemptRecord) -> dict[str, Any]:
    answered, ended = attempt.answered_at, attempt.ended_at
    return {
        "direction": "outbound",
        "called_number": attempt.number,
        "calling_number": attempt.caller_id,
        "trunk": attempt.trunk,
        "claimed_at": iso(attempt.claimed_at),
        "dialed_at": iso(attempt.dialed_at),
        "answered_at": iso(answered),
        "ended_at": iso(ended),
        "duration_s": round(ended - answered, 3) if answered is not None and ended is not None else None,
        "disposition": attempt.outcome,
        "sip_code": attempt.sip_code,
    }


def _consent(facts: ContactFacts | None, contact: ContactRecord | None) -> dict[str, Any] | None:
    """``contact`` names the list; it goes with its campaign."""
    if facts is None:
        return None
    return {
        "basis": facts.consent,
        "at": iso(facts.consent_at),
        "source": facts.consent_source or None,
        "list": contact.list if contact else None,
        "line": contact.line if contact else None,
    }


def _gate(verdict: Verdict | None) -> dict[str, Any]:
    """The checks as stored; the registry's sentence, which names list, version and age, also by itself."""
    checks = verdict.checks if verdict else ()
    return {
        "registry": next((check.sentence for check in checks if check.check is CheckName.REGISTRY), None),
        "zones": verdict.zones if verdict else (),
        "checked_at": iso(verdict.at) if verdict else None,
        "checks": [
            {"check": c.check, "verdict": c.verdict, "code": c.code, "sentence": c.sentence, "until": iso(c.until)}
            for c in checks
        ],
    }
