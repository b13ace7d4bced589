"""Why a number may or may not be called: the gate's own words, at any instant.

The answer comes from the same gate that judges every call. What the question does not say is taken from the
workspace: the contact's zones and attempts if a campaign has the number, else the zones of the number itself.
"""

from __future__ import annotations

from dialconsole.clock import Clock
from dialconsole.compliance.gate import Gate, ProposedCall
from dialconsole.engine.numbers import e164
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.request import Explanation
from dialconsole.model.text import safe_text
from dialconsole.model.verdict import CheckName
from dialconsole.store.ledger import ContactRecord, Ledger

_NEED_A_CAMPAIGN = (CheckName.CAMPAIGN, CheckName.ATTEMPTS)
"""Checks about a contact of a campaign; without one there is nothing to check."""


class Explainer:
    def __init__(self, gate: Gate, clock: Clock, ledger: Ledger, campaigns: dict[str, Campaign]) -> None:
        self._gate = gate
        self._clock = clock
        self._ledger = ledger
        self._campaigns = campaigns

    async def explain(self, text: str, campaign: str | None, at: float | None) -> Explanation:
        """The verdict for ``text`` (a number as typed) now or at ``at``. Raises ``Problem`` if it is no number."""
        doc = self._named(campaign)
        number = e164(text, doc.default_region if doc else "US")
        contact = await self._contact(number, campaign)
        if doc is None and contact is not None:
            doc = self._campaigns.get(contact.campaign)
        instant = self._clock.time() if at is None else at
        if doc is None:
            without = self._gate.without(_NEED_A_CAMPAIGN)
            verdict = without.judge(_nobodys(number), instant)
            return Explanation(number, None, verdict, skipped=tuple(name.value for name in _NEED_A_CAMPAIGN))
        verdict = self._gate.judge(_proposed(number, doc, contact), instant)
        return Explanation(number, doc.name, verdict)

    def _named(self, campaign: str | None) -> Campaign | None:
        if campaign is None:
            return None
        doc = self._campaigns.get(campaign)
        if doc is None:
            raise Problem(f"There is no campaign {safe_text(campaign)!r}.", code="unknown_campaign")
        return doc

    async def _contact(self, number: str, campaign: str | None) -> ContactRecord | None:
        found = await self._ledger.contacts_of_number(number)
        wanted = [record for record in found if campaign is None or record.campaign == campaign]
        open_first = sorted(wanted, key=lambda record: (record.status.final, record.id))
        return open_first[0] if open_first else None


def explain_alone(text: str, at: float, default_region: str = "US") -> Explanation:
    """What can be said of a number without a workspace: its zones and the legal hours there."""
    from dialconsole.compliance.hours import CallingHours
    from dialconsole.compliance.standard import bare_gate

    number = e164(text, default_region)
    gate = bare_gate(CallingHours())
    verdict = gate.judge(_nobodys(number), at)
    skipped = tuple(name.value for name in CheckName if name not in gate.names)
    return Explanation(number, None, verdict, skipped=skipped)


def _nobodys(number: str) -> ProposedCall:
    """A call of no campaign: the legal hours are all that limits it in time."""
    from dialconsole.compliance.hours import LEGAL

    return ProposedCall(number=int(number[1:]), zones=_zones(number), window=LEGAL)


def _proposed(number: str, doc: Campaign, contact: ContactRecord | None) -> ProposedCall:
    return ProposedCall(
        number=int(number[1:]),
        zones=contact.zones if contact else _zones(number),
        campaign=doc.name,
        state=doc.state,
        window=doc.window,
        ring_timeout_s=doc.ring_timeout_s,
        attempts=contact.attempts if contact else 0,
        max_attempts=doc.retry.max_attempts,
        min_gap_s=doc.min_gap_s,
    )


def _zones(number: str) -> tuple[str, ...]:
    from dialconsole.compliance.zones import zones_of_number

    return zones_of_number(number).zones
