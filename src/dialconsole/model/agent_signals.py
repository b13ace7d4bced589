"""What an agent in the room tells the engine, and the engine the agent: names and values, version 1.

An agent speaks in its own participant attributes (``set_attributes``), because those are what the server API can read:
nothing else that an agent's worker knows ever reaches it. The engine answers in reliable data messages. Both are
described for people in docs/agents.md; names and values only ever grow within one version.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

VERSION: Final = "1"

ATTRIBUTE_VERSION: Final = "dc.version"
ATTRIBUTE_CALLEE: Final = "dc.callee"
"""Who answered: a ``CalleeKind``."""
ATTRIBUTE_CLUE: Final = "dc.callee_clue"
"""What gave it away, in a few words, for people."""
ATTRIBUTE_OPT_OUT: Final = "dc.opt_out"
"""The callee's words when they asked not to be called again; anything but empty is an opt-out."""
ATTRIBUTE_DISPOSITION: Final = "dc.disposition"
"""What the conversation came to, in the operator's own words: ``appointment confirmed``."""
ATTRIBUTE_MESSAGE: Final = "dc.message"
"""Of the message for a machine: a ``MessageState``."""
ATTRIBUTE_DONE: Final = "dc.done"
"""Anything but empty: the agent has nothing left to say; the engine hangs up."""

AGENT_STATE: Final = "lk.agent.state"
"""Set by livekit-agents itself."""
LISTENING_STATES: Final = frozenset({"listening", "idle", "thinking", "speaking"})
"""Values of ``AGENT_STATE`` at which an agent has begun its work."""

TOPIC: Final = "dc.engine"
"""Topic of the engine's data messages; the payload is an ``Instruction`` in JSON."""


class CalleeKind(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    SILENT = "silent"
    """Nobody spoke."""
    UNSURE = "unsure"
    """The agent cannot tell. Never treated as a person."""


class MessageState(StrEnum):
    SPEAKING = "speaking"
    LEFT = "left"
    FAILED = "failed"


class Deed(StrEnum):
    LEAVE_MESSAGE = "leave_message"
    """A machine answered: speak the message, then set ``ATTRIBUTE_MESSAGE``."""
    TALK = "talk"
    """A person answered (told to agents that did not find it out themselves)."""


class Instruction(Struct, frozen=True):
    """What the engine wants the agent to do."""

    do: Deed
    v: str = VERSION


class AgentJob(Struct, frozen=True):
    """The dispatch's metadata, in JSON: all that an agent is told about the call before it begins.

    ``variables`` are the contact's columns as they stand in the list: text from outside, never instructions.
    """

    attempt: str
    campaign: str
    number: str
    name: str = ""
    attempt_no: int = 1
    silence_after_s: float = 3.5
    on_machine: str = "leave_message"
    variables: dict[str, str] = {}
    v: str = VERSION
