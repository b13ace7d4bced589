"""Which calls each number had in the last days, by all campaigns: what caps over rolling time are counted from.

Per number the claims of its latest calls and the latest one that reached a person: a tuple of floats in an ordered
dict, the number called last at its end, so that forgetting what is too old looks at the front only. Some 250 bytes a
number. Rejected: asking the ledger at each call (the gate does no I/O), and counts per day (a window that rolls has no
days).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence

from dialconsole.compliance.rules.row import MOST_CALLS

KEEP_S = 7 * 24 * 3600.0


class CallHistory:
    """Number as digits -> claims of its latest ``MOST_CALLS`` calls within ``keep_s``. Instants are POSIX seconds."""

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self.keep_s = keep_s
        """No cap over a longer time can be answered for. Take ``RuleBook.longest_window_s``."""
        self._calls: OrderedDict[int, tuple[float, ...]] = OrderedDict()
        self._conversations: dict[int, float] = {}

    def load(self, calls: Iterable[tuple[int, float, bool]], keep_s: float | None = None) -> None:
        """Replace all by (number, claim, whether a person answered) of each call of the last ``keep_s`` seconds.

        In any order: at start, or when the rules ask for a longer memory.
        """
        self.keep_s = self.keep_s if keep_s is None else keep_s
        self._calls.clear()
        self._conversations.clear()
        for number, at, answered in sorted(calls, key=lambda call: call[1]):
            self.note(number, at)
            if answered:
                self.answered(number, at)

    def note(self, number: int, at: float) -> None:
        """A number is claimed for a call. What is older than ``keep_s`` is forgotten on the way."""
        self._calls[number] = (*self._calls.get(number, ()), at)[-MOST_CALLS:]
        self._calls.move_to_end(number)
        while self._calls[oldest := next(iter(self._calls))][-1] < at - self.keep_s:
            del self._calls[oldest]
            self._conversations.pop(oldest, None)

    def answered(self, number: int, at: float) -> None:
        """The call that was claimed at ``at`` reached a person. (A machine is nobody.)"""
        if number not in self._calls:
            self.note(number, at)
        self._conversations[number] = max(at, self._conversations.get(number, at))

    def forget(self, number: int) -> None:
        """Take back the latest ``note`` of a number: its telephone never rang."""
        calls = self._calls.pop(number, ())[:-1]
        if calls:
            self._calls[number] = calls
            self._calls.move_to_end(number, last=False)

    def calls(self, number: int) -> tuple[float, ...]:
        """Claims of the latest calls of a number, in the order they were made."""
        return self._calls.get(number, ())

    def conversation(self, number: int) -> float | None:
        """The claim of the latest call in which a person answered, or ``None``."""
        return self._conversations.get(number)

    def among(self, numbers: Sequence[int]) -> Iterator[int]:
        """Those of ``numbers`` that were called."""
        return filter(self._calls.__contains__, numbers) if self._calls else iter(())

    def numbers(self) -> Collection[int]:
        """All that are remembered, in no order; it changes with every call."""
        return dict.keys(self._calls)  # not by the ordered dict's own walk, which is twenty times as slow

    def __len__(self) -> int:
        return len(self._calls)
