"""The five-year record of 16 CFR 310.5 (read 2026-11-22), call by call.

What was stored with the call stands as it was. The campaign and the contact's consent are read as they are now, because
settings are not stored with each call: ``campaign_changed_at`` says that one was changed after the call (the audit says
to what), and a campaign that was deleted since leaves nulls. The checks, with the consent that the gate saw, stay.
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
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request import AuditEntry
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
    start = history.start_before(attempt.campaign, attempt.claimed_at)
    return {
        "attempt": attempt.attempt,
        "campaign": attempt.campaign,
        **_seller(campaign),
        "campaign_changed_at": iso(history.changed_after(attempt.campaign, attempt.claimed_at)),
        "started_by": None if start is None else start[1],
        "started_at": None if start is None else iso(start[0]),
        **_call(attempt),
        "consent": _consent(records.contact(connection, attempt.contact)),
        **_gate(reading.evidence(connection, attempt.attempt)),
    }


def _seller(campaign: Campaign | None) -> dict[str, Any]:
    if campaign is None:
        return dict.fromkeys(("seller", "client", "purpose", "voice", "artificial_voice", "opt_out_line"))
    return {
        "seller": campaign.caller_identity or None,
        "client": campaign.client or None,
        "purpose": campaign.purpose,
        "voice": campaign.voice,
        "artificial_voice": campaign.voice.artificial,
        "opt_out_line": campaign.opt_out_line or None,
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


def _consent(contact: ContactRecord | None) -> dict[str, Any] | None:
    if contact is None:
        return None
    facts = contact.facts
    return {
        "basis": facts.consent,
        "at": iso(facts.consent_at),
        "source": facts.consent_source or None,
        "list": contact.list,
        "line": contact.line,
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
