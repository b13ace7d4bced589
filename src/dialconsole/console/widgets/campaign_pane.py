"""The campaigns, with the cursor that ``p``, ``+`` and ``-`` mean."""

from __future__ import annotations

from collections.abc import Sequence

from dialconsole.console.campaign_order import in_order
from dialconsole.console.render.campaigns import (
    Widths,
    campaign_line,
    campaign_sentence,
    campaign_titles,
    campaign_widths,
    import_sentence,
)
from dialconsole.console.render.glyphs import CAMPAIGNS, campaign_sign
from dialconsole.console.render.line import Line, spread, wrap
from dialconsole.console.store import Store
from dialconsole.console.widgets.pane import Pane
from dialconsole.model.outcome import CampaignState

EMPTY = "No campaigns yet: c creates one from a call list. To see it all at work: dialconsole demo"


class CampaignPane(Pane):
    """Those that need a hand first, see ``campaign_order``. The cursor begins on the first that calls, for what a key
    does to it is seen at once, and stays on its campaign when the order changes."""

    def __init__(self, store: Store, ascii_only: bool) -> None:
        super().__init__(">" if ascii_only else "▸", id="campaigns")
        self._store = store
        self._ascii = ascii_only

    def row_ids(self) -> Sequence[str]:
        return in_order(self._store.campaigns.values())

    def first_row(self, ids: Sequence[str]) -> str:
        campaigns = self._store.campaigns
        calling = CAMPAIGNS[CampaignState.RUNNING]
        return next((name for name in ids if campaign_sign(campaigns[name]) is calling), ids[0])

    def _widths(self, width: int) -> Widths:
        return campaign_widths(width, max(map(len, self._store.campaigns), default=8))

    def titles(self, width: int) -> Line:
        role = "key" if self.has_focus else "table-header"
        return campaign_titles(self._widths(width - 1), width, role, "-" if self._ascii else "─")

    def row(self, row_id: str, width: int) -> Line:
        store = self._store
        return campaign_line(store.campaigns[row_id], self._widths(width), store.now(), store.zone, self._ascii)

    def below(self, width: int, more: str) -> Sequence[Line]:
        store = self._store
        if self.cursor is None:
            words = EMPTY if store.engine is not None else "Waiting for the engine."
            return [Line(f" {line}", "dim") for line in wrap(words, width - 2)]
        room = width - 2 - (len(more) + 2 if more else 0)
        coming = next((view for view in store.imports.values() if view.campaign == self.cursor), None)
        if coming is not None:
            sentence = import_sentence(coming, room)
        else:
            sentence = campaign_sentence(store.campaigns[self.cursor], room, store.now(), store.zone)
        return [Line(" ").join(spread(width - 2, sentence, Line(more, "dim")))]
