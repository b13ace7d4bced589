"""The limiter's gauges, with a cursor of their own: here ``+`` and ``-`` mean the trunk, enter edits the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from dialconsole.console.render.limits import (
    GaugeRow,
    GaugeWidths,
    campaign_row,
    gauge_widths,
    has_own_limit,
    limit_line,
    limit_titles,
    trunk_line,
    trunk_row,
)
from dialconsole.console.render.line import Line, spread, wrap
from dialconsole.console.render.trunk_state import trunk_facts
from dialconsole.console.store import Store
from dialconsole.console.widgets.pane import Pane
from dialconsole.model.view import Circuit, Kind, TrunkView

TOLD = 3
"""Trunks in trouble that get a line of their own, where there is room."""

EMPTY = "No trunk to call over. One is made with: dialconsole trunk add NAME"


class LimitPane(Pane):
    """Trunks, each with the campaigns on it that have a limit of their own."""

    def __init__(self, store: Store, ascii_only: bool) -> None:
        super().__init__(">" if ascii_only else "▸", id="limits")
        self._store = store
        self._ascii = ascii_only
        self.roomy = False
        """There is a line to spare for a trunk without trouble."""

    @property
    def target(self) -> tuple[Kind, str] | None:
        """What the cursor is on: a trunk or a campaign, and its name."""
        if self.cursor is None:
            return None
        kind, _, name = self.cursor.partition(":")
        return Kind(kind), name

    def row_ids(self) -> Sequence[str]:
        ids = []
        for trunk in self._store.trunks:
            ids.append(f"{Kind.TRUNK.value}:{trunk}")
            ids += [
                f"{Kind.CAMPAIGN.value}:{name}"
                for name, campaign in self._store.campaigns.items()
                if campaign.trunk == trunk and has_own_limit(campaign)
            ]
        return ids

    def _gauges(self, row_id: str) -> GaugeRow:
        kind, _, name = row_id.partition(":")
        if kind == Kind.TRUNK.value:
            return trunk_row(self._store.trunks[name], self._store.now(), self._ascii)
        return campaign_row(self._store.campaigns[name], self._ascii)

    def _widths(self, width: int) -> GaugeWidths:
        return gauge_widths(map(self._gauges, self.row_ids()), width)

    def _told_of(self) -> list[TrunkView]:
        """The trunks to say a word about: those with trouble, stopped ones first, the cursor's before all while the
        keys are here. One where room is scarce; where it is not, the cursor's also if it has no trouble."""
        trunks, target = self._store.trunks, self.target
        at = trunks.get(target[1]) if target is not None and target[0] is Kind.TRUNK else None
        troubled = [trunk for trunk in trunks.values() if trunk_facts(trunk, 0.0, "UTC")]
        troubled.sort(key=lambda trunk: (not (self.has_focus and trunk is at), trunk.circuit is Circuit.CLOSED))
        if self.roomy:
            return troubled[:TOLD] or ([at] if at is not None else [])
        return troubled[:1]

    def titles(self, width: int) -> Line:
        role = "key" if self.has_focus else "table-header"
        return limit_titles(self._widths(width - 1), width, role, "-" if self._ascii else "─")

    def row(self, row_id: str, width: int) -> Line:
        return limit_line(self._gauges(row_id), self._widths(width), self._ascii)

    def below(self, width: int, more: str) -> Sequence[Line]:
        if told := self._told_of():
            zone, now = self._store.engine.zone if self._store.engine else "UTC", self._store.now()
            lines = [trunk_line(trunk, width - 3 - len(more), now, zone) for trunk in told]
            head = Line(" ").join(spread(width - 2, lines[0], Line(more, "dim")))
            return [head, *(Line(" ").join(line) for line in lines[1:])]
        if more:
            return [Line(" ").join(spread(width - 2, Line(), Line(more, "dim")))]
        if self.cursor is not None or self._store.engine is None:
            return ()
        return [Line(f" {line}", "dim") for line in wrap(EMPTY, width - 2)]
