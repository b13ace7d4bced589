"""Everything a person can ask of an engine: one struct per request, with the role it needs and what it answers.

The console, the command line and (later) other programs all speak these; the engine's desk answers them. A request
that changes something is idempotent, is written to the audit before it is answered, and names a reason if it has one.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from dialconsole.model.attempt import AttemptRecord, CallEvent
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import Campaign, Limits, Operator, Trunk
from dialconsole.model.dialable import DialableReport, UndialablePage
from dialconsole.model.finding import Finding
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.verdict import Verdict
from dialconsole.model.view import CampaignView, EngineView, PresenceView, Role, TrunkView

R = TypeVar("R")


class Done(Struct, frozen=True):
    """The answer to a change: what is true now, as a sentence for the person who asked."""

    sentence: str
    changed: bool = True
    """False when things were so already."""
    undo: str = ""
    """What ``u`` would restore, in words; empty if nothing can be undone."""


class Request(Struct, Generic[R], frozen=True, tag_field="op", tag=True, kw_only=True):
    """Base of all requests. ``RESULT`` is the type of the answer, ``ROLE`` the least role that may ask."""

    ROLE: ClassVar[Role] = Role.OPERATOR
    RESULT: ClassVar[Any] = Done


# -- looking ------------------------------------------------------------------------------------------------------


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


class ListSummary(Struct, frozen=True):
    """A call list as it was imported."""

    name: str
    sha256: str
    imported_at: float
    rows: int
    contacts: int
    duplicates: int
    rejected: int


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


# -- campaigns ----------------------------------------------------------------------------------------------------


class CreateCampaign(Request[Done], frozen=True, kw_only=True):
    campaign: Campaign


class ImportReport(Struct, frozen=True):
    list: ListSummary
    already_in_campaign: int
    """Numbers that another list of the campaign had brought already (counted in ``list.duplicates`` too)."""
    by_fault: dict[str, int]
    notes: tuple[str, ...] = ()
    """How the file was understood, and what was odd in its rows, counted: sentences, as ``list check`` gives them."""


class ImportList(Request[ImportReport], frozen=True, kw_only=True):
    """Read a call list (a path on the engine's machine) into a campaign, all of it or nothing."""

    RESULT = ImportReport
    campaign: str
    path: str
    columns: dict[str, str] = {}
    """Role -> column name, where the names do not say it: ``{"phone": "Tel. privat"}``."""
    attest: ConsentBasis | None = None
    """The person who asks attests this consent for every row that says nothing itself."""
    sheet: str | None = None
    """Of a spreadsheet; ``None`` is the first."""
    ignored: tuple[str, ...] = ()
    """Columns that sound like a wish, a consent or a country and mean nothing, by the word of whoever asks."""
    id: str = ""
    """By which whoever asks may cancel it before the answer is there; the engine gives one if it is empty."""


class CancelImport(Request[Done], frozen=True, kw_only=True):
    """Stop a list that is still coming in: nothing of it is imported then."""

    id: str


class StartCampaign(Request[Done], frozen=True, kw_only=True):
    """Start or resume."""

    name: str
    reason: str = ""


class PauseCampaign(Request[Done], frozen=True, kw_only=True):
    """No new call from this instant; calls in progress go on. Always wins."""

    name: str
    reason: str = ""


class PauseAll(Request[Done], frozen=True, kw_only=True):
    reason: str = ""


class DrainCampaign(Request[Done], frozen=True, kw_only=True):
    name: str
    reason: str = ""


class DeleteCampaign(Request[Done], frozen=True, kw_only=True):
    """Forget a draft or finished campaign and its contacts. Attempts and opt-outs stay: they are records."""

    ROLE = Role.ADMIN
    name: str


class SetCampaign(Request[Done], frozen=True, kw_only=True):
    """Change settings of a campaign: field name (``retry.busy_s``, ``window.opens``) -> value as typed."""

    name: str
    fields: dict[str, str]
    version: int | None = None
    reason: str = ""


class HangUpCampaign(Request[Done], frozen=True, kw_only=True):
    """Hang up every live call of a campaign, and pause it."""

    name: str
    reason: str = ""


class HangUpCall(Request[Done], frozen=True, kw_only=True):
    attempt: str
    reason: str = ""


# -- trunks and limits --------------------------------------------------------------------------------------------


class AddTrunk(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    trunk: Trunk


class RemoveTrunk(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    name: str


class SetTrunk(Request[Done], frozen=True, kw_only=True):
    """Change settings of a trunk other than its limits (those are ``SetLimits``)."""

    ROLE = Role.ADMIN
    name: str
    fields: dict[str, str]
    version: int | None = None


class TrunkReport(Struct, frozen=True):
    """A trunk's settings beside its figures."""

    trunk: Trunk
    view: TrunkView


class ShowTrunk(Request[TrunkReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = TrunkReport
    name: str


class ResetTrunk(Request[Done], frozen=True, kw_only=True):
    """Somebody mended the trunk: close its circuit and give it its whole pace. Its backend is made again if need be."""

    name: str
    reason: str = ""


class ReleaseTrunk(Request[Done], frozen=True, kw_only=True):
    """Let a trunk call numbers outside its allow list. ``typed`` is its name once more, as the admin typed it."""

    ROLE = Role.ADMIN
    name: str
    typed: str
    reason: str = ""


class LockTrunk(Request[Done], frozen=True, kw_only=True):
    """Only numbers of its allow list again, from this instant. Calls in progress go on."""

    ROLE = Role.ADMIN
    name: str
    reason: str = ""


class TrunkCheck(Struct, frozen=True):
    """What was found out about a trunk, in the order in which things break."""

    trunk: str
    backend: str
    findings: tuple[Finding, ...]


class CheckTrunk(Request[TrunkCheck], frozen=True, kw_only=True):
    """Look a trunk over where its keys are. No phone rings; it may take as long as an agent may take to be ready."""

    RESULT = TrunkCheck
    name: str


class PlacedCall(Struct, frozen=True):
    """A test call that has begun: follow it with ``ShowCall``."""

    attempt: str
    number: str
    trunk: str
    campaign: str


class PlaceTestCall(Request[PlacedCall], frozen=True, kw_only=True):
    """One call to one number through everything that a campaign's call goes through, answered when it has begun.

    Refused with the gate's reasons if the number may not be called now. It is never tried a second time.
    """

    RESULT = PlacedCall
    number: str
    """As typed."""
    trunk: str | None = None
    """``None``: the campaign's."""
    campaign: str | None = None
    """Call as this campaign does: its agent, rings, caller ID, purpose and voice."""
    consent: ConsentBasis | None = None
    """The person who asks attests that the callee has consented so."""


class SetLimits(Request[Done], frozen=True, kw_only=True):
    """Replace the limits of a trunk or a campaign.

    ``version`` is the one the change was based on; if somebody else was faster the answer is a conflict that names
    both values. ``None`` does not ask.
    """

    kind: str
    """``trunk`` or ``campaign``."""
    name: str
    limits: Limits
    version: int | None = None
    reason: str = ""


# -- do not call --------------------------------------------------------------------------------------------------


class OptOutPage(Struct, frozen=True):
    entries: tuple[OptOut, ...]
    """Entries in force, newest first."""
    total: int
    more: bool = False


class ListOptOuts(Request[OptOutPage], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = OptOutPage
    search: str = ""
    """Digits of the number, or words of the reason."""
    offset: int = 0
    limit: int = 200


class AddOptOut(Request[Done], frozen=True, kw_only=True):
    number: str
    """As typed; or a pattern, with plus and country code: ``+1201555*``."""
    source: OptOutSource = OptOutSource.OPERATOR
    reason: str = ""
    scope: str = EVERYWHERE
    """``campaign:NAME`` or ``client:LABEL`` of a campaign that exists."""


class RemoveOptOut(Request[Done], frozen=True, kw_only=True):
    """Take exactly this entry off: of a pattern, the numbers that are listed themselves stay."""

    number: str
    """As typed, or a pattern."""
    reason: str
    scope: str = EVERYWHERE


class OptOutImport(Struct, frozen=True):
    added: int
    known: int
    rejected: tuple[str, ...]
    """A sentence for each line that is no number."""
    notes: tuple[str, ...] = ()
    """What else of the file could not be taken as it stands; those entries were added all the same."""


class ImportOptOuts(Request[OptOutImport], frozen=True, kw_only=True):
    """Add what a text or CSV file lists. Its columns scope, source, since and reason go before what is given."""

    RESULT = OptOutImport
    path: str
    reason: str = ""
    scope: str = EVERYWHERE


class CopyOptOuts(Request[Done], frozen=True, kw_only=True):
    """Have every entry of one scope bind another scope too, before a campaign changes its client. Nothing is taken off.

    The other scope may be a client that no campaign has yet.
    """

    source: str
    """``client:LABEL`` or ``campaign:NAME``."""
    scope: str
    reason: str = ""


# -- rules --------------------------------------------------------------------------------------------------------


class ListCalendar(Request[tuple[CalendarDay, ...]], frozen=True, kw_only=True):
    """Days on which a place is not called, besides the holidays of its law."""

    ROLE = Role.OBSERVER
    RESULT = tuple[CalendarDay, ...]


class AddDay(Request[Done], frozen=True, kw_only=True):
    jurisdiction: str
    """As typed: ``LA``, ``US-LA``, ``Louisiana``, ``GB``."""
    day: date
    reason: str


class RemoveDay(Request[Done], frozen=True, kw_only=True):
    jurisdiction: str
    day: date
    reason: str = ""


class RegistryList(Struct, frozen=True):
    """One do-not-call list of the registry folder; only ``name`` and ``fault`` if it cannot be read."""

    name: str
    obtained: date | None = None
    version: int = 0
    area_codes: int = 0
    numbers: int = 0
    san: str = ""
    demo: bool = False
    fault: str = ""


class RegistryReport(Struct, frozen=True):
    lists: tuple[RegistryList, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...] = ()
    """Sentences: states in which contacts may be, that keep a list of their own, of which none was imported."""


class ShowRegistry(Request[RegistryReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = RegistryReport


class ReloadRegistry(Request[Done], frozen=True, kw_only=True):
    """A list was imported or removed: look at the folder now. ``what`` goes into the audit."""

    ROLE = Role.ADMIN
    what: str


# -- people and the engine ----------------------------------------------------------------------------------------


class ListOperators(Request[tuple[Operator, ...]], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = tuple[Operator, ...]


class GrantRole(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    uid: int
    name: str
    role: Role | None
    """``None`` takes every right away."""


class StopEngine(Request[Done], frozen=True, kw_only=True):
    """No new calls; wait up to ``drain_s`` real seconds for the live ones; record what is left; end the engine."""

    ROLE = Role.ADMIN
    drain_s: float = 30.0
    reason: str = ""


AnyRequest = (
    GetStatus | ShowCampaign | ListTrunks | ListCalls | ShowCall | Explain | ListAudit
    | ShowDialable | ListUndialable
    | CreateCampaign | ImportList | CancelImport
    | StartCampaign | PauseCampaign | PauseAll | DrainCampaign | DeleteCampaign
    | SetCampaign | HangUpCampaign | HangUpCall
    | AddTrunk | RemoveTrunk | SetTrunk | SetLimits | ShowTrunk | ResetTrunk | ReleaseTrunk | LockTrunk
    | CheckTrunk | PlaceTestCall
    | ListOptOuts | AddOptOut | RemoveOptOut | ImportOptOuts | CopyOptOuts
    | ListCalendar | AddDay | RemoveDay | ShowRegistry | ReloadRegistry
    | ListOperators | GrantRole | StopEngine
)  # fmt: skip


class Caller(Struct, frozen=True):
    """Who asks: decided by the engine from the socket's peer, never taken from the message."""

    user: str
    uid: int
    pid: int
    role: Role
