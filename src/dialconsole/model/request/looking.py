"""Looking: what an engine has and does, why a number may be called or not, what was done and by whom."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.attempt import AttemptRecord, CallEvent
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.dialable import DialableReport, UndialablePage
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.request.lists import ListSummary
from dialconsole.model.request.request import Request
from dialconsole.model.verdict import Verdict
from dialconsole.model.view import CampaignView, EngineView, PresenceView, Role, TrunkView


class StatusReport(Struct, frozen=True):
    engine: EngineView
    campaigns: tuple[CampaignView, ...]
    trunks: tuple[TrunkView, ...]
    people: tuple[PresenceView, ...] = ()


class GetStatus(Request[StatusReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = StatusReport
    foresee: bool = False
    """Ask the gate also about contacts whose hours are closed, or whose campaign does not run; at a million contacts
    that takes a second."""


class CampaignReport(Struct, frozen=True):
    """A campaign's settings beside its figures."""

    campaign: Campaign
    view: CampaignView
    lists: tuple[ListSummary, ...]


class ShowCampaign(Request[CampaignReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = CampaignReport
    name: str


class ListTrunks(Request[tuple[Trunk, ...]], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = tuple[Trunk, ...]


class CallPage(Struct, frozen=True):
    """Attempts, newest first."""

    attempts: tuple[AttemptRecord, ...]
    more: bool = False


class ListCalls(Request[CallPage], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = CallPage
    campaign: str | None = None
    outcome: str | None = None
    number: str | None = None
    before_seq: int | None = None
    limit: int = 100


class CallReport(Struct, frozen=True):
    """One attempt with its ladder and what the gate saw."""

    attempt: AttemptRecord
    events: tuple[CallEvent, ...]
    evidence: Verdict | None


class ShowCall(Request[CallReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = CallReport
    attempt: str


class Explanation(Struct, frozen=True):
    """Whether a number may be called, by the engine's own gate. ``skipped``: checks that could not be made."""

    number: str
    campaign: str | None
    verdict: Verdict
    skipped: tuple[str, ...] = ()
    purpose: Purpose = Purpose.MARKETING
    voice: Voice = Voice.AI
    """With ``purpose``: the kind of call that was judged. Another kind has other rules."""


class Explain(Request[Explanation], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = Explanation
    number: str
    campaign: str | None = None
    at: float | None = None
    state: str | None = None
    """As typed, like the other two: what a list's column might say."""
    zip: str | None = None
    consent: ConsentBasis | None = None
    purpose: Purpose | None = None
    voice: Voice | None = None


class ShowDialable(Request[DialableReport], frozen=True, kw_only=True):
    """How many contacts of a campaign may be called now, today, later, and why not the others."""

    ROLE = Role.OBSERVER
    RESULT = DialableReport
    name: str
    fresh: bool = False
    """Count again even if somebody was answered a moment ago."""


class ListUndialable(Request[UndialablePage], frozen=True, kw_only=True):
    """The contacts behind one count of the report, in the order of the lists."""

    ROLE = Role.OBSERVER
    RESULT = UndialablePage
    name: str
    code: str
    """Of a reason; ``ready`` for those that may be called; or a final status."""
    after: int = 0
    limit: int = 100


class AuditEntry(Struct, frozen=True):
    seq: int
    at: float
    who: str
    action: str
    subject: str
    old: str
    new: str
    reason: str


class ListAudit(Request[tuple[AuditEntry, ...]], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = tuple[AuditEntry, ...]
    limit: int = 200
    subject: str | None = None
