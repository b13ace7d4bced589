"""What a console sees: one small struct per thing on the screen, made by the engine, sent over the wire.

A view holds facts, not decoration; the console decides how they look. Instants are POSIX seconds on the engine's
clock (``EngineView.now`` and ``rate`` let a console count on between two updates), durations are seconds.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from dialconsole.model.campaign import Limits
from dialconsole.model.outcome import CallPhase, CampaignState, OnMachine, Outcome


class Role(StrEnum):
    """What a connected person may do. Each includes the ones before it."""

    OBSERVER = "observer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


class EngineView(Struct, frozen=True):
    """The engine itself."""

    workspace: str
    path: str
    pid: int
    version: str
    demo: bool
    backend: str
    now: float
    rate: float
    zone: str
    """The operator's zone (IANA), for times on the screen."""
    stopped: str = ""
    """Why nothing is dialed at all at the moment; empty when dialing is possible."""
    draining: bool = False


NO_AGENT = "no_agent"
"""``Hold.code`` of campaigns whose agent nobody runs; a reset of their trunk lifts it."""


class Hold(Struct, frozen=True):
    """How many contacts wait for one reason."""

    code: str
    sentence: str
    count: int
    until: float | None = None
    refused: bool = False
    """They would be refused, not wait: known of a campaign that does not run."""


class CampaignView(Struct, frozen=True):
    name: str
    state: CampaignState
    trunk: str
    version: int
    total: int
    """Contacts of all its lists; rejected rows and duplicates are no contacts."""
    done: int
    """Contacts in a final state."""
    live: int
    ready: int
    """Callable now, waiting for a slot."""
    retry: int
    """Waiting for their next attempt."""
    held: int
    """Not callable now: hours, gap; ``holds`` says why, the largest first."""
    completed: int
    failed: int
    suppressed: int
    holds: tuple[Hold, ...] = ()
    outcomes: dict[str, int] = field(default_factory=dict)
    """Attempts that ended today (operator's day), by ``Outcome``."""
    limits: Limits = Limits()
    starts_60s: int = 0
    weight: int = 1
    on_machine: OnMachine = OnMachine.LEAVE_MESSAGE
    max_attempts: int = 3
    changed_by: str = ""
    changed_at: float = 0.0
    reason: str = ""
    eta_s: float | None = None
    """Rough time until the contacts ready now are called once; ``None`` when it cannot be said."""

    @property
    def answer_rate(self) -> float | None:
        """ASR: calls answered by a person or a machine over attempts that reached the network, 0 to 1."""
        counted = sum(n for o, n in self.outcomes.items() if Outcome(o).reached_the_callee)
        answered = self.outcomes.get(Outcome.ANSWERED, 0) + self.outcomes.get(Outcome.VOICEMAIL, 0)
        return answered / counted if counted else None


class Circuit(StrEnum):
    """Whether a trunk's calls go: see ``engine.breaker``."""

    CLOSED = "closed"
    OPEN = "open"
    """No call goes until ``TrunkView.retry_at``."""
    HALF_OPEN = "half_open"
    """One call goes, as a trial."""


class CallerIdView(Struct, frozen=True):
    """How calls from one number fared: the newest of a day, those that reached the network."""

    number: str
    calls: int = 0
    answered: int = 0
    """By a person or a machine."""
    blocked: int = 0
    """Refused by the network for the caller ID: 603 "Network Blocked", 608."""
    within_6s: int = 0
    """Of those answered, over within so many seconds: what carriers call short calls."""
    within_12s: int = 0
    resting_until: float | None = None
    """It is not used before this (POSIX seconds)."""


class WebhookView(Struct, frozen=True):
    """What comes in on a trunk's own address for LiveKit's webhooks."""

    listen: str
    """``host:port``, as the settings have it."""
    open: bool
    """Whether it could be listened on; it is tried with the first call."""
    heard_at: float | None = None
    """When the newest true one came in (POSIX seconds)."""
    refused: int = 0
    """How many were refused for their signature since the backend was made."""


class TrunkView(Struct, frozen=True):
    name: str
    backend: str
    scenario: str
    version: int
    limits: Limits
    live: int
    starts_60s: int
    waiting: int
    """Contacts callable now that wait for this trunk."""
    waiting_since: float | None = None
    """Since when there has been work and no slot for it."""
    next_start_at: float | None = None
    """When a slot opens, if none is open now and a time can be said."""
    full: str = ""
    """Which limit holds right now: ``concurrent``, ``per_minute``, ``per_second``; empty when none does."""
    circuit: Circuit = Circuit.CLOSED
    cause: str = ""
    """Why the circuit is not closed, as a sentence."""
    retry_at: float | None = None
    """When an open circuit lets one call try (POSIX seconds)."""
    trial: bool = False
    """The trial of a half-open circuit is on its way."""
    pace: float | None = None
    """Calls per second while the carrier asks for less than the limit; ``None`` when the limit holds as it is."""
    stopped_until: float | None = None
    """The carrier said to wait until then (Retry-After)."""
    locked: bool = False
    """Only numbers of the allow list are called, until an admin releases the trunk."""
    allowed: int = 0
    """How many numbers are on its allow list."""
    caller_ids: tuple[CallerIdView, ...] = ()
    webhooks: WebhookView | None = None
    """``None`` for a trunk that takes none, or has no backend now."""

    @property
    def resting(self) -> tuple[CallerIdView, ...]:
        return tuple(caller for caller in self.caller_ids if caller.resting_until is not None)


class CallView(Struct, frozen=True, gc=False):
    """One row of the call table."""

    id: str
    """The attempt id."""
    number: str
    name: str
    campaign: str
    trunk: str
    attempt_no: int
    max_attempts: int
    phase: CallPhase
    since: float
    """When the phase began."""
    claimed_at: float
    zones: tuple[str, ...] = ()
    note: str = ""
    """What happens now, in a few words."""
    due: float | None = None
    """When the present phase ends by itself (ring time-out, silence), if it does."""
    ended_at: float | None = None
    outcome: Outcome | None = None
    sip_code: int | None = None


class ZoneView(Struct, frozen=True):
    """One line of the calling clock: a US zone and the legal hours there."""

    label: str
    zone: str
    open: bool
    changes_at: float


class PresenceView(Struct, frozen=True):
    """Somebody attached to the engine."""

    id: str
    user: str
    role: Role
    since: float


class AlertView(Struct, frozen=True):
    id: str
    at: float
    severity: str
    """``info``, ``warning`` or ``error``."""
    sentence: str


class ImportView(Struct, frozen=True):
    """A call list on its way into a campaign."""

    id: str
    campaign: str
    list: str
    """The file's name."""
    since: float
    rows: int = 0
    """Read so far, whatever came of them."""
    rejected: int = 0
    duplicates: int = 0
    rate: float = 0.0
    """Rows in a second."""
    share: float = 0.0
    """Of the file that has been read, 0 to 1."""


View = EngineView | CampaignView | TrunkView | CallView | ZoneView | PresenceView | AlertView | ImportView


class Kind(StrEnum):
    """The tables of a console's store; with an id they name one row."""

    ENGINE = "engine"
    CAMPAIGN = "campaign"
    TRUNK = "trunk"
    CALL = "call"
    ZONE = "zone"
    PRESENCE = "presence"
    ALERT = "alert"
    IMPORT = "import"


VIEW_TYPES: dict[Kind, type[View]] = {
    Kind.ENGINE: EngineView,
    Kind.CAMPAIGN: CampaignView,
    Kind.TRUNK: TrunkView,
    Kind.CALL: CallView,
    Kind.ZONE: ZoneView,
    Kind.PRESENCE: PresenceView,
    Kind.ALERT: AlertView,
    Kind.IMPORT: ImportView,
}
