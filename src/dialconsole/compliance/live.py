"""Which numbers are in a call of ours at this moment, by all campaigns: their telephones ring, or somebody talks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


class LiveNumbers:
    """Numbers as digits, from the claim of a call until its end is known.

    Counted, not only kept: an engine that comes up may find several calls to one number.
    """

    def __init__(self) -> None:
        self._calls: dict[int, int] = {}

    def enter(self, number: int) -> None:
        """A call to the number is about to be placed, or was found again."""
        self._calls[number] = self._calls.get(number, 0) + 1

    def leave(self, number: int) -> None:
        """One of its calls is over."""
        left = self._calls.pop(number, 1) - 1
        if left:
            self._calls[number] = left

    def among(self, numbers: Sequence[int]) -> Iterator[int]:
        """Those of ``numbers`` that are in a call."""
        return filter(self._calls.__contains__, numbers) if self._calls else iter(())

    def numbers(self) -> Collection[int]:
        """All of them, in no order; it changes with every call."""
        return self._calls.keys()

    def __contains__(self, number: int) -> bool:
        return number in self._calls

    def __len__(self) -> int:
        return len(self._calls)
