"""A real agent worker for tests: hears whether somebody speaks, and reports as ``model.agent_signals`` names it.

A program of its own (``python -m kit.livekit.agent``). All its calls are threads of one process: forty processes with
the libraries of livekit-agents would be what a test run measures.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from livekit import rtc
from livekit.agents import AgentServer, AutoSubscribe, JobContext, JobExecutorType, JobRequest

from dialconsole.model.agent_signals import (
    AGENT_STATE,
    ATTRIBUTE_CALLEE,
    ATTRIBUTE_CLUE,
    ATTRIBUTE_DISPOSITION,
    ATTRIBUTE_DONE,
    ATTRIBUTE_MESSAGE,
    ATTRIBUTE_OPT_OUT,
    ATTRIBUTE_VERSION,
    TOPIC,
    VERSION,
    AgentJob,
    CalleeKind,
    Deed,
    Instruction,
    MessageState,
)
from kit.livekit.behaviour import PERSON_OPTS_OUT, PERSON_SERVED

NAME_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT"
PORT_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT_PORT"
READY_VARIABLE: Final = "DIALCONSOLE_TEST_AGENT_READY"
"""The file in which a worker writes its process id whenever its server has taken it."""

OPT_OUT_WORDS: Final = "take me off your list"
DISPOSITION: Final = "appointment confirmed"

CALL_STATUS: Final = "sip.callStatus"
FRAME_S: Final = 0.05
LOUD: Final = 500.0
"""RMS of a frame (16 bit) with somebody speaking; silence through the codecs stays under 10."""
MACHINE_S: Final = 2.5
PAUSE_S: Final = 0.5
MESSAGE_S: Final = 1.0


class Conversation:
    """One call, from the agent's end."""

    def __init__(self, room: rtc.Room, job: AgentJob) -> None:
        self._room = room
        self._job = job
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = False

    async def begin(self) -> None:
        self._room.on("data_received", self._told)
        self._room.on("participant_attributes_changed", lambda _changed, participant: self._look(participant))
        self._room.on("track_subscribed", lambda _track, _publication, participant: self._look(participant))
        await self._say({AGENT_STATE: "listening", ATTRIBUTE_VERSION: VERSION})
        for participant in self._room.remote_participants.values():
            self._look(participant)

    def _look(self, participant: rtc.Participant) -> None:
        """Begin to listen as soon as the callee has answered and can be heard; ringing is no speech."""
        if self._listening or not isinstance(participant, rtc.RemoteParticipant):
            return
        tracks = [publication.track for publication in participant.track_publications.values() if publication.track]
        if participant.attributes.get(CALL_STATUS) == "active" and tracks:
            self._listening = True
            self._later(self._converse(tracks[0]))

    async def _converse(self, track: rtc.Track) -> None:
        kind, clue = await hear(track, self._job.silence_after_s)
        await self._say({ATTRIBUTE_CALLEE: kind.value, ATTRIBUTE_CLUE: clue})
        if kind is not CalleeKind.HUMAN:
            return
        if self._job.number.endswith(PERSON_OPTS_OUT.ending):
            await self._say({ATTRIBUTE_OPT_OUT: OPT_OUT_WORDS, ATTRIBUTE_DONE: "yes"})
        elif self._job.number.endswith(PERSON_SERVED.ending):
            await self._say({ATTRIBUTE_DISPOSITION: DISPOSITION, ATTRIBUTE_DONE: "yes"})

    def _told(self, packet: rtc.DataPacket) -> None:
        if packet.topic == TOPIC and msgspec.json.decode(packet.data, type=Instruction).do is Deed.LEAVE_MESSAGE:
            self._later(self._leave_message())

    async def _leave_message(self) -> None:
        await self._say({ATTRIBUTE_MESSAGE: MessageState.SPEAKING.value})
        await asyncio.sleep(MESSAGE_S)
        await self._say({ATTRIBUTE_MESSAGE: MessageState.LEFT.value})

    async def _say(self, attributes: dict[str, str]) -> None:
        await self._room.local_participant.set_attributes(attributes)

    def _later(self, work: object) -> None:
        assert asyncio.iscoroutine(work)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def hear(track: rtc.Track, silence_after_s: float) -> tuple[CalleeKind, str]:
    """Who is there, by when somebody speaks: nobody, somebody who stops to listen, or somebody who does not."""
    at = spoke = paused = 0.0
    async for loud in frames(track):
        at += FRAME_S
        if loud:
            spoke, paused = spoke + FRAME_S, 0.0
        elif spoke:
            paused += FRAME_S
        if not spoke and at >= silence_after_s:
            return CalleeKind.SILENT, f"no speech in {at:.1f} s"
        if spoke >= MACHINE_S:
            return CalleeKind.MACHINE, f"{spoke:.1f} s of speech without a pause"
        if spoke and paused >= PAUSE_S:
            return CalleeKind.HUMAN, f"{spoke:.1f} s of speech, then a pause"
    return CalleeKind.UNSURE, "the call ended first"


async def frames(track: rtc.Track) -> AsyncIterator[bool]:
    """For each frame of a track, whether somebody speaks in it."""
    stream = rtc.AudioStream.from_track(
        track=track, sample_rate=16_000, num_channels=1, frame_size_ms=round(FRAME_S * 1000)
    )
    try:
        async for event in stream:
            samples = np.frombuffer(event.frame.data, dtype=np.int16).astype(np.float64)
            yield float(np.sqrt(np.mean(samples * samples))) > LOUD
    finally:
        await stream.aclose()


async def converse(context: JobContext) -> None:
    """The worker's entry point: one job, one call."""
    metadata = context.job.metadata
    job = msgspec.json.decode(metadata, type=AgentJob) if metadata else AgentJob("", "", "")
    conversation = Conversation(context.room, job)
    await context.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY)
    await conversation.begin()
    over = asyncio.Event()
    context.room.on("disconnected", lambda *_: over.set())
    await over.wait()
    context.shutdown("the call is over")


async def accept(request: JobRequest) -> None:
    await request.accept()


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    server = AgentServer(
        job_executor_type=JobExecutorType.THREAD,
        # Threads of one process on a machine that is busy with everything else: load says nothing here.
        load_fnc=lambda: 0.0,
        num_idle_processes=1,
        initialize_process_timeout=60.0,
        host="127.0.0.1",
        port=int(os.environ[PORT_VARIABLE]),
    )
    server.rtc_session(converse, agent_name=os.environ[NAME_VARIABLE], on_request=accept)
    ready = Path(os.environ[READY_VARIABLE])
    server.on("worker_registered", lambda *_: ready.write_text(str(os.getpid())))
    await server.run()


if __name__ == "__main__":
    asyncio.run(main())
