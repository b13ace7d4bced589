"""The LiveKit backend beyond the contract: what it asks of the server, what it leaves behind, how it is made."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from contracts.backend_rig import RecordingLine
from dialconsole.clock import LoopClock
from dialconsole.model.agent_signals import AgentJob
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import LiveKitSettings, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.backends import make_backend
from dialconsole.telephony.livekit.backend import LiveKitBackend
from dialconsole.telephony.livekit.server import ring_seconds
from kit.livekit_cast import BUSY, Agent, Callee, Refusal
from kit.livekit_rig import SETTINGS, TUESDAY, backend_on, order, with_server
from kit.socket_loop import run_with_sockets
from kit.twirp import AGENT, KEY, SECRET, FakeLiveKit, Fault

WHOLE = LiveKitSettings(url="http://127.0.0.1:7880", sip_trunk_id="ST_main", agent="caller", keys_file="livekit.keys")


def test_what_is_dialed() -> None:
    """Our caller ID, whole times, and nowhere the number but in the number's own field."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server)
        await backend.place(order(attempt="w1-42", ring_timeout_s=22.0, max_call_s=300.0), RecordingLine())
        await backend.close()
        (dial,) = server.dials
        assert (dial.sip_call_to, dial.sip_number, dial.sip_trunk_id) == ("+12125550110", "+12125550199", "ST_main")
        assert (dial.room_name, dial.participant_identity, dial.participant_name) == ("w1-42",) * 3
        assert dial.hide_phone_number and dial.wait_until_answered
        assert dial.ringing_timeout.seconds == 22
        assert dial.max_call_duration.seconds == 22 + 15 + 300

    with_server(main)


def test_what_the_agent_is_told() -> None:
    """The job's metadata is an AgentJob with all that the list says of the contact."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server)
        called = order(name="Ada", attempt_no=2, on_machine=OnMachine.HANG_UP, variables={"city": "Zürich\n{}"})
        await backend.place(called, RecordingLine())
        await backend.close()
        (room,) = server.created
        assert (room.name, room.metadata) == ("att-1", "att-1")
        assert [dispatch.agent_name for dispatch in room.agents] == [AGENT]
        job = msgspec.json.decode(room.agents[0].metadata, type=AgentJob)
        assert job == AgentJob(
            attempt="att-1",
            campaign="reminders",
            number="+12125550110",
            name="Ada",
            attempt_no=2,
            on_machine="hang_up",
            variables={"city": "Zürich\n{}"},
        )

    with_server(main)


def test_a_campaign_may_name_its_agent() -> None:
    """The order's agent goes before the trunk's."""

    async def main(server: FakeLiveKit) -> None:
        server.agents["polite"] = Agent()
        backend = backend_on(server)
        end = await backend.place(order(agent="polite"), RecordingLine())
        await backend.close()
        assert end.outcome is Outcome.ANSWERED
        assert server.created[0].agents[0].agent_name == "polite"

    with_server(main)


def test_api_calls_of_an_ordinary_call() -> None:
    """At most six beside the looks, and counted."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server)
        await backend.place(order(), RecordingLine())
        requests = backend.requests
        await backend.close()
        assert requests == {
            "create_room": 1,
            "create_sip_participant": 1,
            "delete_room": 1,
            "list_participants": server.seen["ListParticipants"],
        }
        assert sum(server.seen.values()) == sum(requests.values())

    with_server(main)


OUTCOMES = {
    "talks": Callee(stays_s=8.0),
    "wish": Callee(stays_s=8.0, opt_out="no more", opt_out_after_s=4.0),
    "machine": Callee(voice="machine", stays_s=40.0),
    "silent": Callee(voice="silent", stays_s=40.0),
    "unsure": Callee(voice="unsure", stays_s=20.0),
    "rings": Callee(answers_after_s=None),
    "busy": Callee(refusal=BUSY),
    "declined": Callee(
        refusal=Refusal("permission_denied", 403, "", {"sip_status_code": "603", "sip_status": "Decline"})
    ),
    "no reply": Callee(rings_after_s=None, refusal=Refusal("canceled", 408, "transaction failed to complete")),
    "fault": Callee(
        rings_after_s=None,
        refusal=Refusal("failed_precondition", 412, "", {"sip_status_code": "503", "sip_status": "Unavailable"}),
    ),
    "quota": Callee(rings_after_s=None, refusal=Refusal("resource_exhausted", 429, "slow down")),
    "lost": Callee(rings_after_s=None, refusal=Refusal("internal", 500, "psrpc: internal")),
}


async def _one(backend: LiveKitBackend, server: FakeLiveKit, n: int, ends: Counter[object]) -> None:
    """The n-th of a thousand calls: each kind of callee, each way of ending it early, each agent."""
    kinds = list(OUTCOMES)
    digits, agent = f"{n % len(kinds):02d}", AGENT if n % 29 else "nobody"
    line = RecordingLine(answer=n % 31 != 0)
    called = order(digits, attempt=f"att-{n}", agent=agent)
    call = asyncio.create_task(backend.place(called, line))
    if n % 7 == 0:
        await asyncio.sleep((n % 113) / 10)
        await (backend.hang_up(called.attempt) if n % 2 else _cancel(call))
    try:
        end: CallEnd = await call
        ends[end.outcome] += 1
    except asyncio.CancelledError:
        ends["cancelled task"] += 1


async def _cancel(call: asyncio.Task[CallEnd]) -> None:
    call.cancel()


@pytest.mark.timeout(120)
def test_a_thousand_calls_leave_nothing() -> None:
    """Every outcome, hung up and cancelled at any moment, with failing requests between: no room, no task, no call."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server, msgspec.structs.replace(SETTINGS, api_calls_per_minute=2_000))
        server.faults["DeleteRoom"] = [Fault("drop")] * 20
        server.faults["ListParticipants"] = [Fault("drop"), Fault("hang")] * 20
        server.faults["CreateRoom"] = [Fault("drop"), Fault("drop_after"), Fault("hang")] * 5
        server.faults["CreateSIPParticipant"] = [Fault("drop"), Fault("drop_after"), Fault("hang")] * 5
        ends: Counter[object] = Counter()
        for start in range(0, 1000, 250):
            await asyncio.gather(*(_one(backend, server, n, ends) for n in range(start, start + 250)))
        await asyncio.sleep(150.0)
        assert sum(ends.values()) == 1000
        assert set(ends) == {*set(Outcome) - {Outcome.BAD_NUMBER, Outcome.BLOCKED}, "cancelled task"}
        assert (len(backend), list(server.rooms)) == (0, [])
        assert len({dial.room_name for dial in server.dials}) == len(server.dials), "no attempt twice"
        assert backend._around.pace._weight == 0
        await backend.close()
        await asyncio.sleep(1.0)
        # Requests that the fake server will never answer are its own.
        ours = [task for task in asyncio.all_tasks() if "dialconsole" in repr(task.get_coro())]
        assert ours == []

    with_server(main, lambda number: list(OUTCOMES.values())[int(number[-2:])])


def test_closing_leaves_calls_alone() -> None:
    """Those that ring or talk go on without us; those not dialed yet are over, and their rooms gone."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server)
        phases = {"att-r": EventKind.ROOM, "att-i": EventKind.RINGING, "att-h": EventKind.HUMAN}
        digits = {"att-r": "10", "att-i": "21", "att-h": "10"}
        calls = {}
        for attempt in ("att-h", "att-i", "att-r"):
            line = RecordingLine()
            calls[attempt] = asyncio.create_task(backend.place(order(digits[attempt], attempt=attempt), line))
            await line.reached(phases[attempt])
        await backend.close()
        ends = {attempt: (await call).outcome for attempt, call in calls.items()}
        assert ends == {"att-r": Outcome.CANCELLED, "att-i": Outcome.UNKNOWN, "att-h": Outcome.UNKNOWN}
        assert sorted(server.rooms) == ["att-h", "att-i"]
        assert (await backend.place(order(attempt="att-late"), RecordingLine())).outcome is Outcome.CANCELLED
        assert "att-late" not in {room.name for room in server.created}
        await backend.close()

    with_server(main)


def test_a_line_that_breaks_leaves_no_call() -> None:
    """The engine's own error comes through, and the phone does not ring on."""

    class Broken(RecordingLine):
        def event(self, event: CallEvent) -> None:
            super().event(event)
            if event.kind is EventKind.RINGING:
                raise RuntimeError("engine bug")

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server)
        with pytest.raises(RuntimeError, match="engine bug"):
            await backend.place(order("21"), Broken())
        await asyncio.sleep(3.0)
        assert (len(backend), server.rooms) == (0, {})
        await backend.close()

    with_server(main)


def make(folder: Path, settings: LiveKitSettings) -> None:
    async def main() -> None:
        trunk = Trunk("real", backend="livekit", livekit=settings)
        backend = make_backend(trunk, seed=1, clock=LoopClock(TUESDAY), folder=folder)
        assert isinstance(backend, LiveKitBackend)
        await backend.close()

    run_with_sockets(main)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = tmp_path / "livekit.keys"
    keys.write_text(f"{KEY}: {SECRET}\n", encoding="utf-8")
    keys.chmod(0o600)
    return tmp_path


def test_a_whole_trunk_is_made(folder: Path) -> None:
    """From its settings and the keys in the workspace."""
    make(folder, WHOLE)


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"url": ""}, "incomplete_trunk", "url is missing"),
        ({"sip_trunk_id": ""}, "incomplete_trunk", "sip_trunk_id is missing"),
        ({"agent": ""}, "incomplete_trunk", "agent is missing"),
        ({"url": "ftp://livekit.example"}, "bad_url", "no address of a LiveKit server"),
        ({"url": "wss://livekit.example/rtc"}, "bad_url", "more than a scheme"),
        ({"keys_file": "missing.keys"}, "no_keys", "cannot be read"),
        ({"webhook_listen": "everywhere"}, "bad_webhook_listen", "host:port"),
    ],
)
def test_a_trunk_that_cannot_dial(folder: Path, changes: dict[str, str], code: str, says: str) -> None:
    """Told when it is opened, in a sentence, not at the first call."""
    with pytest.raises(Problem) as caught:
        make(folder, msgspec.structs.replace(WHOLE, **changes))
    assert caught.value.code == code
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


def test_observing_without_the_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """observe=true needs the extra; it is said how to get it."""
    monkeypatch.setattr("dialconsole.telephony.livekit.backend.find_spec", lambda _: None)
    with pytest.raises(Problem, match=r"dialconsole\[observer\]"):
        make(folder, msgspec.structs.replace(WHOLE, observe=True))


def test_the_budget_holds_for_many_calls() -> None:
    """Thirty conversations on 120 looks a minute: about 120 looks a minute, and every call is ended rightly."""

    async def main(server: FakeLiveKit) -> None:
        backend = backend_on(server, msgspec.structs.replace(SETTINGS, api_calls_per_minute=120))
        calls = [asyncio.create_task(backend.place(order(attempt=f"att-{n}"), RecordingLine())) for n in range(30)]
        await asyncio.sleep(60.0)
        before = server.seen["ListParticipants"]
        await asyncio.sleep(120.0)
        assert server.seen["ListParticipants"] - before <= 2 * 120 * 1.25
        ends = await asyncio.gather(*calls)
        assert {end.outcome for end in ends} == {Outcome.ANSWERED}
        await backend.close()

    with_server(main, lambda _: Callee(stays_s=240.0))


@pytest.mark.parametrize(("campaigns", "sent"), [(15.0, 15), (15.9, 15), (29.6, 29), (60.0, 60), (75.0, 60)])
def test_a_phone_never_rings_longer_than_it_was_judged_by(campaigns: float, sent: int) -> None:
    """LiveKit takes whole seconds: rounded down, and no more than it can wait."""
    assert ring_seconds(order(ring_timeout_s=campaigns)) == sent
