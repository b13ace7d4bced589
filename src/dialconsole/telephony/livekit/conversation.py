"""From the answer to the end, as what is heard and seen of it: who answered, the message, the wish, the agent.

A state without I/O: it is told what a look showed and what time it is, and says what is to be done. ``watching`` does
it. So every rule about an answered call can be tested without a server, and reads in one place.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from dialconsole.model.agent_signals import CalleeKind, Deed, MessageState
from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import LiveKitSettings, NoVerdict
from dialconsole.model.outcome import OnMachine, Outcome
from dialconsole.telephony.backend import CallOrder
from dialconsole.telephony.detection import Clue, Detection, Who
from dialconsole.telephony.livekit.sight import Report

LAST_WORDS_S: Final = 3.0
"""How long an agent may still report after the callee has left. "Never call me again" is often the last thing said,
and understanding it takes longer than hanging up."""

_CLUES: Final = {
    CalleeKind.HUMAN: "the agent hears a person",
    CalleeKind.MACHINE: "the agent hears a machine",
    CalleeKind.SILENT: "nobody spoke",
    CalleeKind.UNSURE: "the agent cannot tell; never taken for a person",
}


class Told(Struct, frozen=True):
    """An event for the line."""

    kind: EventKind
    detail: str = ""


class Voice(Enum):
    """Who answered, as far as it is known."""

    UNHEARD = "unheard"
    HUMAN = "human"
    MACHINE = "machine"
    NOBODY_CAN_SAY = "nobody can say"


class Conversation:
    """One answered call. Instants are loop times."""

    def __init__(self, order: CallOrder, settings: LiveKitSettings, answered_at: float) -> None:
        self._order = order
        self._settings = settings
        self.voice = Voice.UNHEARD
        self.guessed = False
        """The voice is a default: a report that comes late still counts."""
        self.instruction: Deed | None = None
        """To be sent to the agent."""
        self.lost_sight = False
        """Somebody who should have heard who answered was away then: nothing follows from silence."""
        self.done = ""
        """Why it is over from our side; then it is hung up."""
        self._disposition = ""
        self._opted_out = False
        self._verdict_by: Final = answered_at + settings.verdict_s
        self._over_by: Final = answered_at + order.max_call_s
        self._message_by: float | None = None

    def recall(self, now: float) -> None:
        """Take in what the ledger has of an adopted call. It may have been a default for a machine, so that the agent's
        word still counts; a person is not judged anew."""
        if self._order.heard is EventKind.HUMAN:
            self.voice = Voice.HUMAN
        elif self._order.heard is EventKind.MACHINE:
            self._machine("", now)
            self.guessed = True

    @property
    def outcome(self) -> Outcome:
        """Answered is answered, also if it was over before anybody could tell who it was: who hangs up within seconds
        is hardly a machine, and nobody who picked up is called again for want of a word."""
        if self.voice is Voice.MACHINE:
            return Outcome.VOICEMAIL
        return Outcome.UNKNOWN if self.voice is Voice.NOBODY_CAN_SAY else Outcome.ANSWERED

    @property
    def wants_verdict(self) -> bool:
        return self.voice is Voice.UNHEARD

    @property
    def urgent(self) -> bool:
        """Something is waited for that decides the call."""
        return self.wants_verdict or self._message_by is not None

    def has_last_words(self) -> bool:
        """Whether to wait for what the agent may still report of a callee who has left."""
        return self.voice is not Voice.MACHINE and not self._opted_out and not self._disposition

    def next_deadline(self) -> float:
        deadlines = [self._over_by]
        if self.wants_verdict:
            deadlines.append(self._verdict_by)
        if self._message_by is not None:
            deadlines.append(self._message_by)
        return min(deadlines)

    def hear(self, report: Report, now: float, *, present: bool = True) -> list[Told]:
        """Take in what the agent has reported by now. ``present``: the callee is there."""
        told = self._wishes(report)
        # An agent is unsure of whoever hung up before it could tell; that is no doubt about who answered.
        doubt = report.callee is CalleeKind.UNSURE and not present
        if report.callee is not None and not doubt and (self.voice is Voice.UNHEARD or self.guessed):
            told += self._verdict(report.callee, report.clue, now)
        if self._message_by is not None:
            told += self._message(report)
        if report.done and not self.done:
            self.done = "the agent hung up"
        return told

    def observe(self, detection: Detection, now: float) -> list[Told]:
        """Take in what we heard ourselves. The agent does not know it yet."""
        if self.voice is not Voice.UNHEARD and not self.guessed:
            return []
        if self.lost_sight and detection.clue is Clue.SILENT:
            return []
        kind = CalleeKind.HUMAN if detection.who is Who.HUMAN else CalleeKind.MACHINE
        told = self._verdict(kind, detection.sentence, now)
        if self.voice is Voice.HUMAN:
            self.instruction = Deed.TALK
        return told

    def tick(self, now: float, *, seen: bool) -> list[Told]:
        """Deadlines. Call it after ``hear``: what was reported in time counts.

        ``seen``: the room could be looked at just now. What could not be read is not taken for unsaid.
        """
        if now >= self._over_by and not self.done:
            self.done = f"the call reached its limit of {self._order.max_call_s:g} s"
        elif self._message_by is not None and now >= self._message_by and not self.done:
            self.done = f"the message was not finished within {self._settings.message_s:g} s"
        elif seen and self.wants_verdict and now >= self._verdict_by:
            return self._default(f"the agent did not say within {self._settings.verdict_s:g} s who answered", now)
        return []

    def agent_lost(self, now: float) -> list[Told]:
        """The agent is gone and the callee is not. What nobody reported, nobody will."""
        return self._default("the agent was lost before it said who answered", now) if self.wants_verdict else []

    def agent_is_back(self) -> None:
        """A new agent knows nothing of what was found out."""
        if self._message_by is not None:
            self.instruction = Deed.LEAVE_MESSAGE
        elif self.voice is Voice.HUMAN:
            self.instruction = Deed.TALK

    def _wishes(self, report: Report) -> list[Told]:
        told: list[Told] = []
        if report.opt_out and not self._opted_out:
            self._opted_out = True
            told.append(Told(EventKind.OPT_OUT, report.opt_out))
        if report.disposition and report.disposition != self._disposition:
            self._disposition = report.disposition
            told.append(Told(EventKind.DISPOSITION, report.disposition))
        return told

    def _verdict(self, callee: CalleeKind, clue: str, now: float) -> list[Told]:
        sentence = clue or _CLUES[callee]
        if callee is CalleeKind.UNSURE or (callee is CalleeKind.SILENT and self.lost_sight):
            return self._default(sentence, now) if self.wants_verdict else []
        self.guessed = False
        if callee is not CalleeKind.HUMAN:
            return self._machine(sentence, now)
        self.voice, self._message_by, self.instruction = Voice.HUMAN, None, None
        return [Told(EventKind.HUMAN, sentence)]

    def _default(self, why: str, now: float) -> list[Told]:
        """Nobody says who answered: by the trunk's setting, and never a person. Where it may have been said and got
        lost, it is no machine either, for machines are called again."""
        self.guessed = True
        if self._settings.no_verdict is NoVerdict.VOICEMAIL and not self.lost_sight:
            return self._machine(f"{why}: taken for a machine", now)
        self.voice = Voice.NOBODY_CAN_SAY
        return []

    def _machine(self, sentence: str, now: float) -> list[Told]:
        if self.voice is Voice.MACHINE:
            return []
        self.voice = Voice.MACHINE
        if self._order.on_machine is OnMachine.HANG_UP:
            self.done = self.done or "hung up on the machine"
        else:
            self._message_by = now + self._settings.message_s
            self.instruction = Deed.LEAVE_MESSAGE
        return [Told(EventKind.MACHINE, sentence)]

    def _message(self, report: Report) -> list[Told]:
        if report.message is not None:
            self.instruction = None  # an adopted call: it was told before, and saying it twice would start it anew
        if report.message is MessageState.LEFT:
            self._message_by = None
            self.done = self.done or "the message was left"
            return [Told(EventKind.MESSAGE, "left")]
        if report.message is MessageState.FAILED:
            self._message_by = None
            self.done = self.done or "the agent could not leave the message"
        return []
