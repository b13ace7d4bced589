"""One key up, one key down: which limits come next, and what they were, for undo.

The pace of a campaign or a trunk is its starts in any 60 seconds. Steps follow a ladder of round numbers, about a fifth
each: equal steps of one are endless at 600 a minute and violent at 3. Rejected: moving the smoothing (calls per second)
along; that is mostly a term of the carrier's, so it is named in the answer when it holds, and never touched by a key.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from dialconsole.model.campaign import Limits
from dialconsole.model.view import CampaignView, Kind, TrunkView

_RUNGS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
LADDER = (1, 2, 3, 4, 5, 6, 8, *(round(rung * 10**power) for power in range(1, 6) for rung in _RUNGS), 1_000_000)
"""Calls a minute: 1 ... 8 10 12 15 20 25 30 40 50 60 80 100 120 ... up to what a limit may be."""


class Step(Struct, frozen=True):
    """What a key would do: the limits after it, or ``None`` and a sentence why it does nothing."""

    limits: Limits | None
    old: str
    new: str
    note: str = ""


class Change(Struct, frozen=True):
    """A change that was made, kept so that it can be taken back."""

    kind: Kind
    name: str
    before: Limits
    after: Limits


def trunk_step(trunk: TrunkView, limits: Limits, direction: int) -> Step:
    """One rung up (1) or down (-1) for a trunk whose limits are ``limits`` at the moment."""
    pace = limits.calls_per_minute
    if pace is None:
        pace = round(limits.calls_per_second * 60) if limits.calls_per_second else None
    if pace is None:
        return Step(None, "", "", f"{trunk.name} has no limit per minute; e sets one")
    new = _rung(pace, direction)
    if new == pace:
        return Step(None, "", "", _at_the_end(direction))
    note = _smoothing_note(limits, new)
    return Step(msgspec.structs.replace(limits, calls_per_minute=new), _per_minute(pace), _per_minute(new), note)


def campaign_step(campaign: CampaignView, limits: Limits, trunk: Limits | None, direction: int) -> Step:
    """The same for a campaign, whose own limit may not be more than its trunk's and then is none at all."""
    ceiling = _ceiling(trunk)
    own = limits.calls_per_minute
    pace = ceiling if own is None else own
    if pace is None:
        how = f"tab to the limits, up or down to {campaign.trunk}, then e"
        note = f"neither {campaign.name} nor its trunk has a limit per minute. To set one on the trunk: {how}"
        return Step(None, "", "", note)
    none = f"no limit of its own (trunk {campaign.trunk}: {ceiling} a minute)"
    if own is None and direction > 0:
        how = f"{campaign.name} goes as fast as trunk {campaign.trunk} lets it, {ceiling} a minute. To speed that up: "
        return Step(None, "", "", f"{how}tab to the limits, up or down to {campaign.trunk}, then +")
    new = _rung(pace, direction)
    if new == pace:
        return Step(None, "", "", _at_the_end(direction))
    old_words = none if own is None else _per_minute(own)
    if ceiling is not None and new >= ceiling:
        return Step(msgspec.structs.replace(limits, calls_per_minute=None), old_words, none)
    return Step(msgspec.structs.replace(limits, calls_per_minute=new), old_words, _per_minute(new))


def in_words(limits: Limits) -> str:
    """``30 a minute, 12 at once, 1.0 a second``; ``no limit`` where none is set."""
    words = []
    if limits.calls_per_minute is not None:
        words.append(_per_minute(limits.calls_per_minute))
    if limits.max_concurrent is not None:
        words.append(f"{limits.max_concurrent} at once")
    if limits.calls_per_second is not None:
        words.append(f"{limits.calls_per_second:g} a second")
    return ", ".join(words) or "no limit"


def _rung(pace: int, direction: int) -> int:
    if direction > 0:
        return next((rung for rung in LADDER if rung > pace), pace)
    return next((rung for rung in reversed(LADDER) if rung < pace), pace)


def _ceiling(trunk: Limits | None) -> int | None:
    """What the trunk lets through in a minute, by either of its limits."""
    if trunk is None:
        return None
    per_minute = [] if trunk.calls_per_minute is None else [trunk.calls_per_minute]
    if trunk.calls_per_second is not None:
        per_minute.append(max(1, round(trunk.calls_per_second * 60)))
    return min(per_minute, default=None)


def _per_minute(pace: int) -> str:
    return f"{pace} a minute"


def _at_the_end(direction: int) -> str:
    return "that is as fast as a limit goes" if direction > 0 else "that is as slow as it goes; p pauses"


def _smoothing_note(limits: Limits, pace: int) -> str:
    smooth = limits.calls_per_second
    if smooth is None or pace <= smooth * 60:
        return ""
    return f"; its pace of {smooth:g} a second still allows no more than {round(smooth * 60)}"
