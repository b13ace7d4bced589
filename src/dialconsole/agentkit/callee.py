"""Who answered, as an agent reports it: from what the kit heard, or from livekit-agents' own detection.

livekit-agents (``AMD``) puts the words of a greeting before a language model, which tells a mailbox from a menu and
needs no rule of thumb; it keeps the result to itself, so it is translated here into what the engine reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dialconsole.model.agent_signals import CalleeKind
from dialconsole.telephony.detection import Clue, Detection, Who

if TYPE_CHECKING:
    from livekit.agents import AMD, AMDPredictionEvent


class Callee(Struct, frozen=True):
    """Who answered, and what gave it away."""

    kind: CalleeKind
    clue: str
    """In a few words, for people. Never the callee's own words: those are not the engine's to keep."""

    @property
    def is_human(self) -> bool:
        return self.kind is CalleeKind.HUMAN


_KINDS: Final = {
    "human": (CalleeKind.HUMAN, "a person"),
    "machine-ivr": (CalleeKind.MACHINE, "a menu"),
    "machine-vm": (CalleeKind.MACHINE, "a mailbox"),
    "machine-unavailable": (CalleeKind.MACHINE, "a mailbox that takes no message"),
    "uncertain": (CalleeKind.UNSURE, "cannot tell"),
}
"""livekit-agents' categories."""

_REASONS: Final = {
    "short_greeting": "spoke a short word, then waited",
    "llm": "by what was said",
    "detection_timeout": "no decision in time",
    "participant_missing": "the call ended before",
}
"""livekit-agents' reasons."""

NO_SPEECH: Final = "no_speech_timeout"


def callee_heard(found: Detection) -> Callee:
    """What the energy of speech tells."""
    if found.who is Who.HUMAN:
        return Callee(CalleeKind.HUMAN, found.sentence)
    kind = CalleeKind.SILENT if found.clue is Clue.SILENT else CalleeKind.MACHINE
    return Callee(kind, found.sentence)


def callee_predicted(found: AMDPredictionEvent) -> Callee:
    """What livekit-agents' detection tells. A category or reason of a later release is never taken for a person."""
    if found.reason == NO_SPEECH:
        return Callee(CalleeKind.SILENT, "no speech after the answer")
    category = str(found.category.value)
    kind, what = _KINDS.get(category, (CalleeKind.UNSURE, category))
    return Callee(kind, f"{what}: {_REASONS.get(found.reason, found.reason)}")


async def callee_by_amd(amd: AMD) -> Callee:
    """Wait for the result of a detection that has been entered (``async with AMD(session) as amd``)."""
    try:
        return callee_predicted(await amd.execute())
    except RuntimeError:  # what execute raises when the detection was closed without a result
        return Callee(CalleeKind.UNSURE, "the detection ended without a result")
