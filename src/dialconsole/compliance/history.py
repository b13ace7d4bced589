"""Which calls each number had in the last days, by all campaigns: what caps over rolling time are counted from.

Per number when its latest calls were placed (of those that are being prepared: claimed) and when a person last answered
one: a tuple of floats in an ordered dict, the number called last at its end, so that forgetting what is too old looks
at the front only. Some 250 bytes a number. An answer is a person's until somebody says that it was a machine's.

Rejected: asking the ledger at each call (the gate does no I/O), and counts per day (a window that rolls has no days).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence

from dialconsole.compliance.rules.row import MOST_CALLS

KEEP_S = 7 * 24 * 3600.0


class CallHistory:
    """Number as digits -> claims of its latest ``MOST_CALLS`` calls within ``keep_s``. Instants are POSIX seconds."""

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self.keep_s = keep_s
        """No cap over a longer time can be answered for. Take ``RuleBook.longest_window_s``."""
        self._calls: OrderedDict[int, tuple[float, ...]] = OrderedDict()
        self._conversations: dict[int, tuple[float, float | None]] = {}
        """The latest answer, and the one before it."""

    def load(self, calls: Iterable[tuple[int, float, float | None]], keep_s: float | None = None) -> None:
        """Replace all by (number, claim, when a person answered) of each call of the last ``keep_s`` seconds.

        In any order.
        """
        self.keep_s = self.keep_s if keep_s is None else keep_s
        self._calls.clear()
        self._conversations.clear()
        for number, at, answered in sorted(calls, key=lambda call: call[1]):
            self.note(number, at)
            if answered is not None:
                self.answered(number, answered)

    def extend(self, calls: Iterable[tuple[int, float, float | None]], keep_s: float) -> None:
        """Remember for longer: what the ledger knows of the last ``keep_s`` seconds, and what it was not told yet.

        A call that is known to both is one; the ledger's instants are whole microseconds.
        """
        told = {(number, round(at * 1e6)): (number, at, answered) for number, at, answered in calls}
        for number, claims in self._calls.items():
            for at in claims:
                told.setdefault((number, round(at * 1e6)), (number, at, None))
        answers = [(number, at) for number, both in self._conversations.items() for at in reversed(both)]
        self.load(told.values(), keep_s)
        for number, answer in answers:
            if answer is not None:
                self.answered(number, answer)

    def note(self, number: int, at: float) -> None:
        """A number is claimed for a call. What is older than ``keep_s`` is forgotten on the way."""
        self._calls[number] = (*self._calls.get(number, ()), at)[-MOST_CALLS:]
        self._calls.move_to_end(number)
        while self._last(oldest := next(iter(self._calls))) < at - self.keep_s:
            del self._calls[oldest]
            self._conversations.pop(oldest, None)

    def placed(self, number: int, claimed: float, at: float) -> None:
        """The call that was claimed at ``claimed`` went out at ``at``: caps count it from then. Nothing if it is not
        remembered."""
        calls = self._calls.get(number, ())
        if claimed in calls:
            self._calls[number] = tuple(at if call == claimed else call for call in calls)

    def _last(self, number: int) -> float:
        """When a number was last heard of."""
        answer = self._conversations.get(number)
        claim = self._calls[number][-1]
        return claim if answer is None else max(claim, answer[0])

    def answered(self, number: int, at: float) -> None:
        """A call to the number was answered at ``at``, not by a machine as far as anybody knows."""
        if number not in self._calls:
            self.note(number, at)
        last = self._conversations.get(number)
        if last is None or at > last[0]:
            self._conversations[number] = at, None if last is None else last[0]

    def nobody(self, number: int, at: float) -> None:
        """Take back what was ``answered`` at ``at``: it was a machine. The conversation before it counts again."""
        last = self._conversations.get(number)
        if last is not None and last[0] == at:
            del self._conversations[number]
            if last[1] is not None:
                self._conversations[number] = last[1], None

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
        """When a person last answered, or ``None``."""
        last = self._conversations.get(number)
        return None if last is None else last[0]

    def calls_of(self, numbers: Sequence[int]) -> dict[int, tuple[float, ...]]:
        """``calls`` of those of ``numbers`` that were called."""
        calls = self._calls
        return {number: calls[number] for number in filter(calls.__contains__, numbers)} if calls else {}

    def conversations_of(self, numbers: Sequence[int]) -> dict[int, float]:
        """``conversation`` of those of ``numbers`` where there was one."""
        spoken = self._conversations
        return {number: spoken[number][0] for number in filter(spoken.__contains__, numbers)} if spoken else {}

    def numbers(self) -> Collection[int]:
        """All that are remembered, in no order; it changes with every call."""
        return dict.keys(self._calls)  # not by the ordered dict's own walk, which is twenty times as slow

    def __len__(self) -> int:
        return len(self._calls)
