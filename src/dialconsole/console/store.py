"""What this console knows: the engine's rows as they last came over the line, and how old that is.

Network code writes here and nowhere else; widgets read here when the flush timer says so. Rejected: letting each
update repaint its widget (a busy engine then decides how often we paint, and a slow terminal stops the line), and
Textual's reactive attributes per row (they queue a message for each change; a set of dirty ids costs nothing).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from dialconsole.control.port import Delta, Link, Snapshot, Update, Welcome
from dialconsole.model.outcome import CampaignState
from dialconsole.model.view import (
    AlertView,
    CallView,
    CampaignView,
    EngineView,
    ImportView,
    Kind,
    PresenceView,
    Role,
    TrunkView,
    View,
    ZoneView,
)

V = TypeVar("V", bound=View)


class Changes(NamedTuple):
    """What is to be painted: ids that changed or went, whether all rows are new, whether the connection, our name or
    our role is another."""

    ids: dict[Kind, set[str]]
    replaced: bool
    link: bool

    def __bool__(self) -> bool:
        return self.replaced or self.link or any(self.ids.values())

    def touch(self, *kinds: Kind) -> bool:
        """Whether any row of these kinds may look different."""
        return self.replaced or any(self.ids[kind] for kind in kinds)


class Store:
    """Tables ``kind -> id -> view``, the sets of what changed since the last paint, and the engine's clock.

    ``monotonic`` gives real seconds; only differences of it are used.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._tables: dict[Kind, dict[str, View]] = {kind: {} for kind in Kind}
        self._dirty: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        self._replaced = False
        self._welcome: Welcome | None = None
        self._role = Role.OBSERVER
        self.paused_at: dict[str, float] = {}
        """When we heard that a campaign, which was at work before, is paused (``monotonic``)."""
        self._heard_at = monotonic()
        self._anchor = (0.0, 0.0, 0.0)
        """Engine's now, our monotonic time when it came, engine seconds per real second."""
        self._latest = 0.0
        """The latest engine's time that was shown. Its word is on its way for a while, at ten times the pace for ten
        times as long: a clock that jumped back to it would make people doubt every time on the screen."""
        self.link = Link(connected=False, sentence="connecting")
        self._link_changed = True

    # -- written by the worker that listens -----------------------------------------------------------------------

    def welcome(self, welcome: Welcome) -> None:
        """Remember who the engine says we are."""
        self._welcome = welcome
        self._role = welcome.role
        self._link_changed = True

    def apply(self, update: Update) -> None:
        """Take one message. Never blocks, never touches a widget."""
        if isinstance(update, Link):
            self._apply_link(update)
            return
        self._heard_at = self.monotonic()
        if isinstance(update, Snapshot):
            self._replace_all(update)
        else:
            self._change(update)
        self._notice_role()

    def _apply_link(self, link: Link) -> None:
        if self.link.connected and not link.connected:
            # The engine's clock stops on the screen with its data: times that run on would look alive.
            self._anchor = (self.now(), self.monotonic(), 0.0)
        if link.connected:
            self._heard_at = self.monotonic()
        self.link = link
        self._link_changed = True

    def _replace_all(self, snapshot: Snapshot) -> None:
        before = self.engine
        for kind in Kind:
            self._tables[kind] = {}
            self._dirty[kind].clear()
        self._replaced = True
        for kind, id, view in snapshot.rows:
            self._tables[kind][id] = view
        if before is None or self.engine is None or self.engine.pid != before.pid:
            self._latest = 0.0  # another engine, another clock
        self._set_clock()

    def _change(self, delta: Delta) -> None:
        for kind, id, view in delta.changed:
            if isinstance(view, CampaignView):
                self._notice_pause(view)
            self._tables[kind][id] = view
            self._dirty[kind].add(id)
            if kind is Kind.ENGINE:
                self._set_clock()
        for kind, id in delta.removed:
            if self._tables[kind].pop(id, None) is not None:
                self._dirty[kind].add(id)

    def _notice_pause(self, view: CampaignView) -> None:
        before = self.campaigns.get(view.name)
        if before is not None and view.state is CampaignState.PAUSED is not before.state:
            self.paused_at[view.name] = self.monotonic()

    def _set_clock(self) -> None:
        engine = self.engine
        if engine is not None:
            self._anchor = (engine.now, self.monotonic(), engine.rate)

    def _notice_role(self) -> None:
        """A role may be granted or taken while we are attached; our own presence row says so."""
        me = self._tables[Kind.PRESENCE].get(self._welcome.client_id) if self._welcome else None
        role = cast(PresenceView, me).role if me is not None else self._role
        if role is not self._role:
            self._role = role
            self._link_changed = True

    # -- read by the screens --------------------------------------------------------------------------------------

    def table(self, kind: Kind, view_type: type[V]) -> dict[str, V]:
        """All rows of a kind, in the order the engine told them."""
        return cast("dict[str, V]", self._tables[kind])

    @property
    def engine(self) -> EngineView | None:
        return next(iter(self.table(Kind.ENGINE, EngineView).values()), None)

    @property
    def campaigns(self) -> dict[str, CampaignView]:
        return self.table(Kind.CAMPAIGN, CampaignView)

    @property
    def trunks(self) -> dict[str, TrunkView]:
        return self.table(Kind.TRUNK, TrunkView)

    @property
    def calls(self) -> dict[str, CallView]:
        return self.table(Kind.CALL, CallView)

    @property
    def zones(self) -> dict[str, ZoneView]:
        return self.table(Kind.ZONE, ZoneView)

    @property
    def imports(self) -> dict[str, ImportView]:
        return self.table(Kind.IMPORT, ImportView)

    @property
    def newest_alert(self) -> AlertView | None:
        return max(self.table(Kind.ALERT, AlertView).values(), key=lambda a: a.at, default=None)

    @property
    def others(self) -> list[PresenceView]:
        """Who else is attached, longest first."""
        mine = self._welcome.client_id if self._welcome else ""
        people = [p for p in self.table(Kind.PRESENCE, PresenceView).values() if p.id != mine]
        return sorted(people, key=lambda p: (p.since, p.id))

    @property
    def user(self) -> str:
        return self._welcome.user if self._welcome else ""

    @property
    def role(self) -> Role:
        return self._role

    @property
    def connected(self) -> bool:
        return self.link.connected

    @property
    def zone(self) -> str:
        """The operator's zone (IANA)."""
        return self.engine.zone if self.engine is not None else "UTC"

    def now(self) -> float:
        """The engine's clock, counted on since its last word; it stands still while there is no engine, and rather
        than go back."""
        told, at, rate = self._anchor
        self._latest = max(self._latest, told + (self.monotonic() - at) * rate)
        return self._latest

    def age_s(self) -> float:
        """Real seconds since the engine was last heard."""
        return self.monotonic() - self._heard_at

    def take_changes(self) -> Changes:
        """What changed since the last call; what is taken is forgotten."""
        changes = Changes(self._dirty, self._replaced, self._link_changed)
        self._dirty = {kind: set() for kind in Kind}
        self._replaced = False
        self._link_changed = False
        return changes
