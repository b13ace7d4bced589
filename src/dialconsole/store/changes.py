"""Every change to the ledger, as a step inside a transaction that somebody else opens and commits.

Who opens it differs (``group_commit`` for real calls, ``writer`` for simulations); what is written must not, or a
simulation would prove nothing about the engine. Hence one class, used by both, that never commits.

In each step, what can refuse comes first: a refused step has then changed nothing, even without a savepoint around it.
A refusal is a ``ValueError`` or ``LookupError``: a mistake of the engine, not of the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from dialconsole.model.attempt import CallEvent, Claim, Settlement
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import ContactStatus
from dialconsole.model.terms import CallTerms
from dialconsole.store.chain import AuditDetail, Chain
from dialconsole.store.evidence import Evidence
from dialconsole.store.instants import digits, listed_digits, micros
from dialconsole.store.interning import Interned, as_json
from dialconsole.store.ledger import Callee
from dialconsole.store.reading import callee_of

_CONTACT = "SELECT name, variables, facts FROM contacts WHERE id = ?"
# The facts are copied, so that the consent a call was placed on stays on record when the contact goes.
_CLAIM = """INSERT INTO attempts
    (seq, attempt, contact, number, campaign, trunk, caller_id, attempt_no, claimed_at, zones, evidence,
        terms, facts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_END_ATTEMPT = """UPDATE attempts
    SET outcome = ?, ended_at = ?, dialed_at = ?, answered_at = ?, sip_code = ?, sip_reason = ?
    WHERE seq = ? AND contact = ? AND outcome IS NULL"""
_NEXT_STATE = "UPDATE contacts SET status = ?, attempts = ?, outcome = ?, next_at = ?, reasons = ? WHERE id = ?"
# What a callee wishes is told while the call lasts and again when it is settled, and is one entry: a person may have
# taken it back in between. Of entries that no call made (a NULL is equal to nothing) each is kept.
_OPT_OUT = """INSERT INTO opt_outs (number, scope, removed, source, reason, made_by, at, attempt)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ?3 OR NOT EXISTS (
        SELECT 1 FROM opt_outs WHERE number = ?1 AND scope = ?2 AND attempt = ?8 AND at = ?7 AND NOT removed)"""

OptOutRow = tuple[int | str, str, bool, str, str, str, int, str | None]


class Changes:
    """The steps, over one writing connection. Not thread-safe: one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        # One cursor for all: the connection would make one for each statement. Nothing is left to be read in it.
        self._execute = connection.cursor().execute
        self.names: Interned[str] = Interned(connection, "names")
        self.zone_sets: Interned[str] = Interned(connection, "zone_sets")
        self.terms: Interned[CallTerms] = Interned(connection, "terms", as_json)
        self._evidence = Evidence(connection)
        self.chain = Chain(connection)

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.chain.write()
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        """Back to the last commit. sqlite has already done its part on some failures (disk full)."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.forget()
        self.chain.rewind()

    def forget(self) -> None:
        """After any rollback: ids given out to texts may not be in the file."""
        self.names.forget()
        self.zone_sets.forget()
        self.terms.forget()
        self._evidence.forget()

    def claim(self, claim: Claim) -> Callee:
        """A contact that is gone (its campaign was forgotten) cannot be claimed."""
        contact = self._execute(_CONTACT, (claim.contact,)).fetchone()
        if contact is None:
            raise LookupError(f"attempt {claim.attempt} was not claimed: there is no contact {claim.contact}")
        *called, facts = contact
        callee = callee_of(*called)
        zones = self.zone_sets.id_of(" ".join(claim.evidence.zones))
        name = self.names.id_of
        values = (
            claim.seq, claim.attempt, claim.contact, digits(claim.number), name(claim.campaign), name(claim.trunk),
            name(claim.caller_id), claim.attempt_no, micros(claim.at), zones, self._evidence.pack(claim.evidence),
            None if claim.terms is None else self.terms.id_of(claim.terms), facts,
        )  # fmt: skip
        try:
            self._execute(_CLAIM, values)
        except sqlite3.IntegrityError as error:
            raise ValueError(
                f"attempt {claim.attempt} (seq {claim.seq}) was not claimed: the attempt exists already, or contact "
                f"{claim.contact} has one without an outcome"
            ) from error
        return callee

    def settle(self, settlement: Settlement) -> None:
        _refuse_calling(settlement.status)
        outcome = settlement.outcome._value_  # here and below: ``value`` is two calls in Python
        opt_out = None if settlement.opt_out is None else opt_out_row(settlement.opt_out)
        cursor = self._execute(
            _END_ATTEMPT,
            (
                outcome, micros(settlement.ended_at), micros(settlement.dialed_at),
                micros(settlement.answered_at), settlement.sip_code, settlement.sip_reason,
                settlement.seq, settlement.contact,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise LookupError(
                f"attempt {settlement.seq} was not settled: there is no such attempt of contact "
                f"{settlement.contact}, or it has an outcome already"
            )
        # No row to change is no mistake here: the campaign may have been forgotten during the call.
        self._execute(
            _NEXT_STATE,
            (
                settlement.status._value_, settlement.attempts, outcome, micros(settlement.next_at),
                _reasons(settlement.reasons), settlement.contact,
            ),
        )  # fmt: skip
        if opt_out is not None:
            self._execute(_OPT_OUT, opt_out)

    def set_contacts(self, contacts: Sequence[int], status: ContactStatus, reasons: tuple[str, ...]) -> None:
        _refuse_calling(status)
        stored = _reasons(reasons)
        self.connection.executemany(
            "UPDATE contacts SET status = ?, reasons = ?, next_at = NULL WHERE id = ?",
            ((status.value, stored, contact) for contact in contacts),
        )

    def add_opt_outs(self, entries: Sequence[OptOut]) -> None:
        self.add_opt_out_rows([opt_out_row(entry) for entry in entries])

    def add_opt_out_rows(self, rows: Sequence[OptOutRow]) -> None:
        self.connection.executemany(_OPT_OUT, rows)

    def add_audit(self, at: float, action: str, detail: AuditDetail) -> int:
        self.chain.audit(at, action, detail)
        return self.chain.last_seq

    def progress(self, seq: int, event: CallEvent) -> None:
        self.chain.step(seq, event)


def _refuse_calling(status: ContactStatus) -> None:
    if status is ContactStatus.CALLING:
        raise ValueError("'calling' cannot be stored: a contact is calling while it has an attempt without an outcome")


@lru_cache(maxsize=1024)
def _reasons(reasons: tuple[str, ...]) -> str | None:
    return msgspec.json.encode(reasons).decode() if reasons else None


def opt_out_row(entry: OptOut) -> OptOutRow:
    """Its columns. Raises ``ValueError`` unless the number is one, or a pattern."""
    return (
        listed_digits(entry.number), entry.scope, entry.removed, entry.source.value, entry.reason, entry.by,
        micros(entry.at), entry.attempt,
    )  # fmt: skip
