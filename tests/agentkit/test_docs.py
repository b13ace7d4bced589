"""docs/agents.md is the contract for workers in other languages: it names all that there is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dialconsole.agentkit import AgentKit
from dialconsole.model import agent_signals as signals

PAGE = (Path(__file__).parent.parent.parent / "docs" / "agents.md").read_text("utf-8")

ATTRIBUTES = [value for name, value in vars(signals).items() if name.startswith("ATTRIBUTE_")]
VALUES = [*signals.CalleeKind, *signals.MessageState, *sorted(signals.LISTENING_STATES)]


@pytest.mark.parametrize("name", [*ATTRIBUTES, signals.AGENT_STATE, signals.TOPIC, *VALUES])
def test_every_name_and_value_is_there(name: str) -> None:
    """Attributes, their values, the topic."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("deed", list(signals.Deed))
def test_every_instruction_is_there(deed: signals.Deed) -> None:
    """In the form in which it is sent."""
    assert f'"{deed}"' in PAGE


@pytest.mark.parametrize("field", [field.name for field in msgspec.structs.fields(signals.AgentJob)])
def test_every_field_of_the_job_is_there(field: str) -> None:
    """What an agent is told before the call."""
    assert f"`{field}`" in PAGE or f'"{field}"' in PAGE


@pytest.mark.parametrize("name", [name for name in vars(AgentKit) if not name.startswith("_")])
def test_every_call_of_the_kit_is_there(name: str) -> None:
    """No public method that nobody can find."""
    assert f"kit.{name}" in PAGE
