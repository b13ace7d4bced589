"""Questions the engine and the screens ask, as functions of a connection. Blocking; who calls them picks the thread.

Nothing here may write. Contacts of a list that is still arriving are not seen (see ``staging``): their list is not in
``lists`` yet, and their ids are above the mark.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

import msgspec

from dialconsole.model.attempt import CallEvent, Claim, EventKind
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.request.lists import ListSummary
from dialconsole.model.request.looking import AuditEntry
from dialconsole.model.terms import CallTerms
from dialconsole.model.verdict import Verdict
from dialconsole.store.chain import AuditDetail
from dialconsole.store.evidence import unpack
from dialconsole.store.instants import e164, listed_digits, micros, posix
from dialconsole.store.ledger import Callee, CallTimes, NewContacts, QueuedContact

BLOCK = 5_000
"""Contacts loaded at once: some 6 ms of the interpreter, so the loop gets its turns in between."""

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_LONGEST = 15
"""Digits of the longest number (E.164)."""

ARRIVED = 1_250
"""Contacts of a new list read and loaded at once: a millisecond of the interpreter, then half of one of the loop."""

ARRIVED_FIRST = 50
"""And at first, when nearly each is the first of its place, whose hours take a tenth of a millisecond to find out."""

_STATUSES = {status.value: status for status in ContactStatus}
_MARK = "(SELECT value FROM meta WHERE key = 'contacts')"
# A subquery that names no outer column runs once a statement, whatever the number of contacts.
CALLEE = "SELECT name, variables FROM contacts WHERE id = ?"
"""The columns that ``callee_of`` is made from."""

_QUEUED = f"""SELECT id, number, campaign, place, facts, status = 'retry', attempts, next_at FROM contacts
    WHERE id >= ? AND id <= {_MARK} AND status IN ('pending', 'retry')
        AND id NOT IN (SELECT contact FROM attempts WHERE outcome IS NULL)
    ORDER BY id LIMIT {BLOCK}"""
_IN_CALLS = """SELECT c.id, c.number, names.text, c.place, c.facts, c.attempts FROM contacts c
        JOIN names ON names.id = c.campaign
    WHERE c.id IN (SELECT contact FROM attempts WHERE outcome IS NULL) ORDER BY c.id"""
# Whoever was called in its campaign has the outcome of that; whoever was refused at once has none.
_REFUSED = f"""SELECT c.id, c.number, names.text, c.place, c.facts, c.attempts FROM contacts c
        JOIN names ON names.id = c.campaign
    WHERE c.id >= ? AND c.id <= {_MARK} AND c.status = ? AND c.outcome IS NULL AND ({{which}})
    ORDER BY c.id LIMIT {BLOCK}"""
_ARRIVED = "SELECT number, place, facts FROM contacts WHERE id >= ? AND id < ? ORDER BY id"
# Most contacts are pending, and sorting a million texts takes longer than counting twice.
_CONTACTS = f"SELECT campaign, count(*) FROM contacts WHERE id <= {_MARK} GROUP BY campaign"
_MOVED_ON = f"""SELECT campaign, status, count(*) FROM contacts WHERE id <= {_MARK} AND status <> 'pending'
    GROUP BY campaign, status"""
_UNREACHED = ", ".join(f"'{outcome.value}'" for outcome in Outcome if not outcome.reached_the_callee)
# A call of ours that was cancelled, or that the carrier refused, may have rung once it was dialed: then it counts.
# Whoever answered was a person unless the call ended as a machine's. One in progress has its answer in its events.
_RECENT = """SELECT number, max(coalesce(dialed_at, claimed_at)) FROM attempts
    WHERE claimed_at >= ? GROUP BY number ORDER BY number"""
_HISTORY = f"""SELECT number, coalesce(dialed_at, claimed_at), CASE
        WHEN outcome IS NULL THEN (
            SELECT min(events.at) FROM events
            WHERE events.attempt = attempts.seq AND kind = '{EventKind.ANSWERED.value}')
        WHEN outcome != '{Outcome.VOICEMAIL.value}'
            THEN coalesce(answered_at, CASE outcome WHEN '{Outcome.ANSWERED.value}' THEN claimed_at END)
        END FROM attempts
    WHERE claimed_at >= ? AND (outcome IS NULL OR outcome NOT IN ({_UNREACHED}) OR dialed_at IS NOT NULL
        OR answered_at IS NOT NULL)
    ORDER BY seq"""
_CALLER_ID_CALLS = f"""SELECT caller.text, ended_at, outcome, answered_at, coalesce(dialed_at, claimed_at)
    FROM attempts JOIN names caller ON caller.id = caller_id
    WHERE ended_at >= ? AND caller.text != '' AND outcome NOT IN ({_UNREACHED}) ORDER BY ended_at, seq"""
_CALLS_OF_FAULTY = """SELECT contact, outcome, dialed_at IS NOT NULL FROM attempts
    WHERE outcome IS NOT NULL AND contact IN (
        SELECT c.id FROM attempts a JOIN contacts c ON c.id = a.contact
            WHERE a.outcome = 'trunk_fault' AND c.status = 'retry')
    ORDER BY seq"""
_OPT_OUT = "SELECT number, source, reason, made_by, at, scope, removed, attempt FROM opt_outs"

_decode_variables = msgspec.json.Decoder(dict[str, str]).decode
_decode_place = msgspec.json.Decoder(Place).decode
_decode_facts = msgspec.json.Decoder(ContactFacts).decode
_decode_terms = msgspec.json.Decoder(CallTerms).decode
_decode_audit = msgspec.json.Decoder(AuditDetail).decode


def next_seq(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM attempts").fetchone()
    return int(last) + 1


def names(connection: sqlite3.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT id, text FROM names"))


def places(connection: sqlite3.Connection) -> dict[int, Place]:
    return {id: _decode_place(text) for id, text in connection.execute("SELECT id, text FROM places")}


def facts(connection: sqlite3.Connection) -> dict[int, ContactFacts]:
    return {id: _decode_facts(text) for id, text in connection.execute("SELECT id, text FROM facts")}


def queued_block(connection: sqlite3.Connection, first_id: int, names: dict[int, str]) -> list[QueuedContact]:
    """The next ``BLOCK`` contacts (fewer at the end) that are neither final nor being called, in order of id.

    ``names`` may lack a campaign that came after it was read: it is filled up here.
    """
    states = ContactStatus.PENDING, ContactStatus.RETRY
    return [
        QueuedContact(
            id,
            number,
            names.get(campaign) or _name(connection, campaign, names),
            place,
            facts,
            states[again],
            attempts,
            None if next_at is None else next_at / 1e6,
        )
        for id, number, campaign, place, facts, again, attempts, next_at in connection.execute(_QUEUED, (first_id,))
    ]


def in_calls(connection: sqlite3.Connection) -> list[QueuedContact]:
    return [
        QueuedContact(id, number, campaign, place, facts, ContactStatus.CALLING, attempts, None)
        for id, number, campaign, place, facts, attempts in connection.execute(_IN_CALLS)
    ]


def refused_of_campaign(
    connection: sqlite3.Connection, first_id: int, status: ContactStatus, campaign: str
) -> list[QueuedContact]:
    return _refused(connection, first_id, status, "names.text = ?", (campaign,))


def refused_of_number(
    connection: sqlite3.Connection, first_id: int, status: ContactStatus, number: str
) -> list[QueuedContact]:
    """``number``: one, or a pattern; its numbers are a range for each length there is."""
    listed = listed_digits(number)
    if isinstance(listed, int):
        return _refused(connection, first_id, status, "c.number = ?", (listed,))
    begin, known = int(listed[:-1] or 0), len(listed) - 1
    ranges = [10**more for more in range(_LONGEST - known + 1)]
    which = " OR ".join("c.number BETWEEN ? AND ?" for _ in ranges)
    ends = [end for size in ranges for end in (begin * size, (begin + 1) * size - 1)]
    return _refused(connection, first_id, status, which, ends)


def _refused(
    connection: sqlite3.Connection, first_id: int, status: ContactStatus, which: str, values: Sequence[int | str]
) -> list[QueuedContact]:
    rows = connection.execute(_REFUSED.format(which=which), (first_id, status.value, *values))
    return [
        QueuedContact(id, number, campaign, place, facts, status, attempts, None)
        for id, number, campaign, place, facts, attempts in rows
    ]


def arrived_block(connection: sqlite3.Connection, first_id: int, end: int) -> NewContacts:
    """Contacts of a list that is arriving, up to ``end``, all of them recorded."""
    numbers, places, facts = zip(*connection.execute(_ARRIVED, (first_id, end)), strict=True)
    ids: dict[int, array[int]] = {place: array("I") for place in set(places)}
    for id, place in enumerate(places, first_id):
        ids[place].append(id)
    return NewContacts(first_id, array("Q", numbers), array("I", places), array("I", facts), ids)


def _name(connection: sqlite3.Connection, id: int, names: dict[int, str]) -> str:
    (names[id],) = connection.execute("SELECT text FROM names WHERE id = ?", (id,)).fetchone()
    return names[id]


def status_counts(connection: sqlite3.Connection) -> dict[str, dict[ContactStatus, int]]:
    campaign = names(connection)
    counts: dict[str, dict[ContactStatus, int]] = {}
    for id, count in connection.execute(_CONTACTS).fetchall():
        counts[campaign[id]] = {ContactStatus.PENDING: count}
    for id, status, count in connection.execute(_MOVED_ON).fetchall():
        of_campaign = counts[campaign[id]]
        of_campaign[_STATUSES[status]] = count
        of_campaign[ContactStatus.PENDING] -= count
    calling = """SELECT c.campaign, c.status, count(*) FROM attempts a JOIN contacts c ON c.id = a.contact
        WHERE a.outcome IS NULL GROUP BY c.campaign, c.status"""
    for id, status, count in connection.execute(calling).fetchall():
        of_campaign = counts[campaign[id]]
        of_campaign[_STATUSES[status]] -= count
        of_campaign[ContactStatus.CALLING] = of_campaign.get(ContactStatus.CALLING, 0) + count
    return {name: {status: n for status, n in of.items() if n} for name, of in counts.items()}


def outcome_counts(connection: sqlite3.Connection, since: float) -> dict[str, dict[Outcome, int]]:
    counts: dict[str, dict[Outcome, int]] = {}
    ended = """SELECT names.text, outcome, count(*) FROM attempts JOIN names ON names.id = campaign
        WHERE ended_at >= ? GROUP BY campaign, outcome"""
    for campaign, outcome, count in connection.execute(ended, (micros(since),)):
        counts.setdefault(campaign, {})[Outcome(outcome)] = count
    return counts


def last_event_at(connection: sqlite3.Connection) -> float | None:
    """When the newest event or audit entry was; ``None`` if there is none."""
    row = connection.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return None if row is None else posix(row[0])


def recent_calls(connection: sqlite3.Connection, since: float) -> list[tuple[int, float]]:
    rows = connection.execute(_RECENT, (micros(since),))
    return [(number, posix(at)) for number, at in rows]


def history(connection: sqlite3.Connection, since: float) -> list[tuple[int, float, float | None]]:
    """In order of claim."""
    rows = connection.execute(_HISTORY, (micros(since),))
    return [(number, posix(at), posix(answered)) for number, at, answered in rows]


def caller_id_calls(
    connection: sqlite3.Connection, since: float
) -> list[tuple[str, float, Outcome, float | None, float]]:
    """In the order in which they ended."""
    rows = connection.execute(_CALLER_ID_CALLS, (micros(since),))
    return [
        (caller, posix(at), _OUTCOMES[outcome], posix(answered), posix(dialed))
        for caller, at, outcome, answered, dialed in rows
    ]


def calls_of_faulty(connection: sqlite3.Connection) -> list[tuple[int, Outcome, bool]]:
    rows = connection.execute(_CALLS_OF_FAULTY)
    return [(contact, _OUTCOMES[outcome], bool(dialed)) for contact, outcome, dialed in rows]


def call_times(connection: sqlite3.Connection) -> list[CallTimes]:
    rows = connection.execute("SELECT claimed_at, dialed_at, ended_at FROM attempts ORDER BY seq")
    return [CallTimes(posix(claimed), posix(dialed), posix(ended)) for claimed, dialed, ended in rows]


def unfinished(connection: sqlite3.Connection) -> list[Claim]:
    rows = connection.execute(
        """SELECT a.seq, a.attempt, a.contact, a.number, campaign.text, trunk.text, caller.text, a.attempt_no,
                a.claimed_at, a.evidence, z.text, t.text
            FROM attempts a JOIN names campaign ON campaign.id = a.campaign JOIN names trunk ON trunk.id = a.trunk
                JOIN names caller ON caller.id = a.caller_id JOIN zone_sets z ON z.id = a.zones
                LEFT JOIN terms t ON t.id = a.terms
            WHERE a.outcome IS NULL ORDER BY a.seq"""
    ).fetchall()
    return [
        Claim(
            seq, attempt, contact, e164(number), campaign, trunk, caller_id, attempt_no, posix(at),
            unpack(connection, evidence, zones.split()), None if terms is None else _decode_terms(terms),
        )
        for seq, attempt, contact, number, campaign, trunk, caller_id, attempt_no, at, evidence, zones, terms in rows
    ]  # fmt: skip


def evidence(connection: sqlite3.Connection, attempt: str) -> Verdict | None:
    row = connection.execute(
        "SELECT evidence, z.text FROM attempts JOIN zone_sets z ON z.id = zones WHERE attempt = ?", (attempt,)
    ).fetchone()
    return None if row is None else unpack(connection, row[0], row[1].split())


def terms(connection: sqlite3.Connection, attempt: str) -> tuple[CallTerms | None, ContactFacts | None]:
    """What held at a call: the campaign's terms and what the list said of the callee. ``None`` where neither was kept.

    Calls recorded before the ledger's third schema have none.
    """
    row = connection.execute(
        """SELECT t.text, f.text FROM attempts a LEFT JOIN terms t ON t.id = a.terms LEFT JOIN facts f ON f.id = a.facts
            WHERE attempt = ?""",
        (attempt,),
    ).fetchone()
    of_campaign, of_contact = row or (None, None)
    return (
        None if of_campaign is None else _decode_terms(of_campaign),
        None if of_contact is None else _decode_facts(of_contact),
    )


def events(connection: sqlite3.Connection, attempt: str) -> list[CallEvent]:
    rows = connection.execute(
        """SELECT kind, at, detail FROM events WHERE attempt = (SELECT seq FROM attempts WHERE attempt = ?)
            ORDER BY seq""",
        (attempt,),
    )
    return [CallEvent(EventKind(kind), posix(at), detail) for kind, at, detail in rows]


def audit(connection: sqlite3.Connection, limit: int, subject: str | None) -> list[AuditEntry]:
    # An index keeps rows of equal key in order of seq, so "attempt IS NULL" alone is read newest first without a sort.
    rows = connection.execute(
        """SELECT seq, at, kind, detail FROM events
            WHERE attempt IS NULL AND (?1 IS NULL OR json_extract(detail, '$.subject') = ?1)
            ORDER BY seq DESC LIMIT ?2""",
        (subject, limit),
    )
    return [
        AuditEntry(seq, posix(at), entry.who, action, entry.subject, entry.old, entry.new, entry.reason)
        for seq, at, action, detail in rows
        for entry in [_decode_audit(detail)]
    ]


def opt_outs(connection: sqlite3.Connection) -> list[OptOut]:
    """For each number and scope the last word counts, in the order in which the words were recorded."""
    last = f"{_OPT_OUT} WHERE id IN (SELECT max(id) FROM opt_outs GROUP BY number, scope) AND NOT removed ORDER BY id"
    return [_opt_out(row) for row in connection.execute(last)]


def opt_out_history(connection: sqlite3.Connection, number: str) -> list[OptOut]:
    rows = connection.execute(f"{_OPT_OUT} WHERE number = ? ORDER BY id", (listed_digits(number),))
    return [_opt_out(row) for row in rows]


def _opt_out(row: tuple[int | str, str, str, str, int, str, int, str | None]) -> OptOut:
    number, source, reason, by, at, scope, removed, attempt = row
    return OptOut(e164(number), OptOutSource(source), reason, by, posix(at), scope, bool(removed), attempt)


def callee(connection: sqlite3.Connection, contact: int) -> Callee:
    """Empty for a contact that is gone."""
    row = connection.execute(CALLEE, (contact,)).fetchone()
    return Callee("", {}) if row is None else callee_of(*row)


def callee_of(name: str, variables: str) -> Callee:
    """From the columns of a contact."""
    return Callee(name, _decode_variables(variables))


def lists(connection: sqlite3.Connection, campaign: str) -> list[ListSummary]:
    rows = connection.execute(
        """SELECT name, sha256, imported_at, rows, contacts, duplicates, rejected
            FROM lists JOIN names ON names.id = campaign WHERE names.text = ? ORDER BY lists.id""",
        (campaign,),
    )
    return [ListSummary(name, sha256, posix(at), *counts) for name, sha256, at, *counts in rows]
