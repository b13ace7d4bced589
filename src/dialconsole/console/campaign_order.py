"""In which order the campaigns stand: what needs a hand first, what is over last.

Rejected: the order in which they were made. Of thirteen campaigns the one that called was below the fold then.
"""

from __future__ import annotations

from collections.abc import Iterable

from dialconsole.console.render.glyphs import HELD, campaign_sign
from dialconsole.model.outcome import CampaignState
from dialconsole.model.view import CampaignView

TRUNK_TROUBLE = frozenset({"trunk_open", "trunk_trial"})
"""Holds that may end by themselves and are somebody's business all the same."""

_RANKS = {
    CampaignState.RUNNING: 1,
    CampaignState.DRAINING: 1,
    CampaignState.PAUSED: 3,
    CampaignState.DRAFT: 4,
    CampaignState.FINISHED: 5,
}


def needs_a_hand(campaign: CampaignView) -> bool:
    """Whether a campaign that should call dials nobody, for a reason that no time of day takes away."""
    if campaign_sign(campaign) is not HELD:
        return False
    codes, times = {hold.code for hold in campaign.holds}, {hold.until for hold in campaign.holds}
    return not codes.isdisjoint(TRUNK_TROUBLE) or times == {None}


def in_order(campaigns: Iterable[CampaignView]) -> list[str]:
    """Names: those that need a hand, that run, are held, paused, drafts, finished; as they came among their like."""
    return [campaign.name for campaign in sorted(campaigns, key=_rank)]


def _rank(campaign: CampaignView) -> int:
    if needs_a_hand(campaign):
        return 0
    return 2 if campaign_sign(campaign) is HELD else _RANKS[campaign.state]
