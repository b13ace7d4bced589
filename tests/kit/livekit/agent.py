"""A real agent worker for tests: says who answered, and then does what the callee's number asks for.

A program of its own (``python -m kit.livekit.agent``), on ``dialconsole.agentkit`` as people's own workers are. All
its calls are threads of one process: forty processes with the libraries of livekit-agents would take more of the
machine than everything that is tested.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
from pathlib import Path
from typing import Final

from livekit.agents import AgentServer, AutoSubscribe, JobContext, JobExecutorType

from dialconsole.agentkit import AgentKit, Deed, read_job
from kit.livekit.behaviour import PERSON_OPTS_OUT, PERSON_SERVED, PERSON_UNREPORTED

NAME_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT"
PORT_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT_PORT"
READY_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT_READY"
"""The file in which a worker writes its process id whenever its server has taken it."""

OPT_OUT_WORDS: Final = "take me off your list"
DISPOSITION: Final = "appointment confirmed"
MESSAGE_S: Final = 1.0


async def converse(context: JobContext) -> None:
    """The worker's entry point: one job, one call."""
    job = read_job(context.job.metadata)
    await context.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY)
    kit = AgentKit(context.room, job)
    await kit.ready()
    if job.number.endswith(PERSON_UNREPORTED.ending):
        return
    callee = await kit.who_answered()
    if callee.is_human:
        await _talk(kit)
    elif await kit.instruction() is Deed.LEAVE_MESSAGE:
        async with kit.message():
            await asyncio.sleep(MESSAGE_S)
        await kit.done()


async def _talk(kit: AgentKit) -> None:
    """With people whose number says nothing about it, it talks for ever."""
    if kit.job.number.endswith(PERSON_OPTS_OUT.ending):
        await kit.opt_out(OPT_OUT_WORDS)
        await kit.done()
    elif kit.job.number.endswith(PERSON_SERVED.ending):
        await kit.disposition(DISPOSITION)
        await kit.done()


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    server = AgentServer(
        job_executor_type=JobExecutorType.THREAD,
        # Threads of one process, on a machine that is busy with everything else: its load says nothing.
        load_fnc=lambda: 0.0,
        load_threshold=math.inf,
        num_idle_processes=1,
        initialize_process_timeout=60.0,
        host="127.0.0.1",
        port=int(os.environ[PORT_VARIABLE]),
    )
    server.rtc_session(converse, agent_name=os.environ[NAME_VARIABLE])
    ready = Path(os.environ[READY_VARIABLE])
    server.on("worker_registered", lambda *_: ready.write_text(str(os.getpid())))
    await server.run()


if __name__ == "__main__":
    asyncio.run(main())
