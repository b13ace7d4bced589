"""A stretch of the queue's columns, copied so that it can be counted while calls go on.

The queue keeps ``array``s, which must not grow while somebody looks at them; a copy of eight thousand rows takes some
microseconds. numpy is needed for counting only, so it is loaded when somebody first counts.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Self

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class QueueBlock(Struct, frozen=True):
    """Contacts with consecutive ids, as they are at one instant."""

    numbers: NDArray[np.int64]
    lanes: NDArray[np.uint32]
    facts: NDArray[np.uint32]
    attempts: NDArray[np.uint8]
    queued: NDArray[np.bool_]
    """Whether each is in the queue."""

    @classmethod
    def of(
        cls,
        number: array[int],
        lane: array[int],
        facts: array[int],
        attempts: bytearray,
        state: bytearray,
        in_lane: int,
        waiting: int,
    ) -> Self:
        """From the columns themselves. ``in_lane`` and ``waiting`` are the states that count as queued."""
        import numpy as np

        states = np.frombuffer(state, np.uint8)
        return cls(
            numbers=np.frombuffer(number, np.int64),
            lanes=np.frombuffer(lane, np.uint32),
            facts=np.frombuffer(facts, np.uint32),
            attempts=np.frombuffer(attempts, np.uint8),
            queued=(states == in_lane) | (states == waiting),
        )
