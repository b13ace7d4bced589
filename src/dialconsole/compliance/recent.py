"""When each number was last called, by any campaign: what the minimum gap is measured from.

An ordered dict with the latest call last: pruning looks at the front only, so it costs the same however many numbers
are kept. (A plain dict keeps insertion order too, but finding its first key after many deletions walks over the holes.)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

KEEP_S = 24 * 3600.0


class RecentCalls:
    """Number as digits -> its latest call, for at least ``keep_s`` seconds. Instants are POSIX seconds.

    A call counts from its claim, and when it is over from when it was placed.
    """

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self.keep_s = keep_s
        """No gap longer than this can be answered for; see ``load`` to make it longer."""
        self._calls: OrderedDict[int, tuple[float, float | None]] = OrderedDict()

    def load(self, calls: Iterable[tuple[int, float]], keep_s: float | None = None) -> None:
        """Replace all by (number, last claim) pairs, in any order: at start, or when a longer gap is to be kept."""
        self.keep_s = self.keep_s if keep_s is None else keep_s
        self._calls = OrderedDict((number, (at, None)) for number, at in sorted(calls, key=lambda call: call[1]))

    def note(self, number: int, at: float) -> None:
        """A number is claimed for a call. What is older than ``keep_s`` is forgotten on the way."""
        before = self._calls.get(number)
        self._calls[number] = (at, before[0] if before else None)
        self._calls.move_to_end(number)
        while self._calls[next(iter(self._calls))][0] < at - self.keep_s:
            self._calls.popitem(last=False)

    def placed(self, number: int, claimed: float, at: float) -> None:
        """The call that was claimed at ``claimed`` went out at ``at``: the gap is measured from then. Nothing if it is
        not the latest."""
        call = self._calls.get(number)
        if call is not None and call[0] == claimed:
            self._calls[number] = (at, call[1])

    def forget(self, number: int) -> None:
        """Take back the latest ``note`` of a number: its telephone never rang. The call before it counts again."""
        _, before = self._calls.pop(number, (0.0, None))
        if before is not None:
            self._calls[number] = (before, None)
            self._calls.move_to_end(number, last=False)

    def last(self, number: int) -> float | None:
        """When a number was called last, or claimed for the call that is being prepared; or ``None``."""
        call = self._calls.get(number)
        return None if call is None else call[0]

    def latest_of(self, numbers: Sequence[int]) -> dict[int, float]:
        """``last`` of those of ``numbers`` that were called."""
        calls = self._calls
        return {number: calls[number][0] for number in filter(calls.__contains__, numbers)} if calls else {}

    def numbers(self) -> Collection[int]:
        """All that are remembered, in no order; it changes with every call."""
        return dict.keys(self._calls)  # not by the ordered dict's own walk, which is twenty times as slow

    def __len__(self) -> int:
        return len(self._calls)
