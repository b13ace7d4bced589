"""A campaign of sixty contacts to its end, forty calls at once, and what the callees' end counted meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest

from dialconsole.model.campaign import Limits
from dialconsole.model.outcome import Outcome
from kit.livekit.behaviour import (
    BLOCKED,
    BUSY,
    DECLINES,
    MACHINE,
    NETWORK_BLOCKED,
    NO_SUCH_NUMBER,
    PERSON_OPTS_OUT,
    PERSON_SERVED,
    PERSON_STAYS,
    PERSON_STAYS_TOO,
    SILENT,
    number,
)
from kit.livekit.callee import Received
from kit.livekit.calls import real_trunk, until
from kit.livekit.engine import open_site
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(280)]

AT_ONCE = 40
A_MINUTE = 45
WINDOW_S = 60.0

LONG = [(behaviour, Outcome.ANSWERED) for behaviour in (PERSON_STAYS, PERSON_STAYS_TOO) for _ in range(21)]
SHORT = [
    *[(BUSY, Outcome.BUSY)] * 3,
    *[(DECLINES, Outcome.REJECTED)] * 2,
    *[(NETWORK_BLOCKED, Outcome.BLOCKED), (BLOCKED, Outcome.BLOCKED)],
    *[(NO_SUCH_NUMBER, Outcome.BAD_NUMBER)] * 2,
    *[(MACHINE, Outcome.VOICEMAIL)] * 3,
    *[(SILENT, Outcome.VOICEMAIL)] * 2,
    *[(PERSON_SERVED, Outcome.ANSWERED)] * 2,
    *[(PERSON_OPTS_OUT, Outcome.ANSWERED)] * 2,
]


def contacts() -> dict[str, Outcome]:
    """Sixty numbers and what each must come to; those that talk long come first."""
    used: Counter[str] = Counter()
    found: dict[str, Outcome] = {}
    for behaviour, outcome in (*LONG, *SHORT):
        found[number(behaviour, used[behaviour.ending])] = outcome
        used[behaviour.ending] += 1
    return found


def most_at_once(calls: Sequence[Received]) -> int:
    """The most conversations that the callees had at one instant."""
    edges = []
    for call in calls:
        if call.answered_at is not None:
            edges += [(call.answered_at, 1), (call.left_at or call.bye_at or float("inf"), -1)]
    return max(accumulate(change for _, change in sorted(edges)))


def most_in_window(starts: Sequence[float]) -> int:
    """The most INVITEs that came within any 60 seconds."""
    return max(sum(first <= at < first + WINDOW_S for at in starts) for first in starts)


def spread(starts: Sequence[float]) -> str:
    """How many began in each ten seconds."""
    tens = Counter(int((at - starts[0]) // 10) for at in starts)
    return " ".join(str(tens[ten]) for ten in range(max(tens) + 1))


async def test_sixty_contacts(stack: Stack, tmp_path: Path) -> None:
    """Forty calls are up at once, no more than 45 begin in any minute, every contact comes to the outcome that its
    callee gave it, nobody is called twice, and the ledger agrees with SIPp's own statistics."""
    wanted = contacts()
    limits = Limits(max_concurrent=AT_ONCE, calls_per_minute=A_MINUTE, calls_per_second=2.5)
    before, counted_before = len(stack.callees.calls()), stack.callees.counted()
    async with open_site(tmp_path, real_trunk(stack, limits)) as site:
        await site.campaign(wanted)
        await until(lambda: site.finished, lambda: site.told(), within=240.0)
        attempts = await site.attempts()
    calls = stack.callees.calls()[before:]
    starts = [call.at for call in calls]
    seen = f"{most_at_once(calls)} at once, {most_in_window(starts)} in a minute; starts {spread(starts)}"
    print(f"\nCallees' end: {len(calls)} calls, {seen}")  # noqa: T201
    # Where no SIP service had time for a call, nothing was dialed and the contact came again: the last one counts.
    assert {attempt.number: attempt.outcome for attempt in attempts} == wanted
    assert sorted(call.number for call in calls) == sorted(wanted)
    assert most_at_once(calls) == AT_ONCE, seen
    assert most_in_window(starts) <= A_MINUTE, seen
    await until(
        lambda: stack.callees.counted() - counted_before == len(wanted),
        lambda: f"{stack.callees.counted() - counted_before} calls by SIPp's statistics",
    )
