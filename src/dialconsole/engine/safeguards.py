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
from typing import Protocol

from dialconsole.clock import Clock
from dialconsole.compliance.calendar import Calendar
from dialconsole.compliance.checks.registry import RegistryCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours, Opening, silent_after
from dialconsole.compliance.live import LiveNumbers
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.registry.proof import not_read, prove
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.standard import standard_gate
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import CampaignState
from dialconsole.model.place import Place
from dialconsole.model.purpose import LineType

log = logging.getLogger(__name__)

DAY_S = 86_400.0

ANSWER_WITHIN_S = 3600.0
"""A call may be answered so long after its claim: what counts from the answer is read from that much earlier on."""

LOOK_AGAIN_S = 30.0
"""How often (real seconds) a changed registry or a mended rule book is looked for."""


class CallRecords(Protocol):
    """The part of a ledger that is read here."""

    async def opt_outs(self) -> list[OptOut]: ...

    async def recent_calls(self, since: float) -> list[tuple[int, float]]: ...

    async def history(self, since: float) -> list[tuple[int, float, float | None]]: ...


class Safeguards:
    """One per engine. ``changed`` is called when calls that were held may now be clear, or the other way round."""

    def __init__(self, registry: Path, calendar: Iterable[CalendarDay], *, proven_only: bool = False) -> None:
        """``proven_only``: a registry answers nothing before it was read through (``prove``); who dials wants that."""
        self.calendar = Calendar(calendar)
        self.book = RuleBook(self.calendar)
        self.registry = Registry(registry, proven_only=proven_only)
        self._proving = asyncio.Lock()
        self._first_proof: asyncio.Task[bool] | None = None
        self.opt_outs = OptOutIndex()
        self.recent = RecentCalls()
        self.history = CallHistory()
        self.live = LiveNumbers()
        self.hours = CallingHours()
        self.gate = standard_gate(
            self.opt_outs, self.recent, self.hours, self.book, self.history, RegistryCheck(self.registry), self.live
        )
        self.changed: Callable[[], None] = lambda: None
        self._ledger: CallRecords | None = None

    async def load(self, ledger: CallRecords, now: float) -> None:
        """Read all of it. Files are read in a thread; what is broken there holds calls and is tried again later."""
        self._ledger = ledger
        await self._read_rules()
        self.opt_outs.load(await ledger.opt_outs())
        self.recent.load(await ledger.recent_calls(now - self.recent.keep_s))
        keep = self.book.longest_window_s
        self.history.load(await ledger.history(now - keep - ANSWER_WITHIN_S), keep)

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
            if not await self.look_again(clock.time()) and today != day:
                self.changed()
            day = today

    async def look_again(self, now: float) -> bool:
        """Whether anything was found that was not there before."""
        broken = self.book.fault is not None
        found = (
            self.registry.reload_if_changed()
        )  # some stats; calls may not look things up in another thread meanwhile
        if broken:
            await self._read_rules()
            await self._remember_longer(now)
        if found or (broken and self.book.fault is None):
            self.changed()
        proved = await self.prove()
        return found or proved or (broken and self.book.fault is None)

    async def prove(self) -> bool:
        """Read each version through that nobody has compared with its checksum yet; whether there was any.

        In a thread; who is bound by the list is held meanwhile. It warms the disk's cache besides.
        """
        async with self._proving:
            waiting = self.registry.unproven
            for name in waiting:
                await self._prove(name)
        if waiting:
            self.changed()
        return bool(waiting)

    async def _prove(self, name: str) -> None:
        version = self.registry.to_prove(name)
        if version is None:  # gone, or another one that needs no proof, since the last one was read through
            return
        try:
            bits = version.again()  # of its own, and made here: a reload may close the version under the thread
        except OSError as error:
            proof = not_read(version.path, error)
        else:
            proof = await asyncio.to_thread(prove, self.registry.folder, version.header, bits)
        if proof.problem is not None:
            log.error("%s", proof.problem.sentence)
        self.registry.settle(version, proof)

    async def prove_within(self, seconds: float) -> None:
        """``prove``, but wait no longer than this (on the loop's clock): it goes on by itself."""
        self._first_proof = asyncio.get_running_loop().create_task(self.prove())
        await asyncio.wait({self._first_proof}, timeout=seconds)

    async def _remember_longer(self, now: float) -> None:
        """Rules that were mended may count calls over a longer time than any that could be read at the start."""
        keep = self.book.longest_window_s
        if self._ledger is not None and keep > self.history.keep_s:
            self.history.extend(await self._ledger.history(now - keep - ANSWER_WITHIN_S), keep)

    def warnings(self, at: float) -> list[str]:
        """What will hold calls soon: registry versions that get too old."""
        return self.registry.warnings(at)

    # -- what happens in calls ----------------------------------------------------------------------------------------

    def claimed(self, number: int, at: float) -> None:
        """A number is claimed for a call."""
        self.recent.note(number, at)
        self.history.note(number, at)

    def dialed(self, number: int, claimed: float, at: float) -> None:
        """The call that was claimed at ``claimed`` reached the network at ``at``, perhaps minutes later."""
        self.recent.placed(number, claimed, at)
        self.history.placed(number, claimed, at)

    def not_dialed(self, number: int) -> None:
        """The call that was claimed last never reached the network."""
        self.recent.forget(number)
        self.history.forget(number)

    def answered(self, number: int, at: float) -> None:
        """Somebody answered at this instant: a person, until it is known to be a machine."""
        self.history.answered(number, at)

    def machine(self, number: int, answered_at: float) -> None:
        """What answered was a machine, after all."""
        self.history.nobody(number, answered_at)

    # -- questions ----------------------------------------------------------------------------------------------------

    def opening(self, campaign: Campaign, place: Place, at: float) -> Opening:
        """May contacts of this place be called now, as far as hours go, and until when does that hold?"""
        # No row has hours for one kind of line alone.
        rules = self.book.rules_for(place.jurisdictions, campaign.purpose, campaign.voice, LineType.UNKNOWN)
        return self.hours.opening(place.zones, campaign.window, silent_after(campaign.ring_timeout_s), at, rules)

    def close(self) -> None:
        if self._first_proof is not None:
            self._first_proof.cancel()
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
        trunk is not None and trunk.rehearses,
        campaign.registry_exempt_by,
    )
