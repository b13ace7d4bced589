"""Everything the gate looks things up in, kept together and up to date: rules, registry, do-not-call, recent calls.

The rooms of compliance hold the knowledge; this decides when it is read, and tells them what happens in calls. What
cannot be read holds calls by itself (the checks see to that) and is tried again until it can.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from dialconsole.clock import Clock
from dialconsole.compliance.calendar import Calendar
from dialconsole.compliance.checks.registry import RegistryCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours, Opening
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.standard import standard_gate
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.place import Place
from dialconsole.model.purpose import LineType
from dialconsole.store.ledger import Ledger

log = logging.getLogger(__name__)

DAY_S = 86_400.0

LOOK_AGAIN_S = 30.0
"""How often (real seconds) a changed registry or a mended rule book is looked for."""


class Safeguards:
    """One per engine. ``changed`` is called when calls that were held may now be clear, or the other way round."""

    def __init__(self, registry: Path, calendar: Iterable[CalendarDay]) -> None:
        self.calendar = Calendar(calendar)
        self.book = RuleBook(self.calendar)
        self.registry = Registry(registry)
        self.opt_outs = OptOutIndex()
        self.recent = RecentCalls()
        self.history = CallHistory()
        self.hours = CallingHours()
        self.gate = standard_gate(
            self.opt_outs, self.recent, self.hours, self.book, self.history, RegistryCheck(self.registry)
        )
        self.changed: Callable[[], None] = lambda: None

    async def load(self, ledger: Ledger, now: float) -> None:
        """Read all of it. Files are read in a thread; what is broken there holds calls and is tried again later."""
        await self._read_rules()
        self.opt_outs.load(await ledger.opt_outs())
        self.recent.load(await ledger.recent_calls(now - self.recent.keep_s))
        keep = self.book.longest_window_s
        self.history.load(await ledger.history(now - keep), keep)

    async def _read_rules(self) -> None:
        """A book that cannot be read holds every call, and says so in each verdict; it is tried again."""
        try:
            await asyncio.to_thread(self.book.load)
        except Problem as problem:
            log.error("%s", problem.sentence)

    async def keep_up(self, clock: Clock, warn: Callable[[str], None]) -> None:
        """Look for a newer registry, and for rules that were mended, until cancelled.

        ``warn`` hears each warning once, when it is new. A registry ages with the day (UTC), without any file changing.
        """
        told: set[str] = set()
        day = clock.time() // DAY_S
        while True:
            for sentence in self.registry.warnings(clock.time()):
                if sentence not in told:
                    told.add(sentence)
                    warn(sentence)
            await asyncio.sleep(LOOK_AGAIN_S * clock.rate)
            today = clock.time() // DAY_S
            if not await self.look_again() and today != day:
                self.changed()
            day = today

    async def look_again(self) -> bool:
        """Whether anything was found that was not there before."""
        broken = self.book.fault is not None
        found = (
            self.registry.reload_if_changed()
        )  # some stats; calls may not look things up in another thread meanwhile
        if broken:
            await self._read_rules()
        if found or (broken and self.book.fault is None):
            self.changed()
            return True
        return False

    def warnings(self, at: float) -> list[str]:
        """What will hold calls soon: registry versions that get too old."""
        return self.registry.warnings(at)

    # -- what happens in calls ----------------------------------------------------------------------------------------

    def claimed(self, number: int, at: float) -> None:
        """A number is claimed for a call."""
        self.recent.note(number, at)
        self.history.note(number, at)

    def not_dialed(self, number: int) -> None:
        """The call that was claimed last never reached the network."""
        self.recent.forget(number)
        self.history.forget(number)

    def answered(self, number: int, claimed_at: float) -> None:
        """A person answered."""
        self.history.answered(number, claimed_at)

    # -- questions ----------------------------------------------------------------------------------------------------

    def opening(self, campaign: Campaign, place: Place, at: float) -> Opening:
        """May contacts of this place be called now, as far as hours go, and until when does that hold?"""
        # No row has hours for one kind of line alone.
        rules = self.book.rules_for(place.jurisdictions, campaign.purpose, campaign.voice, LineType.UNKNOWN)
        return self.hours.opening(place.zones, campaign.window, campaign.ring_timeout_s, at, rules)

    def close(self) -> None:
        self.registry.close()


@lru_cache(maxsize=64)
def _digits(numbers: tuple[str, ...]) -> frozenset[int]:
    """What somebody wrote into the file by hand and is no number allows nobody."""
    return frozenset(int(number[1:]) for number in numbers if number[:1] == "+" and number[1:].isdecimal())


def proposed(
    campaign: Campaign,
    state: CampaignState,
    number: int,
    place: Place,
    facts: ContactFacts,
    attempts: int,
    trunk: Trunk | None,
) -> ProposedCall:
    """A call of ``campaign`` as the gate wants to see it. Through a ``trunk`` that is not there, nobody is called."""
    # By position: by name it takes five times as long, and this is made twice for each call.
    return ProposedCall(
        number,
        place.zones,
        campaign.name,
        state,
        campaign.window,
        campaign.ring_timeout_s,
        attempts,
        campaign.retry.max_attempts,
        campaign.min_gap_s,
        place.jurisdictions,
        campaign.purpose,
        campaign.voice,
        facts.line,
        facts.consent,
        facts.last_purchase,
        facts.last_inquiry,
        campaign.registry_exempt,
        campaign.client,
        campaign.trunk,
        None if trunk is not None and not trunk.locked else _digits(trunk.allowed_numbers if trunk else ()),
    )
