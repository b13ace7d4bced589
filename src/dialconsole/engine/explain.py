"""Why a number may or may not be called: the gate's own words, at any instant, past or future.

The answer comes from the same gate that judges every call. What the question does not say is taken from the
workspace: the contact's place, facts and attempts if a campaign has the number, else what the number itself tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dialconsole.clock import Clock
from dialconsole.engine.numbers import any_number
from dialconsole.model.campaign import TEST_CALLS, Campaign, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.place import AddressColumns, Place
from dialconsole.model.request.looking import Explain, Explanation
from dialconsole.model.text import safe_text
from dialconsole.model.verdict import CheckName
from dialconsole.store.ledger import ContactRecord, Ledger

if TYPE_CHECKING:
    from dialconsole.compliance.gate import ProposedCall
    from dialconsole.engine.safeguards import Safeguards

_NEED_A_CAMPAIGN = (CheckName.CAMPAIGN, CheckName.ALLOWED, CheckName.ATTEMPTS)
"""Checks about a contact of a campaign, or the trunk of one; without it there is nothing to check."""


class Explainer:
    def __init__(
        self,
        safeguards: Safeguards,
        clock: Clock,
        ledger: Ledger,
        campaigns: dict[str, Campaign],
        trunks: dict[str, Trunk],
    ) -> None:
        self._safeguards = safeguards
        self._clock = clock
        self._ledger = ledger
        self._campaigns = campaigns
        self._trunks = trunks

    async def explain(self, question: Explain) -> Explanation:
        """The verdict for a number as typed, now or at ``question.at``.

        Raises ``Problem`` if it is no number, or if the state or ZIP code asked about is none.
        """
        doc = self._named(question.campaign)
        number = any_number(question.number, doc.default_region if doc else "US")
        contact = await self._contact(number, question.campaign)
        if doc is None and contact is not None:
            doc = self._campaigns.get(contact.campaign)
        at = self._clock.time() if question.at is None else question.at
        call = asked(question, number, doc, contact, self._trunks.get(doc.trunk) if doc else None)
        if doc is None:  # nobody's campaign has no trunk: what is asked is what the trunks here might do
            call = msgspec.structs.replace(call, rehearsed=all(trunk.rehearses for trunk in self._trunks.values()))
        gate = self._safeguards.gate if doc else self._safeguards.gate.without(_NEED_A_CAMPAIGN)
        skipped = () if doc else tuple(name.value for name in _NEED_A_CAMPAIGN)
        return Explanation(
            number,
            doc.name if doc else None,
            gate.judge(call, at),
            skipped=skipped,
            purpose=call.purpose,
            voice=call.voice,
        )

    def _named(self, campaign: str | None) -> Campaign | None:
        if campaign is None:
            return None
        doc = self._campaigns.get(campaign)
        if doc is None:
            raise Problem(f"There is no campaign {safe_text(campaign)!r}.", code="unknown_campaign")
        return doc

    async def _contact(self, number: str, campaign: str | None) -> ContactRecord | None:
        found = await self._ledger.contacts_of_number(number)
        # That a number once got a test call is no campaign of its own.
        wanted = [
            record
            for record in found
            if record.campaign == campaign or (campaign is None and record.campaign != TEST_CALLS)
        ]
        open_first = sorted(wanted, key=lambda record: (record.status.final, record.id))
        return open_first[0] if open_first else None


def explain_alone(question: Explain, at: float, default_region: str = "US") -> Explanation:
    """What can be said of a number without a workspace: its place, the consent it takes, the hours there."""
    from dialconsole.compliance.hours import CallingHours
    from dialconsole.compliance.rules.book import RuleBook
    from dialconsole.compliance.standard import bare_gate

    number = any_number(question.number, default_region)
    gate = bare_gate(CallingHours(), RuleBook.read())
    call = asked(question, number, None, None, None)
    skipped = tuple(name.value for name in CheckName if name not in gate.names)
    return Explanation(number, None, gate.judge(call, at), skipped=skipped, purpose=call.purpose, voice=call.voice)


def asked(
    question: Explain, number: str, doc: Campaign | None, contact: ContactRecord | None, trunk: Trunk | None
) -> ProposedCall:
    """The call that a question is about: what it says itself, else what the workspace knows."""
    from dialconsole.compliance.hours import LEGAL
    from dialconsole.engine.safeguards import proposed

    # Nobody's campaign is limited in time by the law alone; else it is as campaigns are: marketing by an AI voice.
    campaign = doc or Campaign(name="nobody", trunk="none", window=LEGAL)
    changes = {"purpose": question.purpose, "voice": question.voice}
    campaign = msgspec.structs.replace(campaign, **{key: value for key, value in changes.items() if value is not None})
    facts = contact.facts if contact else ContactFacts()
    if question.consent is not None:
        facts = msgspec.structs.replace(facts, consent=question.consent)
    state = doc.state if doc else CampaignState.RUNNING
    attempts = contact.attempts if contact else 0
    call = proposed(campaign, state, int(number[1:]), _place(question, number, contact), facts, attempts, trunk)
    return call if doc else msgspec.structs.replace(call, campaign=None)


def _place(question: Explain, number: str, contact: ContactRecord | None) -> Place:
    from dialconsole.compliance.places.whereabouts import whereabouts

    _must_be_places(question, number)
    found = whereabouts(number, AddressColumns(zip=question.zip or "", state=question.state or ""))
    zones, jurisdictions = set(found.zones), set(found.jurisdictions)
    if contact is not None:
        zones.update(contact.zones)
        jurisdictions.update(contact.jurisdictions)
    return Place(tuple(sorted(zones)), tuple(sorted(jurisdictions)))


def _must_be_places(question: Explain, number: str) -> None:
    """Raises ``Problem`` for a state or a ZIP code that is none: an answer for the number alone would mislead."""
    from dialconsole.compliance.places.address import unread_state
    from dialconsole.compliance.places.states import state_of
    from dialconsole.compliance.places.zips import postcode_place, zip_place

    abroad = 61 if number.startswith("+61") else 1
    if question.state and state_of(question.state, country_code=abroad) is None:
        raise Problem(unread_state(question.state), code="bad_state")
    if question.zip and zip_place(question.zip) is None and postcode_place(question.zip) is None:
        raise Problem(f"There is no ZIP code {safe_text(question.zip, 40)!r}.", code="bad_zip")
