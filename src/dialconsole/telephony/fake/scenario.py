"""Scenarios: how the callees of a fake trunk behave, and what trouble its carrier makes. One TOML file each.

Files, not code, because trainers write their own. So a mistake in one must be answered with file, table, key and the
nearest key that exists. msgspec checks types and ranges; unknown keys are looked for first, because its message about
them names neither the neighbours nor the table.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.telephony.fake.behaviour import Behaviour

FOLDER: Final = Path(__file__).parent / "scenarios"

Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Span = tuple[Seconds, Seconds]
"""Least and most seconds; drawn evenly between them, except talk and long calls (log-normal, as talk times are)."""

Weight = Annotated[float, Meta(ge=0, le=1_000_000)]


class Times(Struct, frozen=True, forbid_unknown_fields=True):
    """How long each step takes. Every key may be left out."""

    agent_ready_s: Span = (0.3, 0.9)
    """From the order to a room with an agent that listens."""
    refusal_s: Span = (0.06, 0.8)
    """From the INVITE to a refusal without ringing."""
    post_dial_s: Span = (0.5, 3.0)
    """From the INVITE to the first ring."""
    ring_s: Span = (4.0, 20.0)
    """From the first ring to the answer."""
    decline_s: Span = (2.0, 9.0)
    """From the first ring to a person's declining."""
    give_up_s: Span = (20.0, 26.0)
    """From the first ring to the carrier's giving up."""
    first_word_s: Span = (0.3, 1.4)
    """From the answer to the first word, of people and greetings."""
    hello_s: Span = (0.4, 1.6)
    """How long a person's first words take."""
    talk_s: Span = (20.0, 180.0)
    """From the answer to the goodbye."""
    long_call_s: Span = (900.0, 2700.0)
    opt_out_s: Span = (6.0, 15.0)
    """From the answer to "do not call me again"; the call ends 2 to 5 s later."""
    hangs_up_s: Span = (0.4, 1.5)
    greeting_s: Span = (4.0, 9.0)
    message_s: Span = (11.0, 13.0)
    """Leaving our message."""

    def __post_init__(self) -> None:
        for name, (least, most) in msgspec.structs.asdict(self).items():
            if least > most:
                raise ValueError(f"{name} has its least ({least:g}) above its most ({most:g})")


class Carrier(Struct, frozen=True, forbid_unknown_fields=True):
    """What the trunk itself does wrong. Every key may be left out: then it does nothing wrong."""

    agents: Annotated[int, Meta(ge=0)] | None = None
    """Calls that can have an agent at once; the next one waits 10 s and ends as agent_unavailable. None: no limit."""
    max_cps: Annotated[float, Meta(gt=0, le=1000)] | None = None
    """INVITEs taken in any second (below 1: one in 1 / ``max_cps`` seconds); more are answered with 503 and
    Retry-After. Carriers throttle who calls too fast, not by chance: who slows down is served again."""
    retry_after_s: Span = (2.0, 10.0)
    outage_every_s: Annotated[float, Meta(gt=0)] | None = None
    """A period; its last ``outage_for_s`` seconds are an outage: no INVITE gets a reply, no call can be found."""
    outage_for_s: Seconds = 60.0

    def __post_init__(self) -> None:
        if self.outage_every_s is not None and self.outage_for_s >= self.outage_every_s:
            raise ValueError("outage_for_s must be less than outage_every_s, or the trunk never works")


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    teaches: str
    """What an operator learns from it, in a sentence or two."""
    weights: dict[Behaviour, Weight]
    """How often each behaviour happens, relative to the sum of all."""
    times: Times = Times()
    carrier: Carrier = Carrier()

    def __post_init__(self) -> None:
        if not sum(self.weights.values()) > 0:
            raise ValueError("the weights add up to nothing, so no callee can do anything")


class Listed(NamedTuple):
    """A scenario as ``scenarios`` lists it."""

    name: str
    title: str
    teaches: str


def scenarios() -> list[Listed]:
    """The scenarios that come with the program, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        scenario = read_scenario(path)
        found.append(Listed(path.stem, scenario.title, scenario.teaches))
    return found


def load_scenario(name: str) -> Scenario:
    """The scenario of that name, or of the file if ``name`` ends in ``.toml``.

    Raises ``Problem``: no such scenario (with the nearest name), or a file with a mistake in it. Reads one small file.
    """
    if name.endswith(".toml"):
        return read_scenario(Path(name))
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in names:
        raise Problem(
            f"There is no scenario {safe_text(name)!r}{_nearest(name, names)} There are: {', '.join(names)}; "
            "a scenario of your own is given as the path of its .toml file.",
            code="unknown_scenario",
        )
    return read_scenario(FOLDER / f"{name}.toml")


def read_scenario(path: Path) -> Scenario:
    """A scenario file. Raises ``Problem`` with the file and, for a mistake inside, table and key."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(path, f"cannot be read: {error.strerror}. Check the path.") from None
    except UnicodeDecodeError:
        raise _bad(path, "is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, f"is not TOML: {error}.") from None
    _refuse_unknown_keys(path, document)
    _refuse_bad_weights(path, document["weights"] if isinstance(document.get("weights"), dict) else {})
    try:
        scenario = msgspec.convert(document, Scenario)
    except msgspec.ValidationError as error:
        raise _bad(path, _place_of(error)) from None
    return msgspec.structs.replace(
        scenario, title=safe_text(scenario.title), teaches=safe_text(scenario.teaches, limit=400)
    )


def _refuse_unknown_keys(path: Path, document: dict[str, Any]) -> None:
    tables: dict[str, Iterable[str]] = {
        "": Scenario.__struct_fields__,
        "weights": [b.value for b in Behaviour],
        "times": Times.__struct_fields__,
        "carrier": Carrier.__struct_fields__,
    }
    for table, known in tables.items():
        content = document.get(table, {}) if table else document
        if not isinstance(content, dict):
            continue  # msgspec says what it should have been
        for key in content:
            if key not in known:
                where = f"table [{table}]" if table else "the top level"
                raise _bad(path, f"has an unknown key {safe_text(key)!r} in {where}{_nearest(key, known)}")


def _refuse_bad_weights(path: Path, weights: dict[str, Any]) -> None:
    """One by one, because msgspec does not say which entry of a dict it means."""
    for key, value in weights.items():
        try:
            msgspec.convert(value, Weight)
        except msgspec.ValidationError as error:
            raise _bad(path, f"has a mistake in table [weights], key {key!r}: {safe_text(str(error))}.") from None


def _place_of(error: msgspec.ValidationError) -> str:
    """msgspec's message with its JSON path turned into table and key: ``... - at `$.times.ring_s[0]```."""
    message = str(error)
    found = re.fullmatch(r"(?P<what>.*?)(?: - at `\$\.(?P<path>[^`]*)`)?", message, re.DOTALL)
    assert found is not None  # every part of the pattern is optional
    steps = re.sub(r"\[[^]]*\]", "", found["path"] or "").split(".")
    table = f" in table [{steps[0]}]" if steps[0] in ("weights", "times", "carrier") else ""
    key = steps[-1] if len(steps) == 2 or (steps[0] and not table) else ""
    return f"has a mistake{table}{f', key {key!r}' if key else ''}: {safe_text(found['what'])}."


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else "."


def _bad(path: Path, what: str) -> Problem:
    return Problem(f"The scenario file {safe_text(str(path))} {what}", code="bad_scenario")
