"""How a campaign stands: counters kept up to date by what happens, never by counting contacts again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dialconsole.clock import posix, utc
from dialconsole.model.outcome import ContactStatus, Outcome


class Standing:
    """Counters of one campaign. ``total`` = final ones + ``live`` + what the queue holds."""

    def __init__(self) -> None:
        self.total = 0
        self.live = 0
        self.final: Counter[ContactStatus] = Counter()
        self._outcomes: Counter[Outcome] = Counter()
        self._day = 0.0

    @property
    def done(self) -> int:
        return sum(self.final.values())

    @property
    def complete(self) -> bool:
        """Every contact is in a final state, and there was at least one."""
        return self.total > 0 and self.done == self.total

    def recount(self, statuses: dict[ContactStatus, int]) -> None:
        """What the ledger says of its contacts."""
        self.total = sum(statuses.values())
        self.final = Counter({status: n for status, n in statuses.items() if status.final})

    def ended(self, outcome: Outcome, day: float) -> None:
        """An attempt ended on the operator's day that began at ``day``."""
        self._turn(day)
        self._outcomes[outcome] += 1

    def restore(self, outcomes: dict[Outcome, int], day: float) -> None:
        """What the ledger says of today."""
        self._day = day
        self._outcomes = Counter(outcomes)

    def outcomes(self, day: float) -> dict[str, int]:
        self._turn(day)
        return {outcome.value: count for outcome, count in self._outcomes.items()}

    def _turn(self, day: float) -> None:
        if day > self._day:
            self._day = day
            self._outcomes.clear()


class Day:
    """The operator's calendar day, for everything the screen calls today."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._info = ZoneInfo(zone)
        self._start = 0.0
        self._end = 0.0

    def start(self, at: float) -> float:
        """POSIX seconds at which the day of ``at`` began."""
        if not self._start <= at < self._end:
            local = utc(at).astimezone(self._info)
            midnight = datetime(local.year, local.month, local.day, tzinfo=self._info)
            self._start = posix(midnight)
            # 23, 24 or 25 hours: an hour before the shortest day's end is always still the same day.
            self._end = self._start + 23 * 3600
            if at >= self._end:
                self._end = at + 1
        return self._start

    def end(self, at: float) -> float:
        """POSIX seconds at which the day of ``at`` ends."""
        local = utc(at).astimezone(self._info)
        tomorrow = local.date() + timedelta(days=1)
        return posix(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self._info))
