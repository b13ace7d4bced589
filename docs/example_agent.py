"""An agent worker for dialconsole that needs no language model, no voice and no keys but those of the LiveKit server.

    pip install 'dialconsole[agent]'
    export LIVEKIT_URL=ws://127.0.0.1:7880 LIVEKIT_API_KEY=... LIVEKIT_API_SECRET=...
    python example_agent.py start

It tells who answered by the energy of speech, plays tones where your agent would speak, takes the key 9 for "do not
call me again", and leaves a message on a machine when the engine says so. Put your own session where it says TALK and
MESSAGE; the rest may stay. All of it is explained in agents.md.

AGENT_NAME       the name that the trunk has for it (dialconsole-example)
AGENT_CALLS      how many calls it takes at once (20)
AGENT_PROCESSES  processes kept warm for the next calls (2); a call takes one
AGENT_THREADS    1: calls share one process, as threads. Less memory, and a crash ends them all
AGENT_PORT       of the worker's health page on 127.0.0.1 (0: any)
"""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator

from livekit import rtc
from livekit.agents import AgentServer, AutoSubscribe, JobContext, JobExecutorType, cli

from dialconsole.agentkit import AgentKit, Deed, read_job

RATE = 16_000
OPT_OUT_KEY = "9"

CALLS = int(os.environ.get("AGENT_CALLS", "20"))
FULL = 0.7  # the load at which a LiveKit server sends a worker no more calls (its agents.target_load)


def load(worker: AgentServer) -> float:
    """How busy the worker is: by its calls. The usual measure, the machine's processors, counts everybody's work."""
    return FULL * len(worker.active_jobs) / CALLS


server = AgentServer(
    load_fnc=load,
    load_threshold=math.inf,  # calls that come at one instant are all taken; the trunk's limit bounds them
    num_idle_processes=int(os.environ.get("AGENT_PROCESSES", "2")),
    job_executor_type=JobExecutorType.THREAD if os.environ.get("AGENT_THREADS") == "1" else JobExecutorType.PROCESS,
    host="127.0.0.1",
    port=int(os.environ.get("AGENT_PORT", "0")),
)


@server.rtc_session(agent_name=os.environ.get("AGENT_NAME", "dialconsole-example"))
async def call(ctx: JobContext) -> None:
    """One call, from before the phone rings until there is nothing left to say."""
    job = read_job(ctx.job.metadata)
    await ctx.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY)
    kit = AgentKit(ctx.room, job)
    kit.opt_out_on_key(OPT_OUT_KEY)
    voice = await Voice.join(ctx.room)
    await kit.ready()  # from here on the phone may ring

    callee = await kit.who_answered()
    deed = Deed.TALK if callee.is_human else await kit.instruction()
    if deed is Deed.TALK:
        # TALK: your session. Say who calls, and that 9 means "do not call me again".
        if await kit.until_opt_out(voice.say(words=8)):
            await kit.disposition("listened to the end")
    elif deed is Deed.LEAVE_MESSAGE:
        async with kit.message():
            await voice.say(words=12)  # MESSAGE: your words for a machine.
    await kit.done()


class Voice:
    """Something to hear in place of a voice."""

    def __init__(self, source: rtc.AudioSource) -> None:
        self._source = source

    @classmethod
    async def join(cls, room: rtc.Room) -> Voice:
        """A voice in the room; its track is there before anybody listens."""
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("voice", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        return cls(source)

    async def say(self, words: int) -> None:
        """So many tones, each as long as a word, and wait until they have been played."""
        for samples in speech(words):
            await self._source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples)))
        await self._source.wait_for_playout()


def speech(words: int) -> Iterator[array[int]]:
    """``words`` tones of 0.3 s with gaps of 0.1 s, in frames of 20 ms; they fade in and out and do not click."""
    frame, word = RATE // 50, RATE * 3 // 10
    for number in range(words):
        pitch = 2 * math.pi * (220 + 40 * (number % 3)) / RATE
        tone = [int(8_000 * math.sin(math.pi * n / word) * math.sin(pitch * n)) for n in range(word)]
        samples = array("h", tone + [0] * (RATE // 10))
        for start in range(0, len(samples), frame):
            yield samples[start : start + frame]


if __name__ == "__main__":
    cli.run_app(server)
