"""livekit-agents' own detection in the engine's words."""

from __future__ import annotations

from typing import Any

import pytest
from livekit.agents import AMDCategory, AMDPredictionEvent

from dialconsole.agentkit import Callee, CalleeKind
from dialconsole.agentkit.callee import callee_by_amd, callee_predicted


def prediction(category: AMDCategory, reason: str = "llm") -> AMDPredictionEvent:
    """As ``AMD.execute`` returns it."""
    return AMDPredictionEvent(
        speech_duration=1.0, category=category, reason=reason, transcript="Hi, this is Ada, leave me a word.", delay=0.1
    )


class FakeAMD:
    """A detection that has been entered."""

    def __init__(self, found: AMDPredictionEvent | None) -> None:
        self._found = found

    async def execute(self) -> AMDPredictionEvent:
        if self._found is None:
            raise RuntimeError("amd closed before a result was available")
        return self._found


KINDS = {
    AMDCategory.HUMAN: CalleeKind.HUMAN,
    AMDCategory.MACHINE_IVR: CalleeKind.MACHINE,
    AMDCategory.MACHINE_VM: CalleeKind.MACHINE,
    AMDCategory.MACHINE_UNAVAILABLE: CalleeKind.MACHINE,
    AMDCategory.UNCERTAIN: CalleeKind.UNSURE,
}


@pytest.mark.parametrize("category", list(AMDCategory))
def test_every_category_has_its_kind(category: AMDCategory) -> None:
    """All that the installed release knows; a new one fails here."""
    assert callee_predicted(prediction(category)).kind is KINDS[category]


def test_no_speech_is_silent() -> None:
    """livekit-agents calls it uncertain; the reason tells."""
    found = callee_predicted(prediction(AMDCategory.UNCERTAIN, "no_speech_timeout"))
    assert found == Callee(CalleeKind.SILENT, "no speech after the answer")


def test_clue_tells_what_and_how_but_not_the_words() -> None:
    """What the callee said is not the engine's to keep."""
    found = callee_predicted(prediction(AMDCategory.MACHINE_VM))
    assert found.clue == "a mailbox: by what was said"


def test_a_category_of_a_later_release_is_no_person() -> None:
    """Unknown is unsure."""

    class Later:
        category = type("Category", (), {"value": "human-probably"})
        reason = "hunch"

    later: Any = Later()
    assert callee_predicted(later) == Callee(CalleeKind.UNSURE, "human-probably: hunch")


async def test_a_detection_that_was_closed_is_unsure() -> None:
    """``execute`` raises then; the worker gets an answer."""
    closed: Any = FakeAMD(None)
    assert (await callee_by_amd(closed)).kind is CalleeKind.UNSURE


async def test_a_detection_is_waited_for() -> None:
    """``async with AMD(session) as amd: await kit.who_answered(amd)``."""
    amd: Any = FakeAMD(prediction(AMDCategory.HUMAN, "short_greeting"))
    assert await callee_by_amd(amd) == Callee(CalleeKind.HUMAN, "a person: spoke a short word, then waited")
