"""What each behaviour of a callee must come to, and a table of what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from kit.livekit.agent import DISPOSITION, OPT_OUT_WORDS
from kit.livekit.behaviour import (
    BLOCKED,
    BUSY,
    BUSY_EVERYWHERE,
    DECLINES,
    FAULT,
    FORBIDDEN,
    LIMIT,
    MACHINE,
    NETWORK_BLOCKED,
    NO_SUCH_NUMBER,
    OUT_OF_SERVICE,
    PERSON,
    PERSON_LATE,
    PERSON_LEAVES,
    PERSON_OPTS_OUT,
    PERSON_SERVED,
    PERSON_UNREPORTED,
    RINGS,
    SILENT,
    UNAVAILABLE,
    UNWANTED,
    Behaviour,
)

RING_S: Final = 4.0
"""Ring time-out of the callee who never answers: whole seconds of real time."""


class Case(Struct, frozen=True):
    behaviour: Behaviour
    outcome: Outcome
    code: int | None = None
    """SIP code of the end; that of the behaviour if None."""
    steps: tuple[EventKind, ...] = ()
    """Steps that the line must hear besides the dial."""
    settings: dict[str, Any] = {}
    """Of the order."""
    how: str = ""
    """Words that must be in the end's own sentence."""
    words: str = ""
    """What the last of ``steps`` must say."""

    @property
    def sip_code(self) -> int | None:
        return self.code if self.code is not None else self.behaviour.code


_PERSON: Final = (EventKind.RINGING, EventKind.ANSWERED, EventKind.HUMAN)
_MACHINE: Final = (EventKind.ANSWERED, EventKind.MACHINE)

CASES: Final = (
    Case(BUSY, Outcome.BUSY),
    Case(BUSY_EVERYWHERE, Outcome.BUSY),
    Case(DECLINES, Outcome.REJECTED),
    Case(NETWORK_BLOCKED, Outcome.BLOCKED),
    Case(UNWANTED, Outcome.REJECTED),
    Case(BLOCKED, Outcome.BLOCKED),
    Case(UNAVAILABLE, Outcome.NO_ANSWER),
    Case(NO_SUCH_NUMBER, Outcome.BAD_NUMBER),
    Case(FORBIDDEN, Outcome.TRUNK_FAULT),
    Case(LIMIT, Outcome.THROTTLED),
    Case(FAULT, Outcome.TRUNK_FAULT),
    Case(OUT_OF_SERVICE, Outcome.TRUNK_FAULT),
    Case(RINGS, Outcome.NO_ANSWER, steps=(EventKind.RINGING,), settings={"ring_timeout_s": RING_S}),
    Case(PERSON, Outcome.ANSWERED, 200, (EventKind.ANSWERED, EventKind.HUMAN), {"max_call_s": 6.0}, "its limit"),
    Case(PERSON_LATE, Outcome.ANSWERED, 200, _PERSON, {"max_call_s": 6.0}),
    Case(PERSON_LEAVES, Outcome.ANSWERED, 200, (EventKind.ANSWERED, EventKind.HUMAN), how="the callee hung up"),
    Case(PERSON_OPTS_OUT, Outcome.ANSWERED, 200, (EventKind.HUMAN, EventKind.OPT_OUT), words=OPT_OUT_WORDS),
    Case(PERSON_SERVED, Outcome.ANSWERED, 200, (EventKind.HUMAN, EventKind.DISPOSITION), words=DISPOSITION),
    Case(PERSON_UNREPORTED, Outcome.VOICEMAIL, 200, _MACHINE, {"max_call_s": 30.0}),
    Case(MACHINE, Outcome.VOICEMAIL, 200, (*_MACHINE, EventKind.MESSAGE)),
    Case(SILENT, Outcome.VOICEMAIL, 200, (*_MACHINE, EventKind.MESSAGE)),
)


class Seen(Struct, frozen=True):
    case: Case
    end: CallEnd
    events: tuple[CallEvent, ...]

    @property
    def fault(self) -> str:
        """What is not as expected; empty if all is."""
        case, end = self.case, self.end
        if end.outcome is not case.outcome:
            return f"outcome {end.outcome}"
        if end.sip_code != case.sip_code:
            return f"SIP code {end.sip_code}"
        if case.behaviour.code is not None and end.sip_reason != case.behaviour.phrase:
            return f"phrase {end.sip_reason!r}"
        if case.how not in end.detail:
            return f"not {case.how!r}"
        kinds = {event.kind for event in self.events}
        missing = [kind.value for kind in (EventKind.DIALING, *case.steps) if kind not in kinds]
        if missing:
            return f"no {', '.join(missing)}"
        said = [event.detail for event in self.events if case.words and event.kind is case.steps[-1]]
        return f"said {said}" if said and said != [case.words] else ""


def table(seen: Sequence[Seen]) -> str:
    """Markdown: callee, expected, seen."""
    rows = ["| callee | SIP | expected | seen | how it ended |", "| --- | --- | --- | --- | --- |"]
    for one in seen:
        code = one.case.behaviour.code
        sip = f"{code} {one.case.behaviour.phrase}" if code else ("200" if one.case.code == 200 else "none")
        verdict = f"**{one.end.outcome}: {one.fault}**" if one.fault else str(one.end.outcome)
        rows.append(f"| {one.case.behaviour.name} | {sip} | {one.case.outcome} | {verdict} | {one.end.detail} |")
    return "\n".join(rows)
