"""Which calls the gate must answer alike, so that a million contacts are judged by asking it a few thousand times.

The gate judges one call in some microseconds; counting a million contacts one by one would take many seconds. Most of
them differ in nothing that any check looks at. So contacts are put together by what the checks look at, and the gate
is asked once for each such kind. Nothing here decides anything: it only says what a check may tell apart, and where it
says too much, the gate is merely asked more often. ``KNOWN`` names the checks this was written for; with any other in
the gate nothing is counted.

A test judges random workspaces both ways. Who changes what a check looks at changes this module with it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.live import LiveNumbers
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.registry.binding import binding_of
from dialconsole.compliance.registry.many import UNREAD
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.zones import ASK, fault_position, faults_of_exchanges, zones_of_number
from dialconsole.model.campaign import Campaign
from dialconsole.model.facts import ContactFacts
from dialconsole.model.verdict import CheckName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KNOWN = frozenset(
    {
        CheckName.NUMBER,
        CheckName.CAMPAIGN,
        CheckName.ALLOWED,
        CheckName.OPTOUT,
        CheckName.REGISTRY,
        CheckName.CONSENT,
        CheckName.ATTEMPTS,
        CheckName.CAPS,
        CheckName.GAP,
        CheckName.IN_A_CALL,
        CheckName.HOURS,
    }
)

_NANP_FIRST, _NANP_LAST = 12_000_000_000, 19_999_999_999


class NumberKind(Struct, frozen=True):
    """What of a number itself the checks look at."""

    fault: int
    """``zones.fault_position``."""
    area_code: int
    """Of +1; 0 abroad."""
    abroad: tuple[str, ...]
    """``Binding.elsewhere`` of a number that is not of +1."""
    lists: int
    """Which registries have it: a bit for each."""
    alone: int = 0
    """The number, if it is like no other: some registry could not be asked about it."""


class NumberKinds:
    """Gives each kind of number a small id, from 1 on. What a number's kind is changes with the registry only."""

    def __init__(self) -> None:
        self._ids: dict[NumberKind, int] = {}
        self.listed: list[bool] = [False]
        """By id: whether a registry has such numbers."""
        self.faults: list[int] = [0]
        """By id: ``zones.fault_position``."""

    def unknown_exchanges(self, numbers: NDArray[np.int64]) -> list[int]:
        """Numbers, one of each exchange that nobody has asked about yet: ``zones_of_number`` of each (20 µs) is best
        taken in small portions, before ``of``."""
        import numpy as np

        nanp = numbers[(numbers >= _NANP_FIRST) & (numbers <= _NANP_LAST)]
        asked = nanp[faults_of_exchanges(_exchanges(nanp)) == ASK]
        exchanges, first = np.unique(_exchanges(asked), return_index=True)
        return asked[first].tolist() if len(exchanges) else []

    def of(self, numbers: NDArray[np.int64], lists: NDArray[np.int64]) -> NDArray[np.int32]:
        """The kind of each number, of which ``lists`` says what ``OpenLists.listed`` found. For any one thread."""
        import numpy as np

        nanp = (numbers >= _NANP_FIRST) & (numbers <= _NANP_LAST)
        faults = np.full(len(numbers), ASK, np.int64)
        faults[nanp] = faults_of_exchanges(_exchanges(numbers[nanp]))
        plain = nanp & (faults != ASK) & (lists != UNREAD)
        ids = np.zeros(len(numbers), np.int32)
        which = np.unique(lists[plain & (lists != 0)])
        on_lists = [0, *which.tolist()]
        combined = np.searchsorted(which, lists[plain]) + (lists[plain] != 0)
        # Some thousands of kinds are possible: a table of them takes a tenth of the time of sorting a million numbers.
        width = int(faults[plain].max(initial=0)) + 1
        packed = (combined * width + faults[plain]) * 1000 + (numbers[plain] // 10**7 - 1000)
        table = np.zeros(len(on_lists) * width * 1000, np.int32)
        table[packed] = 1
        found = np.flatnonzero(table)
        kinds = [
            NumberKind(fault=one // 1000 % width, area_code=one % 1000, abroad=(), lists=on_lists[one // 1000 // width])
            for one in found.tolist()
        ]
        table[found] = [self._id(kind) for kind in kinds]
        ids[plain] = table[packed]
        others = np.flatnonzero(~plain)
        for place, number, found_on in zip(
            others.tolist(), numbers[others].tolist(), lists[others].tolist(), strict=True
        ):
            ids[place] = self._other(number, found_on)
        return ids

    def _other(self, number: int, lists: int) -> int:
        fault = fault_position(zones_of_number(number))
        if lists == UNREAD:
            return self._id(NumberKind(fault=fault, area_code=0, abroad=(), lists=0, alone=number))
        if _NANP_FIRST <= number <= _NANP_LAST:
            return self._id(NumberKind(fault=fault, area_code=number // 10**7 - 1000, abroad=(), lists=lists))
        return self._id(NumberKind(fault=fault, area_code=0, abroad=binding_of(number, ()).elsewhere, lists=0))

    def _id(self, kind: NumberKind) -> int:
        id = self._ids.get(kind)
        if id is None:
            id = self._ids[kind] = len(self.listed)
            self.listed.append(kind.lists != 0 or kind.alone != 0)
            self.faults.append(kind.fault)
        return id


def _exchanges(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers // 10_000 - 1_000_000


def facts_alike(facts: ContactFacts, *, listed: bool) -> Hashable:
    """What of a list's facts the checks look at: business done before exempts only those that a registry lists."""
    said = (facts.consent, facts.line)
    return (*said, facts.last_purchase, facts.last_inquiry) if listed else said


class Doings(Struct, frozen=True, cache_hash=True):
    """What happened to a number, and what is said of it alone, as far as it matters now.

    Equal ones are answered alike, but see ``capped``.
    """

    optout: Hashable = None
    """Then nothing else is here: an opt-out decides, whatever else is true but a fault of the number."""
    called_at: float | None = None
    """The latest call, if the campaign's gap since it is not over."""
    ages: tuple[int, ...] = ()
    """Of each call: how many of the book's windows, the shortest first, are over since."""
    spoken: int | None = None
    """The same of the latest call in which a person answered."""
    allowed: bool = False
    """On the allow list of a trunk that calls nobody else."""
    in_a_call: bool = False

    @property
    def capped(self) -> bool:
        """Whether a cap may hold it: how long, depends on each call's instant, so such numbers are judged alone."""
        return bool(self.ages) or self.spoken is not None


_Said = tuple[float | None, tuple[int, ...], int | None, bool, bool]
"""The fields of ``Doings`` after the first."""


class Happened:
    """What happened to numbers: opt-outs, calls, conversations. For one campaign at one instant.

    ``allowed``: the only numbers its trunk may call, ``None``: any (``ProposedCall.allowed``).
    """

    def __init__(
        self,
        optouts: OptOutIndex,
        recent: RecentCalls,
        history: CallHistory,
        live: LiveNumbers,
        book: RuleBook,
        campaign: Campaign,
        allowed: frozenset[int] | None,
        at: float,
    ) -> None:
        self._optouts = optouts
        self._recent = recent
        self._history = history
        self._live = live
        self._windows = book.windows_s
        self._campaign = campaign
        self._gap_s = campaign.min_gap_s
        self._allowed = allowed or frozenset()
        self._at = at
        self._only_listed: dict[Hashable, Doings] = {}
        self._made: dict[_Said, Doings] = {}

    def named(self) -> list[Collection[int]] | None:
        """All numbers to which anything may have happened, as they are now; ``None`` if no list can tell."""
        opted_out = self._optouts.named(self._campaign.name, self._campaign.client)
        if opted_out is None:
            return None
        return [*opted_out, self._recent.numbers(), self._history.numbers(), self._live.numbers(), self._allowed]

    def doings(self, numbers: Sequence[int]) -> dict[int, Doings]:
        """Those of ``numbers`` to which anything happened that matters: 0.15 µs a number, 2 more if so."""
        optouts = self._optouts.covering(numbers, self._campaign.name, self._campaign.client)
        found = {number: self._listed(entry) for number, entry in optouts.items()}
        claimed, calls = self._recent.latest_of(numbers), self._history.calls_of(numbers)
        spoken, live = self._history.conversations_of(numbers), set(self._live.among(numbers))
        touched = {*claimed, *calls, *live}
        if self._allowed:
            touched.update(filter(self._allowed.__contains__, numbers))
        for number in touched.difference(optouts):
            doings = self._alike(
                (
                    self._called_at(claimed[number]) if number in claimed else None,
                    self._ages(calls[number]) if number in calls else (),
                    self._age(spoken[number]) if number in spoken else None,
                    number in self._allowed,
                    number in live,
                )
            )
            if doings is not _NOTHING:
                found[number] = doings
        return found

    def _alike(self, said: _Said) -> Doings:
        doings = self._made.get(said)
        if doings is None:
            doings = self._made[said] = _NOTHING if said == _NOTHING_SAID else Doings(None, *said)
        return doings

    def _listed(self, entry: Hashable) -> Doings:
        doings = self._only_listed.get(entry)
        if doings is None:
            doings = self._only_listed[entry] = Doings(entry)
        return doings

    def _called_at(self, last: float) -> float | None:
        return last if self._at < last + self._gap_s else None

    def _ages(self, calls: tuple[float, ...]) -> tuple[int, ...]:
        if len(calls) == 1:  # nearly always
            age = self._age(calls[0])
            return () if age is None else (age,)
        return tuple(sorted(age for call in calls if (age := self._age(call)) is not None))

    def _age(self, call: float) -> int | None:
        """How many windows are over since a call; ``None`` if all are."""
        for over, window in enumerate(self._windows):
            if self._at < call + window:
                return over
        return None


_NOTHING = Doings()
_NOTHING_SAID: _Said = (None, (), None, False, False)
