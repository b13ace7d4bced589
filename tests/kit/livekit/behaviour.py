"""How callees behave, and the number that each behaviour has: the last two digits of a fictional 555-01xx number."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kit.livekit.audio import Voice

AREAS: Final = (
    *("212", "332", "347", "646", "718", "917", "929", "315", "516", "518", "585"),
    *("607", "631", "716", "838", "845", "914", "934", "680", "363", "329"),
)
"""Area codes of New York: one number of each behaviour in every one."""


class Behaviour(Struct, frozen=True):
    """What the callee's phone does. Seconds. Without ``code`` and ``voice`` it rings until the caller gives up."""

    ending: str
    """Last two digits of its numbers."""
    name: str
    ring_s: float = 0.5
    """0 sends no 180: the carrier answers by itself."""
    code: int | None = None
    """Final response other than 200."""
    phrase: str = ""
    voice: Voice | None = None
    """Answers, and says this until somebody hangs up."""
    leaves_s: float | None = None
    """Hangs up so long after the answer."""

    @property
    def answers(self) -> bool:
        return self.voice is not None


BUSY: Final = Behaviour("86", "busy", code=486, phrase="Busy Here")
BUSY_EVERYWHERE: Final = Behaviour("60", "busy everywhere", code=600, phrase="Busy Everywhere")
DECLINES: Final = Behaviour("03", "declines", code=603, phrase="Decline")
NETWORK_BLOCKED: Final = Behaviour("13", "blocked by analytics", ring_s=0, code=603, phrase="Network Blocked")
UNWANTED: Final = Behaviour("07", "marks as unwanted", code=607, phrase="Unwanted")
BLOCKED: Final = Behaviour("08", "blocked by a service", ring_s=0, code=608, phrase="Rejected")
UNAVAILABLE: Final = Behaviour("80", "switched off", ring_s=0, code=480, phrase="Temporarily Unavailable")
NO_SUCH_NUMBER: Final = Behaviour("04", "no such number", ring_s=0, code=404, phrase="Not Found")
FORBIDDEN: Final = Behaviour("43", "forbidden", ring_s=0, code=403, phrase="Forbidden")
LIMIT: Final = Behaviour("44", "over the carrier's limit", ring_s=0, code=403, phrase="User channel limit exceeded")
FAULT: Final = Behaviour("50", "carrier's fault", ring_s=0, code=500, phrase="Server Internal Error")
OUT_OF_SERVICE: Final = Behaviour("53", "carrier out of service", ring_s=0, code=503, phrase="Service Unavailable")
RINGS: Final = Behaviour("90", "never answers")
PERSON: Final = Behaviour("10", "person", voice=Voice.PERSON)
PERSON_LEAVES: Final = Behaviour("11", "person who hangs up", voice=Voice.PERSON, leaves_s=5.0)
PERSON_STAYS: Final = Behaviour("17", "person who talks for a while", voice=Voice.PERSON, leaves_s=40.0)
PERSON_STAYS_TOO: Final = Behaviour("18", "another who talks for a while", voice=Voice.PERSON, leaves_s=40.0)
PERSON_OPTS_OUT: Final = Behaviour("12", "person who asks not to be called", voice=Voice.PERSON)
PERSON_SERVED: Final = Behaviour("14", "person who gets what they want", voice=Voice.PERSON)
PERSON_UNREPORTED: Final = Behaviour("16", "person of whom the agent says nothing", voice=Voice.PERSON)
PERSON_LATE: Final = Behaviour("15", "person who comes late", ring_s=6.0, voice=Voice.PERSON)
MACHINE: Final = Behaviour("20", "machine", voice=Voice.MACHINE)
SILENT: Final = Behaviour("30", "says nothing", voice=Voice.NOBODY)

BEHAVIOURS: Final = (
    BUSY,
    BUSY_EVERYWHERE,
    DECLINES,
    NETWORK_BLOCKED,
    UNWANTED,
    BLOCKED,
    UNAVAILABLE,
    NO_SUCH_NUMBER,
    FORBIDDEN,
    LIMIT,
    FAULT,
    OUT_OF_SERVICE,
    RINGS,
    PERSON,
    PERSON_LEAVES,
    PERSON_STAYS,
    PERSON_STAYS_TOO,
    PERSON_OPTS_OUT,
    PERSON_SERVED,
    PERSON_UNREPORTED,
    PERSON_LATE,
    MACHINE,
    SILENT,
)


def number(behaviour: Behaviour, index: int = 0) -> str:
    """The ``index``-th number whose callee behaves so."""
    return f"+1{AREAS[index]}55501{behaviour.ending}"
