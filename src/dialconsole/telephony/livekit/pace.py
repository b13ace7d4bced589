"""How often each call's room is looked at, so that all looks together stay within the trunk's budget.

LiveKit Cloud counts API calls, and a fixed interval that suits five calls breaks the quota at fifty. Every supervised
call says what it waits for; what is urgent (an agent that must be ready, the word who answered) is looked at more
often than a conversation. The budget is kept on the average: a look that decides something, as at a deadline, is
always made. Rejected: a token bucket, which lets early calls eat what later ones need.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Waiting(Enum):
    """What a call is looked at for: (least seconds between two looks, weight)."""

    AGENT = (0.35, 4)
    RING = (1.0, 1)
    VERDICT = (0.6, 4)
    LAST_WORDS = (1.4, 2)
    TALK = (2.5, 1)
    TALK_WITH_WEBHOOKS = (5.0, 1)
    """A webhook tells when the callee leaves; only what the agent reports must be looked for."""

    @property
    def least_s(self) -> float:
        return float(self.value[0])

    @property
    def weight(self) -> int:
        return int(self.value[1])


def talk_interval(calls: int, calls_per_minute: int) -> float:
    """Seconds between two looks at each of ``calls`` conversations, without webhooks."""
    return max(Waiting.TALK.least_s, calls * 60.0 / calls_per_minute)


class Pace:
    def __init__(self, calls_per_minute: int) -> None:
        self._per_second: Final = calls_per_minute / 60.0
        self._weight = 0

    def join(self, waiting: Waiting) -> None:
        self._weight += waiting.weight

    def leave(self, waiting: Waiting) -> None:
        self._weight -= waiting.weight

    def interval(self, waiting: Waiting) -> float:
        """Seconds until the next look of a call that waits for this."""
        return max(waiting.least_s, self._weight / (waiting.weight * self._per_second))
