"""For people's own livekit-agents workers: tell the engine what only the agent can hear.

    kit = AgentKit(ctx.room, read_job(ctx.job.metadata))
    await kit.ready()
    callee = await kit.who_answered()

The whole contract, and a worker that can be started as it is, are described in docs/agents.md. Importing this loads
nothing of LiveKit; the extra ``dialconsole[agent]`` installs what a worker needs.
"""

from __future__ import annotations

from dialconsole.agentkit.callee import Callee
from dialconsole.agentkit.job import read_job
from dialconsole.agentkit.kit import AgentKit
from dialconsole.model.agent_signals import AgentJob, CalleeKind, Deed, MessageState
from dialconsole.model.errors import Problem

__all__ = ["AgentJob", "AgentKit", "Callee", "CalleeKind", "Deed", "MessageState", "Problem", "read_job"]
