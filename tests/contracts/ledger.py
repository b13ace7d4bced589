"""What every ledger promises, wherever it keeps its rows. Run on each implementation and each way of opening it.

An implementation brings a function that opens the ledger under test; called again after ``close``, it opens the same
one. Each clause is a coroutine over that function; a test module runs them all::

    @pytest.mark.parametrize("clause", CLAUSES, ids=clause_name)
    def test_contract(clause: Clause, tmp_path: Path) -> None:
        run_virtual(lambda: clause(lambda: MyLedger.open(tmp_path / "ledger")))
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from operator import itemgetter

import msgspec
import pytest

from dialconsole.model.attempt import CallEvent, Claim, EventKind, Settlement
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault, ZoneSource
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.terms import CallTerms
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind
from dialconsole.store.ledger import CallTimes, ImportedList, Ledger, NewContacts, QueuedContact

Opener = Callable[[], Awaitable[Ledger]]
Clause = Callable[[Opener], Awaitable[None]]
CLAUSES: list[Clause] = []

NOW = 1_763_800_000.25
ZONES = (("America/New_York",), ("America/Denver", "America/Phoenix"), ())
PLACES = (
    Place(ZONES[0], ("US-NY",)),
    Place(ZONES[1], ("US-AZ", "US-NM")),
    Place(ZONES[2]),
)
FACTS = (
    ContactFacts(ConsentBasis.WRITTEN, NOW - 86_400, 'web form "A"', NOW - 1e6 / 3, NOW - 7.5),
    ContactFacts(),
)

TERMS = CallTerms('Hillside "Clinic"', "+12125550199", "acme", Purpose.SURVEY, Voice.AI, "", "maria", NOW - 1 / 3)


def clause(function: Clause) -> Clause:
    CLAUSES.append(function)
    return function


def clause_name(function: Clause) -> str:
    return getattr(function, "__name__", "clause")


# -- samples ----------------------------------------------------------------------------------------------------------


def number_of(i: int) -> str:
    """The ``i``-th fictional number (555-01xx in ever new area codes)."""
    return f"+1{201 + i // 100}55501{i % 100:02}"


def contact(i: int) -> Contact:
    place, facts = PLACES[i % 3], FACTS[i % 2]
    return Contact(
        i + 2, number_of(i), f"Jane {i}", place.zones, ZoneSource.NUMBER, {"ref": f"A-{i}"}, place.jurisdictions, facts
    )


def rejected(line: int) -> RejectedRow:
    return RejectedRow(line, RowFault.NOT_A_NUMBER, "'n/a' is no phone number.", ("n/a", "Joe, jr."))


def verdict(at: float = NOW, zones: tuple[str, ...] = ZONES[0]) -> Verdict:
    checks = (
        CheckResult(CheckName.NUMBER, VerdictKind.CLEAR, "callable", "A mobile or fixed line."),
        CheckResult(CheckName.HOURS, VerdictKind.CLEAR, "open", "Open until 20:00 in America/New_York.", at + 3600),
    )
    return Verdict(VerdictKind.CLEAR, checks, zones, at)


def claim(seq: int, contact: int, campaign: str = "spring", at: float | None = None) -> Claim:
    at = NOW + seq if at is None else at
    return Claim(
        seq=seq,
        attempt=f"0a1b2c3d-{seq:06}",
        contact=contact,
        number=number_of(contact - 1),
        campaign=campaign,
        trunk="main",
        caller_id="+12125550199",
        attempt_no=1,
        at=at,
        evidence=verdict(at),
        terms=None if seq % 2 else TERMS,
    )


def settlement(seq: int, contact: int, outcome: Outcome = Outcome.ANSWERED, **changes: object) -> Settlement:
    status = ContactStatus.COMPLETED if outcome is Outcome.ANSWERED else ContactStatus.RETRY
    plain = Settlement(seq, contact, outcome, status, attempts=1, ended_at=NOW + seq + 40)
    return msgspec.structs.replace(plain, **changes)


def opt_out(i: int, **changes: object) -> OptOut:
    plain = OptOut(number_of(i), OptOutSource.OPERATOR, "asked in writing", "maria", NOW + i)
    return msgspec.structs.replace(plain, **changes)


async def add(ledger: Ledger, count: int, campaign: str = "spring", first: int = 0) -> ImportedList:
    rows = [contact(i) for i in range(first, first + count)]
    return await ledger.add_list(campaign, f"{campaign}.csv", "ab" * 32, NOW, rows)


async def queued(ledger: Ledger, first_id: int = 1) -> list[QueuedContact]:
    return [one async for block in ledger.queued(first_id) for one in block]


# -- lists ------------------------------------------------------------------------------------------------------------


@clause
async def list_adds_up(open_ledger: Opener) -> None:
    """Contacts, rejected rows and duplicates of a list make up its rows; contacts have consecutive ids."""
    ledger = await open_ledger()
    twice = [Duplicate(line, number_of(0), 2) for line in (7, 8, 9, 10)]
    rows: list[Contact | RejectedRow | Duplicate] = [contact(0), rejected(3), contact(1), rejected(5), contact(2)]
    imported = await ledger.add_list("spring", "spring.csv", "ab" * 32, NOW, iter([*rows, *twice]))
    summary = imported.summary
    assert (summary.contacts, summary.rejected, summary.duplicates, summary.rows) == (3, 2, 4, 9)
    assert await ledger.lists("spring") == [summary]
    assert [c.id for c in ledger.export_contacts()] == [imported.first_contact + i for i in range(3)]
    assert list(ledger.export_rejected("spring")) == [
        ("spring.csv", (), rejected(3)),
        ("spring.csv", (), rejected(5)),
    ]
    await ledger.close()


@clause
async def contacts_are_told_as_they_arrive(open_ledger: Opener) -> None:
    """All of them in order of id, as the ledger will tell of them later, without those that the campaign had."""
    ledger = await open_ledger()
    await add(ledger, 3)
    told: list[NewContacts] = []
    rows = [contact(i) for i in range(2, 200)]
    imported = await ledger.add_list("spring", "more.csv", "cd" * 32, NOW, rows, (), told.append)
    assert imported.summary.contacts == 197
    new = [
        (id, number, place, facts)
        for some in told
        for id, (number, place, facts) in enumerate(
            zip(some.numbers, some.places, some.facts, strict=True), some.first_id
        )
    ]
    kept = await queued(ledger, imported.first_contact)
    assert new == [(one.id, one.number, one.place, one.facts) for one in kept]
    for some in told:
        at = [(place, id) for place, ids in some.ids_of_place.items() for id in ids]
        assert sorted(at, key=itemgetter(1)) == [(place, id) for id, place in enumerate(some.places, some.first_id)]
    await ledger.close()


@clause
async def contact_is_kept_as_it_came(open_ledger: Opener) -> None:
    """Number, name, place, facts, variables and line in the list of a contact come back unchanged; it is pending."""
    ledger = await open_ledger()
    imported = await add(ledger, 3)
    record = await ledger.contact(imported.first_contact + 1)
    assert record is not None
    assert (record.number, record.name) == (number_of(1), "Jane 1")
    assert (record.zones, record.jurisdictions, record.facts) == (ZONES[1], ("US-AZ", "US-NM"), FACTS[1])
    assert (record.campaign, record.list, record.line, record.variables) == ("spring", "spring.csv", 3, {"ref": "A-1"})
    assert (record.status, record.attempts, record.outcome) == (ContactStatus.PENDING, 0, None)
    assert await ledger.contact(imported.first_contact + 99) is None
    await ledger.close()


@clause
async def a_call_in_progress_tells_when_it_was_dialed_and_answered(open_ledger: Opener) -> None:
    """Before there is an outcome, too: what happened is never null."""
    ledger = await open_ledger()
    imported = await add(ledger, 1)
    call = claim(1, imported.first_contact)
    await ledger.claim(call)
    ledger.progress(1, CallEvent(EventKind.DIALING, NOW + 1))
    ledger.progress(1, CallEvent(EventKind.ANSWERED, NOW + 9))
    await ledger.add_audit(NOW + 10, "maria", "looked", "", "", "", "")
    (record,) = await ledger.attempts()
    assert (record.dialed_at, record.answered_at, record.ended_at) == (NOW + 1, NOW + 9, None)
    await ledger.close()


@clause
async def number_comes_once_a_campaign(open_ledger: Opener) -> None:
    """A number that the campaign has, from another list or this one, is counted and not added; another campaign may."""
    ledger = await open_ledger()
    await add(ledger, 3)
    rows: list[Contact | RejectedRow | Duplicate] = [contact(2), contact(3), contact(3), Duplicate(5, number_of(3), 3)]
    again = await ledger.add_list("spring", "more.csv", "cd" * 32, NOW, rows)
    assert (again.already_in_campaign, again.summary.contacts) == (1, 1)
    assert (again.summary.duplicates, again.summary.rows) == (3, 4)
    assert (await add(ledger, 3, "summer")).summary.contacts == 3
    found = await ledger.contacts_of_number(number_of(2))
    assert [(c.campaign, c.list) for c in found] == [("spring", "spring.csv"), ("summer", "summer.csv")]
    await ledger.close()


@clause
async def list_comes_whole_or_not_at_all(open_ledger: Opener) -> None:
    """When reading a list fails half-way nothing of it is left, and the same list can be added afterwards."""

    def rows() -> Iterator[Contact | RejectedRow]:
        yield from (contact(i) for i in range(25_000))
        yield rejected(7)
        raise OSError("the stick was pulled out")

    ledger = await open_ledger()
    with pytest.raises(OSError, match="the stick was pulled out"):
        await ledger.add_list("spring", "spring.csv", "ab" * 32, NOW, rows())
    assert await ledger.lists("spring") == []
    assert await ledger.status_counts() == {}
    assert await queued(ledger) == []
    assert list(ledger.export_contacts()) == []
    assert list(ledger.export_rejected("spring")) == []
    assert (await add(ledger, 3)).already_in_campaign == 0
    await ledger.close()


@clause
async def text_from_outside_is_only_text(open_ledger: Opener) -> None:
    """Quotes, wide characters and SQL in a name are kept as they are."""
    ledger = await open_ledger()
    name = "Robert'); DROP TABLE contacts;-- 用户 🙂"
    imported = await ledger.add_list(
        "spring",
        'a "list"',
        "ab" * 32,
        NOW,
        [msgspec.structs.replace(contact(0), name=name, variables={"é'": name})],
    )
    callee = await ledger.callee(imported.first_contact)
    assert (callee.name, callee.variables) == (name, {"é'": name})
    assert await ledger.claim(claim(1, imported.first_contact)) == callee
    assert [c.list for c in ledger.export_contacts()] == ['a "list"']
    await ledger.close()


@clause
async def forgotten_campaign_leaves_its_records(open_ledger: Opener) -> None:
    """Contacts, lists and rejected rows go; attempts, their events and opt-outs stay; ids are not used again."""
    ledger = await open_ledger()
    await ledger.add_list("spring", "spring.csv", "ab" * 32, NOW, [contact(0), rejected(3), contact(1)])
    summer = await add(ledger, 2, "summer", 10)
    await ledger.claim(claim(1, 1))
    ledger.progress(1, CallEvent(EventKind.RINGING, NOW))
    await ledger.settle(settlement(1, 1, opt_out=opt_out(0)))
    assert await ledger.forget_campaign("spring") == 2
    assert await ledger.forget_campaign("spring") == 0
    assert await ledger.lists("spring") == []
    assert list(ledger.export_rejected("spring")) == []
    assert [c.campaign for c in ledger.export_contacts()] == ["summer", "summer"]
    assert [(a.seq, a.number, a.name) for a in ledger.export_attempts()] == [(1, number_of(0), "")]
    assert len(await ledger.events("0a1b2c3d-000001")) == 1
    assert len(await ledger.opt_outs()) == 1
    assert (await ledger.callee(1)).variables == {}
    assert await ledger.forget_campaign("summer") == 2
    assert (await add(ledger, 1, "autumn")).first_contact == summer.first_contact + 2
    await ledger.close()


# -- attempts ---------------------------------------------------------------------------------------------------------


@clause
async def claimed_contact_is_calling(open_ledger: Opener) -> None:
    """Between claim and settlement a contact is calling: in its record, in the counts, and not in the queue."""
    ledger = await open_ledger()
    await add(ledger, 3)
    await ledger.claim(claim(1, 2))
    record = await ledger.contact(2)
    assert record is not None and record.status is ContactStatus.CALLING
    assert await ledger.status_counts() == {"spring": {ContactStatus.PENDING: 2, ContactStatus.CALLING: 1}}
    assert [c.id for c in await queued(ledger)] == [1, 3]
    await ledger.settle(settlement(1, 2, Outcome.BUSY, next_at=NOW + 900))
    assert await ledger.status_counts() == {"spring": {ContactStatus.PENDING: 2, ContactStatus.RETRY: 1}}
    assert [(c.id, c.status, c.attempts, c.next_at) for c in await queued(ledger)] == [
        (1, ContactStatus.PENDING, 0, None),
        (2, ContactStatus.RETRY, 1, NOW + 900),
        (3, ContactStatus.PENDING, 0, None),
    ]
    await ledger.close()


@clause
async def unfinished_claims_come_back_whole(open_ledger: Opener) -> None:
    """What a crash leaves is found after opening again, evidence, terms and all, and can be settled then."""
    ledger = await open_ledger()
    await add(ledger, 4)
    await ledger.claim(claim(1, 1))
    await ledger.claim(claim(2, 3))
    await ledger.claim(claim(3, 4))
    await ledger.settle(settlement(1, 1))
    await ledger.close()
    ledger = await open_ledger()
    assert await ledger.unfinished() == [claim(2, 3), claim(3, 4)]
    assert [(c.id, c.number, c.campaign, c.status) for c in await ledger.in_calls()] == [
        (3, int(number_of(2)), "spring", ContactStatus.CALLING),
        (4, int(number_of(3)), "spring", ContactStatus.CALLING),
    ]
    assert not {c.id for c in await queued(ledger)} & {3, 4}
    assert await ledger.next_seq() == 4
    await ledger.settle(settlement(2, 3, Outcome.UNKNOWN, status=ContactStatus.FAILED))
    await ledger.settle(settlement(3, 4, Outcome.UNKNOWN, status=ContactStatus.FAILED))
    assert await ledger.unfinished() == []
    assert await ledger.in_calls() == []
    await ledger.close()


@clause
async def nobody_is_called_twice(open_ledger: Opener) -> None:
    """A contact being called cannot be claimed again, an attempt cannot be claimed twice: ``ValueError``."""
    ledger = await open_ledger()
    await add(ledger, 3)
    await ledger.claim(claim(1, 1))
    with pytest.raises(ValueError, match="was not claimed: the attempt exists already, or contact 1"):
        await ledger.claim(claim(2, 1))
    with pytest.raises(ValueError, match="was not claimed"):
        await ledger.claim(claim(1, 2))
    with pytest.raises(LookupError, match="there is no contact 99"):
        await ledger.claim(claim(2, 99))
    assert [c.seq for c in await ledger.unfinished()] == [1]
    await ledger.settle(settlement(1, 1, Outcome.BUSY))
    await ledger.claim(claim(2, 1))
    assert [c.seq for c in await ledger.unfinished()] == [2]
    await ledger.close()


@clause
async def refused_change_harms_no_other(open_ledger: Opener) -> None:
    """Of changes handed over together the wrong one is refused; the rest are recorded."""
    ledger = await open_ledger()
    await add(ledger, 4)
    answers = await asyncio.gather(
        ledger.claim(claim(1, 1)),
        ledger.claim(claim(2, 1)),
        ledger.settle(settlement(77, 3)),
        ledger.claim(claim(3, 3)),
        ledger.add_audit(NOW, "maria", "pause", "campaign:spring", "", "", ""),
        return_exceptions=True,
    )
    assert [type(a).__name__ for a in answers] == ["Callee", "ValueError", "LookupError", "Callee", "int"]
    assert [(c.seq, c.contact) for c in await ledger.unfinished()] == [(1, 1), (3, 3)]
    assert await ledger.evidence("0a1b2c3d-000003") == claim(3, 3).evidence
    await ledger.close()


@clause
async def settlement_is_recorded_whole(open_ledger: Opener) -> None:
    """Outcome, times, SIP answer, the contact's next state and the opt-out it caused are all there."""
    ledger = await open_ledger()
    await add(ledger, 2)
    await ledger.claim(claim(1, 2))
    entry = opt_out(1, source=OptOutSource.SIP603, attempt="0a1b2c3d-000001")
    await ledger.settle(
        settlement(
            1, 2, Outcome.REJECTED, status=ContactStatus.SUPPRESSED, dialed_at=NOW + 2.5, answered_at=None,
            sip_code=603, sip_reason="Decline", reasons=("Declined: on the do-not-call list.",), opt_out=entry,
        )
    )  # fmt: skip
    attempt = await ledger.attempt("0a1b2c3d-000001")
    assert attempt is not None
    assert (attempt.outcome, attempt.sip_code, attempt.sip_reason) == (Outcome.REJECTED, 603, "Decline")
    assert (attempt.claimed_at, attempt.dialed_at, attempt.answered_at) == (NOW + 1, NOW + 2.5, None)
    assert (attempt.ended_at, attempt.name, attempt.zones) == (NOW + 41, "Jane 1", ZONES[0])
    assert (attempt.trunk, attempt.caller_id, attempt.attempt_no) == ("main", "+12125550199", 1)
    record = await ledger.contact(2)
    assert record is not None
    assert (record.status, record.outcome, record.attempts) == (ContactStatus.SUPPRESSED, Outcome.REJECTED, 1)
    assert record.reasons == ("Declined: on the do-not-call list.",)
    assert await ledger.opt_outs() == [entry]
    assert await ledger.evidence("0a1b2c3d-000001") == claim(1, 2).evidence
    assert await ledger.attempt("no-such") is None
    assert await ledger.evidence("no-such") is None
    await ledger.close()


@clause
async def outcome_is_set_once(open_ledger: Opener) -> None:
    """A second settlement, one of another contact and one of no attempt are refused and leave nothing behind."""
    ledger = await open_ledger()
    await add(ledger, 2)
    await ledger.claim(claim(1, 1))
    with pytest.raises(LookupError, match="was not settled"):
        await ledger.settle(settlement(1, 2, opt_out=opt_out(1)))
    await ledger.settle(settlement(1, 1))
    with pytest.raises(LookupError, match="it has an outcome already"):
        await ledger.settle(settlement(1, 1, Outcome.BUSY, opt_out=opt_out(0)))
    with pytest.raises(LookupError, match="was not settled"):
        await ledger.settle(settlement(9, 1))
    assert [a.outcome for a in await ledger.attempts()] == [Outcome.ANSWERED]
    assert await ledger.opt_outs() == []
    record = await ledger.contact(1)
    assert record is not None and record.status is ContactStatus.COMPLETED
    await ledger.close()


@clause
async def contacts_can_be_given_a_state(open_ledger: Opener) -> None:
    """Contacts that the gate refuses get a final state with its reasons, and leave the queue; calling is derived."""
    ledger = await open_ledger()
    await add(ledger, 3)
    await ledger.set_contacts([1, 3], ContactStatus.SUPPRESSED, ("On the do-not-call list.",))
    with pytest.raises(ValueError, match="'calling' cannot be stored"):
        await ledger.set_contacts([2], ContactStatus.CALLING, ())
    assert [c.id for c in await queued(ledger)] == [2]
    assert [c.reasons for c in ledger.export_contacts()] == [
        ("On the do-not-call list.",),
        (),
        ("On the do-not-call list.",),
    ]
    await ledger.close()


@clause
async def attempts_are_paged_and_filtered(open_ledger: Opener) -> None:
    """Newest first, by campaign, outcome and number together, from a sequence number down, so many at most."""
    ledger = await open_ledger()
    await add(ledger, 4)
    await add(ledger, 4, "summer", 4)
    for seq in range(1, 9):
        await ledger.claim(claim(seq, seq, "spring" if seq <= 4 else "summer"))
        if seq % 2:
            await ledger.settle(settlement(seq, seq, Outcome.BUSY))

    async def seqs(**asked: object) -> list[int]:
        return [a.seq for a in await ledger.attempts(**asked)]  # type: ignore[arg-type]

    assert await seqs() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await seqs(limit=3) == [8, 7, 6]
    assert await seqs(before_seq=6, limit=2) == [5, 4]
    assert await seqs(campaign="spring") == [4, 3, 2, 1]
    assert await seqs(campaign="spring", outcome="busy") == [3, 1]
    assert await seqs(number=number_of(6)) == [7]
    assert await seqs(campaign="nobody's") == []
    assert [a.seq for a in ledger.export_attempts()] == [1, 2, 3, 4, 5, 6, 7, 8]
    await ledger.close()


@clause
async def figures_since_an_instant(open_ledger: Opener) -> None:
    """Outcomes count from when they ended, recent calls from when they were placed, the last one of each number."""
    ledger = await open_ledger()
    await add(ledger, 2)
    for seq, who, outcome in ((1, 1, Outcome.BUSY), (2, 2, Outcome.BUSY), (3, 1, Outcome.ANSWERED)):
        await ledger.claim(claim(seq, who, at=NOW + 100 * seq))
        await ledger.settle(settlement(seq, who, outcome, dialed_at=NOW + 100 * seq + 5, ended_at=NOW + 100 * seq + 10))
    await ledger.claim(claim(4, 2, at=NOW + 400))
    assert await ledger.outcome_counts(0.0) == {"spring": {Outcome.BUSY: 2, Outcome.ANSWERED: 1}}
    assert await ledger.outcome_counts(NOW + 210) == {"spring": {Outcome.BUSY: 1, Outcome.ANSWERED: 1}}
    assert await ledger.outcome_counts(NOW + 311) == {}
    first, second = int(number_of(0)[1:]), int(number_of(1)[1:])
    assert await ledger.recent_calls(NOW) == [(first, NOW + 305), (second, NOW + 400)]
    assert await ledger.recent_calls(NOW + 301) == [(second, NOW + 400)]
    await ledger.close()


@clause
async def places_and_facts_are_kept_once(open_ledger: Opener) -> None:
    """However many contacts and lists share them, a place and what is known of a callee have one key each."""
    ledger = await open_ledger()
    await add(ledger, 30)
    await add(ledger, 30, "summer")
    first = await queued(ledger)
    await ledger.close()
    ledger = await open_ledger()
    await add(ledger, 30, first=30)
    later = await queued(ledger)
    assert {c.place for c in later} == {c.place for c in first}
    assert {c.facts for c in later} == {c.facts for c in first}
    assert sorted((await ledger.places()).values(), key=PLACES.index) == list(PLACES)
    assert set((await ledger.facts()).values()) == set(FACTS)
    await ledger.close()


@clause
async def refused_before_any_call(open_ledger: Opener) -> None:
    """Of a campaign, or of a number or pattern in all of them; by status, and without those that were called."""
    ledger = await open_ledger()
    for campaign in ("spring", "summer"):
        await add(ledger, 5, campaign)
    await ledger.claim(claim(1, 1))
    await ledger.settle(settlement(1, 1, Outcome.BAD_NUMBER, status=ContactStatus.FAILED))
    await ledger.set_contacts([2, 3, 7], ContactStatus.FAILED, ("no consent",))
    await ledger.set_contacts([4, 9], ContactStatus.SUPPRESSED, ("opted out",))

    async def ids(first: int, status: ContactStatus, campaign: str = "", number: str = "") -> list[int]:
        found = await ledger.refused_contacts(first, status, campaign=campaign, number=number)
        assert {one.status for one in found} <= {status}
        return [one.id for one in found]

    assert await ids(1, ContactStatus.FAILED, "spring") == [2, 3]
    assert await ids(3, ContactStatus.FAILED, "spring") == [3]
    assert await ids(1, ContactStatus.SUPPRESSED, "spring") == [4]
    assert await ids(1, ContactStatus.FAILED, "nobody's") == []
    assert await ids(1, ContactStatus.SUPPRESSED, number=number_of(3)) == [4, 9]
    assert await ids(1, ContactStatus.FAILED, number=number_of(1)) == [2, 7]
    assert await ids(1, ContactStatus.SUPPRESSED, number=number_of(3)[:-4] + "*") == [4, 9]
    assert await ids(1, ContactStatus.SUPPRESSED, number=number_of(3) + "*") == [4, 9]
    assert await ids(1, ContactStatus.SUPPRESSED, number="+4420*") == []
    (one,) = await ledger.refused_contacts(3, ContactStatus.FAILED, campaign="spring")
    assert (one.number, one.campaign, one.attempts) == (int(number_of(2)[1:]), "spring", 0)
    await ledger.set_contacts([2, 3], ContactStatus.PENDING, ())
    assert [one.id for one in await queued(ledger)] == [2, 3, 5, 6, 8, 10]
    await ledger.close()


@clause
async def history_counts_what_may_have_rung(open_ledger: Opener) -> None:
    """Every call since an instant in order of claim, with when it was placed, and when a person answered; without those
    that never left this house.

    A call that was not dialed, as far as is known, is told with its claim. A call without an outcome counts, and so
    does one that was dialed, whatever became of it. What says of a person only its outcome counts from its claim.
    """
    ledger = await open_ledger()
    await add(ledger, len(Outcome) + 1)
    for seq, outcome in enumerate(Outcome, 1):
        await ledger.claim(claim(seq, seq, at=NOW + seq))
        await ledger.settle(settlement(seq, seq, outcome, status=ContactStatus.RETRY))
        await ledger.claim(claim(100 + seq, seq, at=NOW + 100 + seq))
        await ledger.settle(settlement(100 + seq, seq, outcome, dialed_at=NOW + 150))
    await ledger.claim(claim(200, len(Outcome) + 1, at=NOW + 200))
    called = await ledger.history(NOW)
    numbers = [int(number_of(i)[1:]) for i in range(len(Outcome) + 1)]
    reached = [i for i, outcome in enumerate(Outcome) if outcome.reached_the_callee]
    assert [(number, at) for number, at, _ in called] == [
        *((numbers[i], NOW + 1 + i) for i in reached),
        *((numbers[i], NOW + 150) for i in range(len(Outcome))),
        (numbers[-1], NOW + 200),
    ]
    place = list(Outcome).index(Outcome.ANSWERED)
    assert [(number, at) for number, _, at in called if at is not None] == [
        (numbers[place], NOW + 1 + place), (numbers[place], NOW + 101 + place)
    ]  # fmt: skip
    assert await ledger.history(NOW + 200) == [(numbers[-1], NOW + 200, None)]
    assert await ledger.history(NOW + 201) == []
    await ledger.close()


@clause
async def caller_id_calls_come_in_the_order_in_which_they_ended(open_ledger: Opener) -> None:
    """Since an instant, with outcome and answer; without calls that never reached the network or are not over."""
    ledger = await open_ledger()
    await add(ledger, len(Outcome) + 1)
    reached = [outcome for outcome in Outcome if outcome.reached_the_callee]
    for seq in range(1, len(Outcome) + 1):
        await ledger.claim(claim(seq, seq, at=NOW + seq))
    await ledger.claim(claim(100, len(Outcome) + 1, at=NOW + 100))
    for seq, outcome in reversed(list(enumerate(Outcome, 1))):
        answered = NOW + 300 - seq if outcome is Outcome.ANSWERED else None
        await ledger.settle(settlement(seq, seq, outcome, ended_at=NOW + 500 - seq, answered_at=answered))
    calls = await ledger.caller_id_calls(NOW)
    assert [outcome for _, _, outcome, _, _ in calls] == list(reversed(reached))
    assert {caller for caller, *_ in calls} == {claim(1, 1).caller_id}
    assert calls[-1] == (claim(1, 1).caller_id, NOW + 499, Outcome.ANSWERED, NOW + 299, NOW + 1)
    assert [at for _, at, *_ in await ledger.caller_id_calls(NOW + 499)] == [NOW + 499]
    await ledger.close()


@clause
async def calls_of_contacts_whose_trunk_failed(open_ledger: Opener) -> None:
    """All ended calls of those that wait for another one and had such a call, in order of claim."""
    ledger = await open_ledger()
    await add(ledger, 3)
    ends = [(1, Outcome.TRUNK_FAULT), (2, Outcome.BUSY), (1, Outcome.CANCELLED), (3, Outcome.TRUNK_FAULT)]
    for seq, (contact, outcome) in enumerate(ends, 1):
        await ledger.claim(claim(seq, contact))
        dialed = None if outcome is Outcome.CANCELLED else NOW + seq
        status = ContactStatus.FAILED if contact == 3 else ContactStatus.RETRY
        await ledger.settle(settlement(seq, contact, outcome, dialed_at=dialed, status=status))
    await ledger.claim(claim(5, 1))
    assert await ledger.calls_of_faulty() == [(1, Outcome.TRUNK_FAULT, True), (1, Outcome.CANCELLED, False)]
    await ledger.close()


async def times_of_all_calls(open_ledger: Opener) -> None:
    """Claim, dial and end of every attempt in order of claim, of a call in progress the claim alone."""
    ledger = await open_ledger()
    await add(ledger, 2)
    await ledger.claim(claim(1, 1, at=NOW))
    await ledger.claim(claim(2, 2, at=NOW + 1))
    ledger.progress(2, CallEvent(EventKind.DIALING, NOW + 2))
    ended = settlement(1, 1, Outcome.BUSY, dialed_at=NOW + 3)
    await ledger.settle(ended)
    assert await ledger.call_times() == [
        CallTimes(NOW, NOW + 3, ended.ended_at),
        CallTimes(NOW + 1, None, None),
    ]
    await ledger.close()


@clause
async def queue_loads_from_an_id_on(open_ledger: Opener) -> None:
    """Blocks in order of id, over more contacts than one block holds; place and facts by their keys."""
    ledger = await open_ledger()
    await add(ledger, 11_000)
    places, facts = await ledger.places(), await ledger.facts()
    loaded = await queued(ledger)
    assert [c.id for c in loaded] == list(range(1, 11_001))
    assert [places[c.place] for c in loaded[:3]] == list(PLACES)
    assert [facts[c.facts] for c in loaded[:3]] == [FACTS[0], FACTS[1], FACTS[0]]
    assert {c.campaign for c in loaded} == {"spring"}
    assert loaded[5].number == int(number_of(5)[1:])
    assert [c.id for c in await queued(ledger, 10_999)] == [10_999, 11_000]
    assert await queued(ledger, 11_001) == []
    await ledger.close()


# -- opt-outs, audit, events ------------------------------------------------------------------------------------------


@clause
async def history_takes_who_answered_for_a_person(open_ledger: Opener) -> None:
    """Unless the call ended as a machine's: however else it ended, or if it is going on, it counts from the answer."""
    ledger = await open_ledger()
    await add(ledger, len(Outcome) + 2)
    for seq, outcome in enumerate(Outcome, 1):
        await ledger.claim(claim(seq, seq, at=NOW + seq))
        await ledger.settle(settlement(seq, seq, outcome, status=ContactStatus.RETRY, answered_at=NOW + 50 + seq))
    answers = {number: answered for number, _, answered in await ledger.history(NOW)}
    assert answers == {
        int(number_of(i)[1:]): None if outcome is Outcome.VOICEMAIL else NOW + 51 + i
        for i, outcome in enumerate(Outcome)
    }
    ringing, talking = len(Outcome) + 1, len(Outcome) + 2
    for seq, kind in ((ringing, EventKind.RINGING), (talking, EventKind.ANSWERED)):
        await ledger.claim(claim(seq, seq, at=NOW + 100))
        ledger.progress(seq, CallEvent(kind, NOW + 110))
    await ledger.close()
    ledger = await open_ledger()
    assert [answered for _, _, answered in await ledger.history(NOW + 100)] == [None, NOW + 110]
    await ledger.close()


@clause
async def a_call_makes_one_entry(open_ledger: Opener) -> None:
    """Told in the call and again at its end, it is on the list once; what was taken back stays so until asked anew."""
    ledger = await open_ledger()
    await add(ledger, 2)
    for seq in (1, 2):
        asked = opt_out(seq - 1, source=OptOutSource.CALLER, by="agent", attempt=claim(seq, seq).attempt)
        await ledger.claim(claim(seq, seq))
        await ledger.add_opt_outs([asked, asked])
        back = [opt_out(seq - 1, removed=True, at=NOW + 9)] if seq == 2 else []
        await ledger.add_opt_outs(back)
        await ledger.settle(settlement(seq, seq, status=ContactStatus.SUPPRESSED, opt_out=asked))
        assert await ledger.opt_out_history(asked.number) == [asked, *back]
    assert [entry.number for entry in await ledger.opt_outs()] == [number_of(0)]
    again = opt_out(1, source=OptOutSource.CALLER, by="agent", attempt=claim(2, 2).attempt, at=NOW + 10)
    await ledger.add_opt_outs([again])
    assert again in await ledger.opt_outs()
    await ledger.close()


@clause
async def last_word_on_a_number_counts(open_ledger: Opener) -> None:
    """An entry is in force until it is reversed in its own scope; every word stays in the history."""
    ledger = await open_ledger()
    everywhere, spring = opt_out(0), opt_out(0, scope="spring", at=NOW + 5)
    back = opt_out(0, removed=True, reason="a mistake", at=NOW + 9)
    await ledger.add_opt_outs([everywhere, spring, opt_out(1)])
    await ledger.add_opt_outs([back])
    assert await ledger.opt_outs() == [spring, opt_out(1)]
    assert await ledger.opt_out_history(number_of(0)) == [everywhere, spring, back]
    again = opt_out(0, at=NOW + 20)
    await ledger.add_opt_outs([again])
    assert again in await ledger.opt_outs()
    await ledger.close()
    ledger = await open_ledger()
    assert await ledger.opt_outs() == [spring, opt_out(1), again]
    await ledger.close()


@clause
async def patterns_are_entries_like_numbers(open_ledger: Opener) -> None:
    """A pattern is kept apart from the number of the same digits, and is reversed by itself."""
    ledger = await open_ledger()
    pattern, digits = opt_out(0, number="+1201555*", scope="client:acme"), opt_out(1, number="+1201555")
    await ledger.add_opt_outs([pattern, digits])
    assert await ledger.opt_outs() == [pattern, digits]
    back = opt_out(2, number="+1201555*", scope="client:acme", removed=True)
    await ledger.add_opt_outs([back])
    await ledger.close()
    ledger = await open_ledger()
    assert await ledger.opt_outs() == [digits]
    assert await ledger.opt_out_history("+1201555*") == [pattern, back]
    with pytest.raises(ValueError, match="is no E"):
        await ledger.add_opt_outs([opt_out(0, number="+1201*555*")])
    await ledger.close()


@clause
async def audit_is_kept_in_order(open_ledger: Opener) -> None:
    """Entries come back newest first with rising numbers, all or those of one subject."""
    ledger = await open_ledger()
    first = await ledger.add_audit(NOW, "maria", "limits", "trunk:main", "30", "60", "evening")
    second = await ledger.add_audit(NOW + 1, "tom", "pause", "campaign:spring", "running", "paused", "")
    third = await ledger.add_audit(NOW + 2, "tom", "limits", "trunk:main", "60", "20", "")
    assert first < second < third
    entries = await ledger.audit()
    assert [(e.seq, e.who, e.action) for e in entries] == [
        (third, "tom", "limits"),
        (second, "tom", "pause"),
        (first, "maria", "limits"),
    ]
    assert (entries[2].old, entries[2].new, entries[2].reason, entries[2].at) == ("30", "60", "evening", NOW)
    assert [e.seq for e in await ledger.audit(subject="trunk:main")] == [third, first]
    assert [e.seq for e in await ledger.audit(limit=1)] == [third]
    await ledger.close()


@clause
async def steps_ride_along(open_ledger: Opener) -> None:
    """Progress is there after the next change that was waited for, in order, without that of other calls."""
    ledger = await open_ledger()
    await add(ledger, 2)
    await ledger.claim(claim(1, 1))
    await ledger.claim(claim(2, 2))
    steps = [CallEvent(EventKind.DIALING, NOW + 1, "sip:main"), CallEvent(EventKind.RINGING, NOW + 1.5, "180 ü")]
    for step in steps:
        ledger.progress(1, step)
        ledger.progress(2, step)
    await ledger.settle(settlement(1, 1))
    assert await ledger.events("0a1b2c3d-000001") == steps
    assert await ledger.events("no-such") == []
    await ledger.close()


@clause
async def steps_are_kept_by_closing(open_ledger: Opener) -> None:
    """Progress that nobody waited for is not lost by an orderly end."""
    ledger = await open_ledger()
    await add(ledger, 1)
    await ledger.claim(claim(1, 1))
    ledger.progress(1, CallEvent(EventKind.RINGING, NOW))
    await ledger.close()
    ledger = await open_ledger()
    assert await ledger.events("0a1b2c3d-000001") == [CallEvent(EventKind.RINGING, NOW)]
    await ledger.close()


@clause
async def contacts_are_read_by_id_and_by_final_status(open_ledger: Opener) -> None:
    """In order of id, those that there are; and a campaign's finished ones page by page."""
    ledger = await open_ledger()
    await add(ledger, 6)
    await add(ledger, 2, "autumn", first=10)
    await ledger.set_contacts([2, 3, 5, 8], ContactStatus.FAILED, ("because",))
    assert [(c.id, c.number) for c in await ledger.contacts([5, 2, 99])] == [(2, number_of(1)), (5, number_of(4))]
    assert await ledger.contacts([]) == []
    first = await ledger.finished_contacts("spring", ContactStatus.FAILED, 0, 2)
    assert [(c.id, c.reasons) for c in first] == [(2, ("because",)), (3, ("because",))]
    assert [c.id for c in await ledger.finished_contacts("spring", ContactStatus.FAILED, 3, 2)] == [5]
    assert await ledger.finished_contacts("spring", ContactStatus.COMPLETED, 0, 2) == []
    await ledger.close()
