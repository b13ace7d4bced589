"""An engine made of a dict, for the console's tests: a morning at a clinic that never moves unless a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from dialconsole.control.port import Delta, Link, Snapshot, Update, Welcome
from dialconsole.model.attempt import AttemptRecord, CallEvent, EventKind
from dialconsole.model.campaign import Campaign, Limits
from dialconsole.model.dialable import DialableReport, ReasonCount, UndialableContact, UndialablePage
from dialconsole.model.errors import Problem
from dialconsole.model.finding import fault, ok, skipped, warning
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CallPhase, CampaignState, Outcome
from dialconsole.model.request.campaigns import (
    CreateCampaign,
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    StartCampaign,
)
from dialconsole.model.request.lists import ListSummary
from dialconsole.model.request.looking import (
    CallPage,
    CallReport,
    CampaignReport,
    Explain,
    Explanation,
    GetStatus,
    ListCalls,
    ListUndialable,
    ShowCall,
    ShowCampaign,
    ShowDialable,
    StatusReport,
)
from dialconsole.model.request.optouts import (
    AddOptOut,
    ImportOptOuts,
    ListOptOuts,
    OptOutImport,
    OptOutPage,
    RemoveOptOut,
)
from dialconsole.model.request.request import Done, Request
from dialconsole.model.request.trunks import CheckTrunk, ResetTrunk, SetLimits, TrunkCheck
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind
from dialconsole.model.view import (
    AlertView,
    CallView,
    CampaignView,
    EngineView,
    Hold,
    Kind,
    PresenceView,
    Role,
    TrunkView,
    View,
    ZoneView,
)

R = TypeVar("R")

NOW = datetime(2026, 3, 3, 15, 14, 32, tzinfo=UTC).timestamp()
"""Tuesday, 10:14:32 in New York."""


class HandClock:
    """Real seconds as a test wants them to pass."""

    def __init__(self) -> None:
        self.value = 1000.0

    def __call__(self) -> float:
        return self.value

    def forward(self, seconds: float) -> None:
        self.value += seconds


def utc(hour: int, minute: int = 0, day: int = 3) -> float:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC).timestamp()


def engine_view(**changes: Any) -> EngineView:
    view = EngineView(
        workspace="clinic",
        path="/srv/clinic",
        pid=4711,
        version="0.1.0",
        demo=True,
        backend="fake",
        now=NOW,
        rate=10.0,
        zone="America/New_York",
    )
    return msgspec.structs.replace(view, **changes)


def campaign_views() -> list[CampaignView]:
    early = Hold("before_hours", "before 8:00 Pacific", 812, utc(16, 0))
    nobody = Hold("zone_unknown", "zone of the number is not known", 138)
    return [
        CampaignView(
            name="reminders",
            state=CampaignState.RUNNING,
            trunk="main",
            version=4,
            total=300,
            done=171,
            live=8,
            ready=12,
            retry=78,
            held=31,
            completed=141,
            failed=26,
            suppressed=4,
            holds=(Hold("before_hours", "before 8:00 Pacific", 31, utc(16, 0)),),
            outcomes={
                "answered": 83,
                "voicemail": 58,
                "no_answer": 142,
                "busy": 42,
                "rejected": 4,
                "blocked": 3,
                "bad_number": 12,
                "trunk_fault": 2,
            },
            starts_60s=24,
            eta_s=7800.0,
        ),
        CampaignView(
            name="survey",
            state=CampaignState.PAUSED,
            trunk="main",
            version=2,
            total=30,
            done=4,
            live=0,
            ready=23,
            retry=3,
            held=0,
            completed=4,
            failed=0,
            suppressed=0,
            outcomes={"answered": 1, "no_answer": 3},
            limits=Limits(max_concurrent=3, calls_per_minute=6),
            starts_60s=0,
            changed_by="maria",
            changed_at=NOW - 240,
            reason="script wrong",
        ),
        CampaignView(
            name="arrears",
            state=CampaignState.RUNNING,
            trunk="backup",
            version=1,
            total=950,
            done=0,
            live=0,
            ready=0,
            retry=0,
            held=950,
            completed=0,
            failed=0,
            suppressed=0,
            holds=(early, nobody),
        ),
        CampaignView(
            name="recall-feb",
            state=CampaignState.FINISHED,
            trunk="main",
            version=9,
            total=420,
            done=400,
            live=0,
            ready=0,
            retry=0,
            held=0,
            completed=377,
            failed=19,
            suppressed=4,
            outcomes={"answered": 52, "no_answer": 48},
            changed_by="engine",
            changed_at=NOW - 3600,
        ),
    ]


def trunk_views() -> list[TrunkView]:
    return [
        TrunkView(
            name="main",
            backend="fake",
            scenario="basic",
            version=7,
            limits=Limits(max_concurrent=12, calls_per_minute=30, calls_per_second=1.0),
            live=8,
            starts_60s=30,
            waiting=12,
            waiting_since=NOW - 41,
            next_start_at=NOW + 2,
            full="per_minute",
        ),
        TrunkView(
            name="backup",
            backend="fake",
            scenario="basic",
            version=1,
            limits=Limits(max_concurrent=6, calls_per_minute=20, calls_per_second=0.5),
            live=0,
            starts_60s=0,
            waiting=0,
        ),
    ]


def call(id: str, number: str, name: str, phase: CallPhase, ago: float, **changes: Any) -> CallView:
    view = CallView(
        id=id,
        number=number,
        name=name,
        campaign="reminders",
        trunk="main",
        attempt_no=1,
        max_attempts=3,
        phase=phase,
        since=NOW - ago,
        claimed_at=NOW - ago - 2,
        zones=("America/New_York",),
    )
    return msgspec.structs.replace(view, **changes)


def call_views() -> list[CallView]:
    central = ("America/Chicago",)
    return [
        call(
            "clinic-000101", "+13055550119", "Gus Hale", CallPhase.ENDED, 38,
            ended_at=NOW - 38, outcome=Outcome.ANSWERED,
        ),
        call(
            "clinic-000102", "+13125550107", "Bo Chen", CallPhase.TALKING, 102,
            attempt_no=2, note="agent", zones=central,
        ),
        call("clinic-000103", "+16175550120", "Eli Novak", CallPhase.MACHINE, 11, note="leaving the message"),
        call("clinic-000104", "+12125550143", "Ana López", CallPhase.RINGING, 9, due=NOW + 20),
        call("clinic-000105", "+14045550188", "Dee Okafor", CallPhase.LISTENING, 2, due=NOW + 1.5),
        call("clinic-000106", "+12155550161", "Fay Ruiz", CallPhase.DIALING, 1),
        call("clinic-000107", "+16465550172", "Hana Weiss", CallPhase.PREPARING, 0.4),
        call(
            "clinic-000108", "+17135550131", "Ian Brooks", CallPhase.ENDED, 52,
            ended_at=NOW - 52, outcome=Outcome.BLOCKED, sip_code=603, zones=central,
        ),
    ]  # fmt: skip


def zone_views() -> list[ZoneView]:
    return [
        ZoneView("Eastern", "America/New_York", True, utc(2, 0, day=4)),
        ZoneView("Central", "America/Chicago", True, utc(3, 0, day=4)),
        ZoneView("Mountain", "America/Denver", False, utc(15, 46)),
        ZoneView("Arizona", "America/Phoenix", False, utc(15, 46)),
        ZoneView("Pacific", "America/Los_Angeles", False, utc(16, 46)),
        ZoneView("Alaska", "America/Anchorage", False, utc(17, 46)),
        ZoneView("Hawaii", "Pacific/Honolulu", False, utc(18, 46)),
    ]


def morning() -> dict[tuple[Kind, str], View]:
    """Every row of the default workspace."""
    rows: dict[tuple[Kind, str], View] = {(Kind.ENGINE, "engine"): engine_view()}
    rows |= {(Kind.CAMPAIGN, c.name): c for c in campaign_views()}
    rows |= {(Kind.TRUNK, t.name): t for t in trunk_views()}
    rows |= {(Kind.CALL, c.id): c for c in call_views()}
    rows |= {(Kind.ZONE, z.zone): z for z in zone_views()}
    rows[Kind.PRESENCE, "c2"] = PresenceView("c2", "maria", Role.OBSERVER, NOW - 600)
    rows[Kind.ALERT, "a1"] = AlertView(
        "a1", NOW - 60, "warning", "main: 3 of the last 20 blocked by the network (603), from +1 555-010-0000"
    )
    return rows


def evidence() -> Verdict:
    clear = VerdictKind.CLEAR
    return Verdict(
        verdict=clear,
        checks=(
            CheckResult(CheckName.NUMBER, clear, "ok", "a fixed or mobile line in New York"),
            CheckResult(CheckName.CAMPAIGN, clear, "ok", "reminders is running"),
            CheckResult(CheckName.OPTOUT, clear, "ok", "not on the do-not-call list"),
            CheckResult(CheckName.HOURS, clear, "ok", "10:14 Eastern, open until 20:00", until=utc(1, 0, day=4)),
            CheckResult(CheckName.ATTEMPTS, clear, "ok", "attempt 1 of 3"),
            CheckResult(CheckName.GAP, clear, "ok", "not called in the last 15 minutes"),
        ),
        zones=("America/New_York",),
        at=NOW - 10.6,
    )


def call_report(attempt: str) -> CallReport:
    start = NOW - 11.398
    steps = [
        (EventKind.CLAIMED, 0.0, "clinic-000104 is in the ledger"),
        (EventKind.ROOM, 0.004, "room clinic-000104"),
        (EventKind.AGENT_READY, 0.395, "agent reminders-1"),
        (EventKind.RECHECKED, 0.396, "still clear"),
        (EventKind.DIALING, 0.398, "from +1 555-010-0000 over main"),
        (EventKind.RINGING, 2.398, "180"),
    ]
    record = AttemptRecord(
        seq=104,
        attempt=attempt,
        contact=17,
        number="+12125550143",
        name="Ana López",
        campaign="reminders",
        trunk="main",
        caller_id="+15550100000",
        attempt_no=1,
        claimed_at=start,
        dialed_at=start + 0.398,
        answered_at=None,
        ended_at=None,
        outcome=None,
        sip_code=None,
        sip_reason="",
        zones=("America/New_York",),
    )
    return CallReport(record, tuple(CallEvent(kind, start + at, detail) for kind, at, detail in steps), evidence())


def earlier_attempts() -> list[AttemptRecord]:
    """Calls of the 30 minutes before, a few more in each."""
    template = call_report("clinic-000001").attempt
    starts = [NOW - 60.0 * minute - i for minute in range(1, 31) for i in range(3 + (minute * 7) % 23)]
    return [
        msgspec.structs.replace(template, seq=i, attempt=f"clinic-early-{i:06}", claimed_at=at)
        for i, at in enumerate(starts)
    ]


def opt_outs() -> list[OptOut]:
    return [
        OptOut("+12125550160", OptOutSource.CALLER, "please stop calling", "agent", NOW - 752, attempt="clinic-000042"),
        OptOut("+13035550103", OptOutSource.SIP603, "declined", "engine", NOW - 1652),
        OptOut("+12015550177", OptOutSource.OPERATOR, "building under dispute", "maria", utc(19, 10, day=1), "arrears"),
    ]


def dialable_report(name: str) -> DialableReport:
    """Of 950 contacts three in ten may be called."""
    return DialableReport(
        campaign=name,
        state=CampaignState.DRAFT,
        at=NOW,
        total=950,
        ready=285,
        today=397,
        later=0,
        waiting=120,
        refused=118,
        live=0,
        done={"completed": 22, "suppressed": 8},
        reasons=(
            ReasonCount(
                "hours", "before_hours", "Before calling hours", "Before calling hours.", 397, False, 397, utc(16, 46)
            ),
            ReasonCount(
                "registry",
                "registry_too_old",
                "The registry is too old",
                "The Florida do-not-call list (version 1 of 2026-01-30, 32 days old) may be used for 31 days, so "
                "nothing is dialed. Import a current one with `dialconsole registry import`.",
                120,
                False,
            ),
            ReasonCount("consent", "consent_missing", "Without the consent the call needs", "No consent.", 90, True),
            ReasonCount("optout", "opted_out", "On the do-not-call list", "On the do-not-call list.", 28, True),
        ),
    )


def undialable_page(request: ListUndialable) -> UndialablePage:
    """A hundred and twenty contacts, in two pages."""
    ids = range(request.after + 1, min(request.after + request.limit, 120) + 1)
    sentence = "In America/Los_Angeles it is Tuesday 7:14; the campaign calls from 8:00 to 20:00."
    contacts = tuple(
        UndialableContact(
            id=id,
            number=f"+121355501{id % 100:02}",
            name=("Ana López", "Bo Chen", "Dee Okafor")[id % 3],
            list="arrears.csv",
            line=id + 1,
            attempts=id % 2,
            sentence=sentence,
            reasons=(sentence,) if id % 4 else (sentence, "Attempt 3 of 3 was made."),
            until=utc(16, 0),
            zones=("America/Los_Angeles",),
        )
        for id in ids
    )
    return UndialablePage(contacts, ids[-1] if ids[-1] < 120 else None)


class FakeEngine:
    """An ``EngineClient``. ``answers`` overrides the answer to a request type: a value, a ``Problem``, a function."""

    def __init__(
        self,
        rows: dict[tuple[Kind, str], View] | None = None,
        *,
        role: Role = Role.ADMIN,
        latency_s: float | None = 0.003,
    ) -> None:
        self.rows = morning() if rows is None else rows
        self.rows[Kind.PRESENCE, "c1"] = PresenceView("c1", "you", role, NOW - 900)
        self.role = role
        self.latency_s = latency_s
        self.asked: list[Request[Any]] = []
        self.answers: dict[type, Any] = {}
        self.listed = opt_outs()
        self.closed = False
        self.refusal: Problem | None = None
        self._messages: asyncio.Queue[Update] = asyncio.Queue()

    # -- the client's face ----------------------------------------------------------------------------------------

    async def connect(self) -> Welcome:
        if self.refusal is not None:
            raise self.refusal
        return Welcome(user="you", role=self.role, client_id="c1", version="0.1.0")

    async def updates(self) -> AsyncIterator[Update]:
        yield Link(connected=True, latency_s=self.latency_s)
        yield self.snapshot()
        while True:
            yield await self._messages.get()

    async def request(self, request: Request[R]) -> R:
        self.asked.append(request)
        answer = self.answers.get(type(request), self._answer)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, Problem):
            raise answer
        return answer  # type: ignore[no-any-return]

    async def close(self) -> None:
        self.closed = True

    # -- what a test does to it -----------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        return Snapshot(tuple((kind, id, view) for (kind, id), view in self.rows.items()))

    def put(self, kind: Kind, id: str, view: View) -> None:
        self.rows[kind, id] = view
        self._messages.put_nowait(Delta(((kind, id, view),)))

    def change(self, kind: Kind, id: str, **fields: Any) -> None:
        self.put(kind, id, msgspec.structs.replace(self.rows[kind, id], **fields))

    def remove(self, kind: Kind, id: str) -> None:
        del self.rows[kind, id]
        self._messages.put_nowait(Delta((), ((kind, id),)))

    def drop(self, sentence: str = "the engine does not answer") -> None:
        self._messages.put_nowait(Link(connected=False, sentence=sentence))

    def revoke(self, sentence: str) -> None:
        self._messages.put_nowait(Link(connected=False, sentence=sentence, final=True))

    def come_back(self) -> None:
        self._messages.put_nowait(Link(connected=True, latency_s=self.latency_s))
        self._messages.put_nowait(self.snapshot())

    def last(self, kind: type[Request[Any]]) -> Any:
        """The last request of a type; fails the test if there was none."""
        return [request for request in self.asked if isinstance(request, kind)][-1]

    # -- how it answers by itself ---------------------------------------------------------------------------------

    def _answer(self, request: Request[Any]) -> Any:
        for kind, answer in self._answerers():
            if isinstance(request, kind):
                return answer(request)
        raise AssertionError(f"the fake engine has no answer to {request!r}")

    def _answerers(self) -> Iterable[tuple[type[Request[Any]], Callable[[Any], Any]]]:
        return (
            (PauseCampaign, lambda r: self._state(r.name, CampaignState.PAUSED, r.reason)),
            (StartCampaign, lambda r: self._state(r.name, CampaignState.RUNNING, r.reason)),
            (DrainCampaign, lambda r: self._state(r.name, CampaignState.DRAINING, r.reason)),
            (PauseAll, lambda r: Done("2 campaigns are paused; 8 calls go on")),
            (SetLimits, self._limits),
            (ResetTrunk, lambda r: Done(f"Trunk {r.name} is taken for sound again")),
            (HangUpCall, lambda r: Done("The call to +1 212-555-0143 is being hung up")),
            (HangUpCampaign, lambda r: Done(f"8 calls of {r.name} are being hung up; it is paused")),
            (ShowCall, lambda r: call_report(r.attempt)),
            (GetStatus, lambda r: self._status()),
            (ListCalls, lambda r: CallPage(tuple(earlier_attempts()))),
            (ShowCampaign, lambda r: self._report(r.name)),
            (CreateCampaign, lambda r: Done("created")),
            (ListOptOuts, self._page),
            (AddOptOut, lambda r: Done(f"{r.number} will not be called")),
            (RemoveOptOut, lambda r: Done(f"{r.number} may be called again")),
            (ImportOptOuts, lambda r: OptOutImport(118, 4, ("line 7: 'hello' is no number",))),
            (Explain, lambda r: held_explanation(r.number)),
            (ShowDialable, lambda r: dialable_report(r.name)),
            (ListUndialable, undialable_page),
            (CheckTrunk, lambda r: trunk_check(r.name)),
        )

    def _state(self, name: str, state: CampaignState, reason: str) -> Done:
        view = self.rows[Kind.CAMPAIGN, name]
        assert isinstance(view, CampaignView)
        self.change(
            Kind.CAMPAIGN, name, state=state, reason=reason, version=view.version + 1, changed_by="you", changed_at=NOW
        )
        return Done(f"{name} is {state.value}")

    def _limits(self, request: SetLimits) -> Done:
        kind = Kind(request.kind)
        view: Any = self.rows[kind, request.name]
        if request.version not in (None, view.version):
            raise Problem(
                f"{request.name} was changed meanwhile: it stands at {view.limits.calls_per_minute} calls a minute, "
                f"you asked for {request.limits.calls_per_minute}",
                code="conflict",
            )
        self.change(kind, request.name, limits=request.limits, version=view.version + 1)
        return Done(f"{request.name}: limits set")

    def _status(self) -> StatusReport:
        views = list(self.rows.values())
        return StatusReport(
            engine=next(v for v in views if isinstance(v, EngineView)),
            campaigns=tuple(v for v in views if isinstance(v, CampaignView)),
            trunks=tuple(v for v in views if isinstance(v, TrunkView)),
        )

    def _report(self, name: str) -> CampaignReport:
        view = self.rows[Kind.CAMPAIGN, name]
        assert isinstance(view, CampaignView)
        lists = (ListSummary("clinic_reminders.csv", "9f2c", NOW - 7200, 312, 300, 5, 7),)
        return CampaignReport(Campaign(name=name, trunk=view.trunk, state=view.state), view, lists)

    def _page(self, request: ListOptOuts) -> OptOutPage:
        found = [o for o in self.listed if request.search in o.number or request.search in o.reason]
        page = found[request.offset : request.offset + request.limit]
        return OptOutPage(tuple(page), total=len(found), more=request.offset + len(page) < len(found))


def trunk_check(name: str) -> TrunkCheck:
    """A trunk of LiveKit's whose SIP service is away."""
    return TrunkCheck(
        trunk=name,
        backend="livekit",
        findings=(
            ok("url", "https://clinic.livekit.example (no port is named: 443)."),
            ok("trunk_id", "LiveKit's outbound trunk ST_8fKq2Lm."),
            ok("caller_ids", "+12125550100."),
            warning(
                "allowed_numbers",
                "The trunk is not released, and no number is allowed yet: it calls nobody.",
                f"For a first test call: dialconsole trunk set {name} allowed_numbers=+1..., a phone of yours.",
            ),
            ok("server", "It answers in 38 ms."),
            ok("clock", "This machine's clock and the server's agree."),
            ok("version", "livekit-server 1.13.5 (tested: 1.9.12 to 1.13.5)."),
            fault(
                "sip_node",
                "No SIP service answers the server (503, no response from servers): no call would be dialed.",
                "Start livekit-sip; it needs the same Redis as the server, and the same key and secret.",
            ),
            skipped("agent_job", "Not checked: the trunk names no agent."),
        ),
    )


def held_explanation(number: str) -> Explanation:
    held = CheckResult(
        CheckName.HOURS, VerdictKind.HELD, "before_hours", "Mountain opens at 8:00 there, 10:46 here", utc(15, 46)
    )
    number_ok = CheckResult(CheckName.NUMBER, VerdictKind.CLEAR, "ok", "a fixed or mobile line in Colorado")
    verdict = Verdict(VerdictKind.HELD, (number_ok, held), ("America/Denver",), NOW, utc(15, 46))
    return Explanation(number=number, campaign=None, verdict=verdict, skipped=("campaign", "attempts"))


def empty() -> dict[tuple[Kind, str], View]:
    """A workspace in which nothing has been made yet."""
    return {(Kind.ENGINE, "engine"): engine_view(workspace="new", demo=False, rate=1.0)}
