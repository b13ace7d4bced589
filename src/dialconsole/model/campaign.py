"""What an operator decides about a campaign and a trunk: the documents of ``workspace.json``."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dialconsole.model.outcome import CampaignState, OnMachine, Outcome
from dialconsole.model.purpose import Purpose, Voice

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]
"""Campaigns and trunks are typed in commands, so their names are short and need no quoting."""

TEST_CALLS = "test-calls"
"""The campaign in which test calls are placed, made anew for each; nobody else may use its name."""

WEEK = (0, 1, 2, 3, 4, 5, 6)
"""Days of the week, Monday first, as ``datetime.weekday`` counts them."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """How many at once, how many a minute. ``None`` sets no limit of its own (the trunk's still holds)."""

    max_concurrent: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    calls_per_minute: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    """Starts in *any* 60 seconds, not per calendar minute. 0 starts none."""
    calls_per_second: Annotated[float, Meta(gt=0, le=20_000)] | None = None
    """Smoothing: the least time between two starts is its reciprocal."""


class NoVerdict(StrEnum):
    """What an answered call counts as when the agent never says who answered. A person is not among them."""

    VOICEMAIL = "voicemail"
    """As if a machine had answered; nobody is called "answered" on a guess."""
    UNKNOWN = "unknown"
    """Nobody can say; never dialed again by itself."""


class AgentLost(StrEnum):
    """What becomes of a conversation whose agent's worker dies."""

    HANG_UP = "hang_up"
    DISPATCH = "dispatch"
    """Dispatch the agent once more, so that it can at least say that it is sorry; hang up if none comes."""


class LiveKitSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a LiveKit trunk's calls are placed, and how they are watched. Keys are never here: see ``keys_file``."""

    url: Annotated[str, Meta(pattern=r"^[^@?#]*$", max_length=300)] = ""
    """``wss://project.livekit.cloud`` or ``http://host:7880``; scheme and host, no path. No ``@``: what stands before
    it is a password, and this is written down and shown."""
    sip_trunk_id: str = ""
    """LiveKit's id of the outbound trunk, ``ST_...``."""
    agent: str = ""
    """Name under which the agent's worker registered; a campaign may name another."""
    keys_file: str = ""
    """File with the API key and secret, readable by its owner alone; relative to the workspace. Empty: environment."""
    agent_ready_s: Annotated[float, Meta(ge=1, le=60)] = 10.0
    """How long a call waits for an agent that listens, before the phone rings."""
    verdict_s: Annotated[float, Meta(ge=3, le=60)] = 8.0
    """How long after the answer the agent may take to say who answered."""
    no_verdict: NoVerdict = NoVerdict.VOICEMAIL
    observe: bool = False
    """Listen to the callee ourselves (extra ``observer``), for agents that report nothing."""
    message_s: Annotated[float, Meta(ge=5, le=300)] = 60.0
    """The longest a message may take; then the call is hung up."""
    agent_lost: AgentLost = AgentLost.HANG_UP
    api_calls_per_minute: Annotated[int, Meta(ge=60, le=1_000_000)] = 600
    """Budget for looking at answered calls; LiveKit Cloud counts API calls."""
    webhook_listen: str = ""
    """``host:port`` on which LiveKit's webhooks are taken; empty: calls are looked at instead."""


class Trunk(Struct, frozen=True, forbid_unknown_fields=True):
    """One SIP trunk. ``backend`` names who places the calls: ``fake`` or ``livekit``."""

    name: Name
    backend: str = "fake"
    scenario: str = "basic"
    """Fake backend only: which scenario decides how callees behave."""
    limits: Limits = Limits(max_concurrent=10, calls_per_minute=30, calls_per_second=1.0)
    caller_ids: tuple[str, ...] = ("+12125550100",)
    rest_caller_ids: bool = True
    """A caller ID that networks block is not used for a day."""
    livekit: LiveKitSettings = LiveKitSettings()
    """Backend livekit only."""
    released: bool = False
    """Backend livekit only: whether numbers outside ``allowed_numbers`` may be called. An admin's word, by name."""
    allowed_numbers: tuple[str, ...] = ()
    """Numbers (E.164) that may be called while the trunk is not released."""
    version: int = 1
    """Raised by each edit, so that two people who change one limit at once find out."""

    @property
    def rehearses(self) -> bool:
        """Its calls reach no telephone. What is not known to be the fake backend is taken for a real one."""
        return self.backend == "fake"

    @property
    def locked(self) -> bool:
        """Only ``allowed_numbers`` may be called: a trunk to the real network that no admin has released."""
        return self.backend == "livekit" and not self.released


WallTime = Annotated[time, Meta(tz=False)]
"""As clocks show it where the callee is; with an offset it would be an instant of somewhere else."""


class CallingWindow(Struct, frozen=True, cache_hash=True, forbid_unknown_fields=True):
    """The campaign's own hours, in the callee's local time. The legal hours hold besides, whatever this says."""

    opens: WallTime = time(9, 0)
    closes: WallTime = time(20, 0)
    days: tuple[int, ...] = WEEK


LONGEST_DELAY_S = 365 * 86_400.0
"""Nobody waits longer for a second call; and the ledger can write the instant down."""

Delay = Annotated[float, Meta(ge=0, le=LONGEST_DELAY_S)]


class RetryPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """When a contact is called again, by outcome. Seconds."""

    max_attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    no_answer_s: Delay = 2 * 3600.0
    busy_s: Delay = 15 * 60.0
    busy_growth: Annotated[float, Meta(ge=0, le=10)] = 2.0
    """Each further busy multiplies the wait: 15, 30, 60 minutes."""
    voicemail_s: Delay = 24 * 3600.0
    trunk_fault_s: Delay = 5 * 60.0
    """Also for throttled calls and calls without an agent: nothing was asked of the callee yet."""
    once: bool = False
    """Never again, whatever came of the first call: for test calls, which a person watches and repeats."""


class CallerIdChoice(StrEnum):
    """Which of the trunk's caller IDs a call shows."""

    FIXED = "fixed"
    """The campaign's own, else the trunk's first."""
    ROTATE = "rotate"
    """Each in turn."""
    SAME_AREA = "same_area"
    """One of the callee's area code if the trunk has it, else each in turn."""


class Campaign(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    trunk: Name
    state: CampaignState = CampaignState.DRAFT
    limits: Limits = Limits()
    weight: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Share of a trunk that several campaigns want: 3 gets three starts for each one of 1."""
    window: CallingWindow = CallingWindow()
    retry: RetryPolicy = RetryPolicy()
    on_machine: OnMachine = OnMachine.LEAVE_MESSAGE
    silence_after_s: Annotated[float, Meta(ge=3.0, le=4.0)] = 3.5
    """No speech for this long after the answer means a machine."""
    ring_timeout_s: Annotated[float, Meta(ge=15, le=60)] = 30.0
    """Not under 15 s: an unanswered call may not be dropped earlier (47 CFR 64.1200(a)(6))."""
    max_call_s: Annotated[float, Meta(ge=1, le=86_400)] = 600.0
    """The longest a call may last; LiveKit's SIP service ends each after a day."""
    min_gap_s: Annotated[float, Meta(ge=0, le=24 * 3600)] = 15 * 60.0
    """Least time between two calls to one number, whatever campaign placed the first. A day at most is remembered."""
    default_region: str = "US"
    """For numbers written without a country code (ISO 3166-1 alpha-2)."""
    caller_id: str | None = None
    """``None`` takes the trunk's first."""
    caller_id_choice: CallerIdChoice = CallerIdChoice.FIXED
    agent: str | None = None
    """Name of the agent that is dispatched to the room; ``None`` takes the trunk's."""
    purpose: Purpose = Purpose.MARKETING
    """What the calls are for. Marketing is bound by most rules, so it is what a campaign is until somebody says so."""
    voice: Voice = Voice.AI
    """Who speaks. A campaign of an artificial voice cannot start without ``caller_identity`` and ``opt_out_line``."""
    caller_identity: str = ""
    """Who calls, as the callee hears it at the start (47 CFR 64.1200(b)(1))."""
    opt_out_line: str = ""
    """A telephone number at which the callee can have the calls stopped (47 CFR 64.1200(b)(2))."""
    client: str = ""
    """On whose behalf; do-not-call entries may be limited to one client."""
    zone_authoritative: bool = False
    """The list's zone column alone counts, on the owner's word; rules of every jurisdiction still bind."""
    registry_exempt: str = ""
    """Why no registry binds this campaign, in its owner's words; empty: they bind. An admin's word."""
    registry_exempt_by: str = ""
    """Who said so, with ``registry_exempt_at`` (POSIX seconds); empty in documents from before it was kept."""
    registry_exempt_at: float = 0.0
    created_at: float = 0.0
    changed_by: str = ""
    """Who set the present state, with ``changed_at`` (POSIX seconds) and ``reason``: the pane shows it."""
    changed_at: float = 0.0
    reason: str = ""
    version: int = 1


RETRYABLE = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.VOICEMAIL,
        Outcome.TRUNK_FAULT,
        Outcome.THROTTLED,
        Outcome.AGENT_UNAVAILABLE,
        Outcome.CANCELLED,
    }
)
"""Outcomes after which a contact may be called again; the rest end it."""


class WorkspaceInfo(Struct, frozen=True, forbid_unknown_fields=True):
    """The workspace itself: its name, the id that starts every attempt id, and the schema it was written with."""

    id: str
    name: str
    schema: int
    created_at: float
    demo: bool = False


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """A person with an account on this machine, by uid. Who is not here, and does not own the workspace, is refused."""

    uid: int
    name: str
    role: str


def changed(campaign: Campaign, **fields: object) -> Campaign:
    """``campaign`` with ``fields`` replaced and its version raised by one."""
    return msgspec.structs.replace(campaign, version=campaign.version + 1, **fields)


__all__ = [
    "RETRYABLE",
    "TEST_CALLS",
    "WEEK",
    "AgentLost",
    "CallerIdChoice",
    "CallingWindow",
    "Campaign",
    "Limits",
    "LiveKitSettings",
    "Name",
    "NoVerdict",
    "Operator",
    "RetryPolicy",
    "Trunk",
    "WorkspaceInfo",
    "changed",
]
