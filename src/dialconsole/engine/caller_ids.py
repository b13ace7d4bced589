"""Which number a call shows, and which numbers rest because networks block them.

A rest belongs to the number, whatever trunk it is used on: the networks that block it do not see our trunks. Whether a
trunk keeps to the rests is its setting; figures and alerts are there either way. If every number that a campaign may
show rests, its calls wait: the last number that still works is not burnt in its turn.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from dialconsole.clock import Clock
from dialconsole.engine.caller_id_health import REST_S, REST_SHARE, SHORT_S, CallerIdHealth, Health
from dialconsole.engine.notices import Notices
from dialconsole.model.campaign import CallerIdChoice, Campaign, Trunk
from dialconsole.model.outcome import Outcome
from dialconsole.model.view import CallerIdView


class _Told(NamedTuple):
    """What was told of a number."""

    health: Health
    many_short: bool
    answers_fell: bool


_UNTOLD: Final = _Told(Health.WELL, many_short=False, answers_fell=False)


class CallerIds:
    """One for the engine. ``rested`` is called when a number may be used again.

    ``going`` tells how many calls with a number are in progress. A call is blocked at once, and one that is not lasts:
    of those that are over in the first minute of a campaign most may be blocked ones, of those that were dialed few.
    """

    def __init__(self, clock: Clock, notices: Notices, rested: Callable[[], None], going: Callable[[str], int]) -> None:
        self._clock = clock
        self._notices = notices
        self._rested = rested
        self._going = going
        self._health: dict[str, CallerIdHealth] = {}
        self._told: dict[str, _Told] = {}
        self.resting: dict[str, float] = {}
        """Number -> until when it rests."""
        self._turn: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    # -- choosing -----------------------------------------------------------------------------------------------------

    def choose(self, campaign: Campaign, trunk: Trunk, number: int) -> str:
        """The number that the campaign's call to ``number`` shows; empty if the trunk has none."""
        offered = _offered(campaign, trunk)
        if self.resting and trunk.rest_caller_ids:
            offered = tuple(caller for caller in offered if caller not in self.resting) or offered
        if len(offered) < 2 or campaign.caller_id_choice is CallerIdChoice.FIXED:
            return offered[0] if offered else ""
        if campaign.caller_id_choice is CallerIdChoice.SAME_AREA:
            area = _area(str(number))
            offered = tuple(caller for caller in offered if area and _area(caller[1:]) == area) or offered
        turn = self._turn.get(trunk.name, -1) + 1
        self._turn[trunk.name] = turn
        return offered[turn % len(offered)]

    def all_rest(self, campaign: Campaign, trunk: Trunk) -> float | None:
        """When the first of the campaign's numbers may be used again, if all of them rest; else ``None``."""
        if not self.resting or not trunk.rest_caller_ids:
            return None
        until = [self.resting.get(caller) for caller in _offered(campaign, trunk)]
        known = [at for at in until if at is not None]
        return min(known) if known and len(known) == len(until) else None

    def forbidden(self, caller: str, trunk: Trunk) -> bool:
        """Whether a call that is about to be dialed would show a number that rests."""
        return caller in self.resting and trunk.rest_caller_ids

    # -- what happens in calls ----------------------------------------------------------------------------------------

    def load(self, calls: Sequence[tuple[str, float, Outcome, float | None, float]]) -> None:
        """What the ledger says: (number, ended at, outcome, answered at, dialed at), in the order of their ends."""
        dialed: dict[str, list[float]] = {}
        for caller, *_, dialed_at in sorted(calls, key=itemgetter(4)):
            dialed.setdefault(caller, []).append(dialed_at)
        ended: Counter[str] = Counter()
        for caller, ended_at, outcome, answered_at, _ in calls:
            ended[caller] += 1
            going = bisect_right(dialed[caller], ended_at) - ended[caller]
            talked = None if answered_at is None else ended_at - answered_at
            if self._note(caller, ended_at, outcome, talked):
                self._rests(caller, ended_at, going)
        self._end_rests()
        self._told = {
            caller: _Told(health.health, health.many_short, health.answers_fell)
            for caller, health in self._health.items()
        }

    def ended(self, caller: str, at: float, outcome: Outcome, talked_s: float | None, trunk: Trunk | None) -> None:
        """A call is over. ``talked_s``: how long it was answered, if it was; ``trunk``: its, for the words."""
        if not caller or not outcome.reached_the_callee:
            return
        rests = self._note(caller, at, outcome, talked_s) and self._rests(caller, at, self._going(caller))
        if rests:
            self._arm()
        if outcome is Outcome.BLOCKED or talked_s is None or talked_s <= SHORT_S:
            self._tell(
                caller, first=outcome is Outcome.BLOCKED and self._health[caller].blocked < 2, rests=rests, trunk=trunk
            )

    def _note(self, caller: str, at: float, outcome: Outcome, talked_s: float | None) -> bool:
        """Count a call. True if it was blocked, as so many of those that are over."""
        health = self._health.get(caller)
        if health is None:
            health = self._health[caller] = CallerIdHealth()
        health.note(at, outcome, talked_s)
        return outcome is Outcome.BLOCKED and health.health is Health.REST

    def _rests(self, caller: str, at: float, going: int) -> bool:
        """Whether the number begins to rest now, while ``going`` other calls with it are in progress."""
        health = self._health[caller]
        if health.blocked < REST_SHARE * (health.calls + going):
            return False
        if self.resting.get(caller, 0.0) > at:
            return False
        self.resting[caller] = at + REST_S
        return True

    def _tell(self, caller: str, *, first: bool, rests: bool, trunk: Trunk | None) -> None:
        """An alert when a number does worse than was told before. ``first``: this call alone was blocked."""
        health = self._health[caller]
        now, short, fell = health.health, health.many_short, health.answers_fell
        before = told, told_short, told_fell = self._told.get(caller, _UNTOLD)
        if first or not health.blocked:
            told = Health.WELL  # as it was before this call, or is now
        if now > told or rests:
            self._notices.tell(
                _blocked_words(caller, health, rests and trunk is not None and trunk.rest_caller_ids),
                "error" if rests else "warning",
            )
        if short and not told_short:
            self._notices.tell(
                f"{health.within_6s} of the newest {health.calls} calls from {caller} were over within 6 s: carriers "
                "charge extra for that, and networks take it for spam",
                "warning",
            )
        if fell and not told_fell:
            self._notices.tell(
                f"{health.answered} of the newest {health.calls} calls from {caller} were answered, where it used "
                f"to be {health.usual_share:.0%}: networks may show it as spam",
                "warning",
            )
        # Told anew only after it was well meanwhile: a number at the edge of a level would be told again and again.
        worst = max(now, told)
        if (worst, short, fell) != before:
            self._told[caller] = _Told(worst, short, fell)

    # -- the end of a rest --------------------------------------------------------------------------------------------

    def _arm(self) -> None:
        self.close()
        if self.resting:
            wait = min(self.resting.values()) - self._clock.time()
            self._timer = asyncio.get_running_loop().call_later(max(0.0, wait), self._over)

    def _over(self) -> None:
        self._timer = None
        for caller in self._end_rests():
            self._notices.tell(f"{caller} has rested for a day and is used again")
        self._rested()

    def _end_rests(self) -> list[str]:
        now = self._clock.time()
        over = [caller for caller, until in self.resting.items() if until <= now]
        for caller in over:
            del self.resting[caller]
        self._arm()
        return over

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- the screen ---------------------------------------------------------------------------------------------------

    def views(self, trunk: Trunk, campaigns: Iterable[Campaign]) -> tuple[CallerIdView, ...]:
        """The numbers of a trunk and those that its campaigns name themselves."""
        own = [doc.caller_id for doc in campaigns if doc.trunk == trunk.name and doc.caller_id]
        return tuple(self._view(caller, trunk) for caller in dict.fromkeys((*trunk.caller_ids, *own)))

    def _view(self, caller: str, trunk: Trunk) -> CallerIdView:
        health = self._health.get(caller)
        if health is None:
            return CallerIdView(caller)
        health.forget(self._clock.time())
        return CallerIdView(
            number=caller,
            calls=health.calls,
            answered=health.answered,
            blocked=health.blocked,
            within_6s=health.within_6s,
            within_12s=health.within_12s,
            resting_until=self.resting.get(caller) if trunk.rest_caller_ids else None,
        )


def _offered(campaign: Campaign, trunk: Trunk) -> tuple[str, ...]:
    """The numbers that a campaign may show."""
    if campaign.caller_id is not None and campaign.caller_id_choice is CallerIdChoice.FIXED:
        return (campaign.caller_id,)
    return trunk.caller_ids


def _area(digits: str) -> str:
    """The area code of a North American number; nothing for others, where an area has no fixed length."""
    return digits[1:4] if len(digits) == 11 and digits[0] == "1" else ""


def _blocked_words(caller: str, health: CallerIdHealth, rests: bool) -> str:
    if health.calls == 1:
        counted = f"The network blocked a call from {caller}"
    else:
        were = "was" if health.blocked == 1 else "were"
        counted = f"{health.blocked} of the newest {health.calls} calls from {caller} {were} blocked by the network"
    if rests:
        return f"{counted}: it rests for 24 h"
    return f"{counted} (603, 608); that caller ID may be labelled as spam"
