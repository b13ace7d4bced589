"""What the engine tells an agent before a call, read from the job's metadata."""

from __future__ import annotations

from typing import Final

import msgspec

from dialconsole.model.agent_signals import VERSION, AgentJob
from dialconsole.model.errors import Problem

_SILENCE_S: Final = (0.5, 30.0)
"""Outside of this, "nobody spoke" is told before anybody can, or after everybody has hung up."""


def read_job(metadata: str) -> AgentJob:
    """The job of a dispatch (``ctx.job.metadata``). Raises ``Problem`` for what no engine has written."""
    if not metadata.strip():
        raise Problem(
            "This job has no metadata: it was not dispatched by dialconsole. Give the worker a name of its own "
            "(agent_name), or it is sent into every room of the server.",
            code="bad_job",
        )
    try:
        job = msgspec.json.decode(metadata, type=AgentJob)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise Problem(f"The job's metadata is none of dialconsole's: {error}.", code="bad_job") from None
    if job.v != VERSION:
        raise Problem(
            f"The job's metadata has version {job.v!r} and this kit knows version {VERSION}: install the release of "
            "dialconsole[agent] that the engine has.",
            code="bad_job",
        )
    low, high = _SILENCE_S
    if not low <= job.silence_after_s <= high:
        raise Problem(
            f"The job's silence_after_s is {job.silence_after_s:g}; it lies between {low:g} and {high:g} s.",
            code="bad_job",
        )
    return job
