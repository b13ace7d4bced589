"""The callees' side of every call: one SIPp that plays them all, and what it saw.

SIPp counts what was dialed independently of everything that is tested here: its log has a line for each step of each
call, and its statistics the number of calls.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from kit.livekit.audio import Voice, spoken
from kit.livekit.behaviour import BEHAVIOURS, Behaviour
from kit.livekit.ports import LOOPBACK, free_port, free_ports
from kit.livekit.processes import Server
from kit.livekit.programs import SIPP, find
from kit.livekit.scenario import write_scenario

SPOKEN_S: Final = 120.0
"""What a callee sends lasts longer than any test talks."""

MEDIA_PORTS: Final = 400


class Received(Struct):
    """One call as the callee saw it. Instants are POSIX seconds."""

    call_id: str
    number: str
    caller_id: str
    at: float
    answered_at: float | None = None
    cancelled_at: float | None = None
    bye_at: float | None = None
    """The caller hung up."""
    left_at: float | None = None
    """The callee hung up."""
    code: int | None = None

    @property
    def over(self) -> bool:
        return self.code is not None or any(at is not None for at in (self.cancelled_at, self.bye_at, self.left_at))


class Callees:
    """Everybody who can be called, at ``address``."""

    def __init__(self, folder: Path, behaviours: Sequence[Behaviour] = BEHAVIOURS) -> None:
        folder.mkdir()
        self.port = free_port()
        self._journal = folder / "journal.log"
        self._statistics = folder / "statistics.csv"
        voices = {voice: folder / f"{voice.value}.ulaw" for voice in Voice}
        for voice, path in voices.items():
            path.write_bytes(spoken(voice, SPOKEN_S))
        scenario = write_scenario(folder / "callees.xml", behaviours, voices)
        words: list[str | Path] = [find(SIPP) or SIPP.name, "-sf", scenario, "-i", LOOPBACK, "-p", str(self.port)]
        words += ["-mi", LOOPBACK, "-mp", str(free_ports(MEDIA_PORTS)), "-t", "u1", "-nostdin", "-skip_rlimit"]
        words += ["-trace_logs", "-log_file", self._journal, "-trace_err", "-error_file", folder / "errors.log"]
        words += ["-trace_stat", "-stf", self._statistics, "-fd", "1"]
        # SIPp says nothing when it is ready, but begins its statistics with the first turn of its loop.
        self.server = Server("sipp", words, folder / "sipp.log", self._statistics.exists, {"TERM": "dumb"})

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def calls(self) -> list[Received]:
        """Every call so far, in the order of the INVITEs."""
        found: dict[str, Received] = {}
        for step in self._steps():
            if step.name == "invite":
                number, sender = step.told
                found[step.call_id] = Received(step.call_id, number, _user(sender), step.at)
            else:
                _note(found[step.call_id], step)
        return list(found.values())

    def calls_to(self, number: str) -> list[Received]:
        return [call for call in self.calls() if call.number == number]

    def counted(self) -> int:
        """Calls that came in, by SIPp's own statistics (written once a second)."""
        with self._statistics.open(newline="") as text:
            rows = list(csv.DictReader(text, delimiter=";"))
        return int(rows[-1]["IncomingCall(C)"]) if rows else 0

    def _steps(self) -> list[Step]:
        if not self._journal.exists():
            return []
        lines = self._journal.read_text("utf-8", "replace").splitlines(keepends=True)
        return [_step(line) for line in lines if line.endswith("\n")]


class Step(Struct):
    """One line of the journal."""

    at: float
    name: str
    call_id: str
    told: list[str]


def _step(line: str) -> Step:
    """SIPp's time stamp is date, time and POSIX seconds, with tabs between them."""
    _, _, rest = line.split("\t", 2)
    at, name, call_id, *told = rest.split(maxsplit=4)
    return Step(float(at), name, call_id, told)


def _note(call: Received, step: Step) -> None:
    match step.name:
        case "answered":
            call.answered_at = step.at
        case "cancelled":
            call.cancelled_at = step.at
        case "bye_received":
            call.bye_at = step.at
        case "bye_sent":
            call.left_at = step.at
        case "final":
            call.code = int(step.told[0])
        case other:
            raise AssertionError(f"the callees' journal has a step {other!r}")


def _user(header: str) -> str:
    """Who a From header says is calling."""
    found = re.search(r"sip:([^@>;]*)@", header)
    return found[1] if found else ""
