"""What one look into a room shows: the callee's state, the agents, and what an agent has reported.

Everything an agent says arrives as participant attributes, which any worker may fill with anything up to 64 kB; here
it becomes a handful of known words and short safe texts, or nothing. Attributes of participants that are not agents
are never read: a callee's SIP headers end up in attributes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from dialconsole.model.agent_signals import (
    AGENT_STATE,
    ATTRIBUTE_CALLEE,
    ATTRIBUTE_CLUE,
    ATTRIBUTE_DISPOSITION,
    ATTRIBUTE_DONE,
    ATTRIBUTE_MESSAGE,
    ATTRIBUTE_OPT_OUT,
    LISTENING_STATES,
    CalleeKind,
    MessageState,
)
from dialconsole.model.text import safe_text

if TYPE_CHECKING:
    from livekit.protocol.models import ParticipantInfo

CALL_STATUS: Final = "sip.callStatus"
"""Set by LiveKit's SIP service on the callee: dialing, ringing, automation, active, hangup."""

ANSWERED_STATES: Final = frozenset({"active", "automation"})
_OVER: Final = "hangup"

# Numbers of LiveKit's protocol (ParticipantInfo.State, ParticipantInfo.Kind).
_ACTIVE: Final = 2
_DISCONNECTED: Final = 3
_SIP: Final = 3
_AGENT: Final = 4

W = TypeVar("W", bound=StrEnum)


class Report(Struct, frozen=True):
    """What the agents of a room have said so far. Texts are safe to show."""

    callee: CalleeKind | None = None
    clue: str = ""
    opt_out: str = ""
    disposition: str = ""
    message: MessageState | None = None
    done: bool = False


class Sight(Struct, frozen=True):
    callee: str | None
    """The callee's ``sip.callStatus``, perhaps empty; None: there is no callee in the room (any more)."""
    agents: tuple[str, ...]
    """Identities of the agents in the room, in the order in which they came."""
    listening: tuple[str, ...]
    """Those of them that have begun their work."""
    reports: dict[str, Report]
    """By identity; only agents that have reported anything."""

    def report(self, agent: str) -> Report:
        """What the call's own ``agent`` has said. A wish counts whichever agent heard it."""
        own = self.reports.get(agent, NOTHING)
        wish = next((report.opt_out for report in self.reports.values() if report.opt_out), "")
        return replace(own, opt_out=own.opt_out or wish)


NOTHING: Final = Report()


def sight_of(participants: Iterable[ParticipantInfo], attempt: str) -> Sight:
    """The room of ``attempt`` as ``ListParticipants`` has it."""
    callee: str | None = None
    agents: list[str] = []
    listening: list[str] = []
    reports: dict[str, Report] = {}
    for participant in sorted(participants, key=_joined_at):
        if participant.state == _DISCONNECTED:
            continue
        if participant.kind == _SIP and participant.identity == attempt:
            status = participant.attributes.get(CALL_STATUS, "")
            callee = None if status == _OVER else status
        elif participant.kind == _AGENT:
            agents.append(participant.identity)
            if participant.state == _ACTIVE and participant.attributes.get(AGENT_STATE, "") in LISTENING_STATES:
                listening.append(participant.identity)
            if (report := report_of(participant.attributes)) is not NOTHING:
                reports[participant.identity] = report
    return Sight(callee, tuple(agents), tuple(listening), reports)


def _joined_at(participant: ParticipantInfo) -> int:
    return participant.joined_at_ms or participant.joined_at * 1000


def report_of(attributes: Mapping[str, str]) -> Report:
    """The report in one agent's attributes."""
    if not any(name.startswith("dc.") for name in attributes):
        return NOTHING

    def text(name: str) -> str:
        return safe_text(attributes.get(name, ""))

    return Report(
        callee=_word(CalleeKind, attributes.get(ATTRIBUTE_CALLEE)),
        clue=text(ATTRIBUTE_CLUE),
        # Words that nobody can show are still a wish.
        opt_out=text(ATTRIBUTE_OPT_OUT) or ("asked" if attributes.get(ATTRIBUTE_OPT_OUT) else ""),
        disposition=text(ATTRIBUTE_DISPOSITION),
        message=_word(MessageState, attributes.get(ATTRIBUTE_MESSAGE)),
        done=bool(attributes.get(ATTRIBUTE_DONE)),
    )


def _word(kind: type[W], value: str | None) -> W | None:
    """A word of the agent contract; None for one that is not in it, or of a version to come."""
    try:
        return kind(value or "")
    except ValueError:
        return None
