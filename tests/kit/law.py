"""The calling rules a second time: slow, read from the tables of docs/compliance.md, sharing no code with the gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

PAGE = Path(__file__).parent.parent.parent / "docs" / "compliance.md"

Row = dict[str, str]


LATE_S = 15.0
"""So long after the question a telephone may begin to ring."""


class Question(NamedTuple):
    """A call in plain words; instants are POSIX seconds."""

    places: tuple[str, ...]
    zones: tuple[str, ...]
    purpose: str
    voice: str
    line: str
    consent: str
    ring_s: float
    opens: time
    closes: time
    days: tuple[int, ...]
    calls: tuple[float, ...] = ()
    conversations: tuple[float, ...] = ()


def tables(heading: str) -> Iterator[list[Row]]:
    """The tables under a heading of the page, each a list of rows by column title."""
    text = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@cache
def table(heading: str, number: int = 0) -> list[Row]:
    return list(tables(heading))[number]


@cache
def holidays_of(row: str) -> frozenset[date]:
    return frozenset(
        date.fromisoformat(f"{line['Year']}-{day}")
        for line in table("Holidays")
        if line["Row"] == row
        for day in line["Days"].split()
    )


def reaches(row: str, places: Iterable[str]) -> bool:
    """Whether a row is of one of the places: the same, its country, or (the state is not known) one of its states."""
    place = re.sub(r"-[a-z]+$", "", row)
    return any(place == p or p.split("-")[0] == place or place.split("-")[0] == p for p in places)


def is_of_kind(words: str, q: Question) -> bool:
    artificial = q.voice in ("ai", "prerecorded")
    return {
        "all": True,
        "sales": q.purpose == "marketing",
        "artificial": artificial,
        "debt": q.purpose == "debt_collection",
        "artificial and sales": artificial and q.purpose == "marketing",
        "artificial to no mobile, not sales": artificial and q.line != "mobile" and q.purpose != "marketing",
    }[words]


def binding(rows: list[Row], q: Question) -> list[Row]:
    return [row for row in rows if reaches(row["Row"], q.places) and is_of_kind(row["Which calls"], q)]


# -- hours


def within(hours: str, wall: time) -> bool:
    if hours == "none":
        return False
    opens, closes = hours.split("-")
    return time.fromisoformat(opens) <= wall < time.fromisoformat(closes)


def row_allows(row: Row, local: datetime) -> bool:
    column = {5: "Sat", 6: "Sun"}.get(local.weekday(), "Mon-Fri")
    if not within(row[column], local.time()):
        return False
    is_holiday = row["Holidays"] != "-" and local.date() in holidays_of(row["Row"])
    return not is_holiday or within(row["Holidays"], local.time())


def may_ring_at(q: Question, instant: float) -> bool:
    rows = binding(table("Hours"), q)
    for zone in q.zones:
        local = datetime.fromtimestamp(instant, ZoneInfo(zone))
        if not (time(8) <= local.time() < time(21) and q.opens <= local.time() < q.closes):
            return False
        if local.weekday() not in q.days or not all(row_allows(row, local) for row in rows):
            return False
    return all(
        row_allows(row, datetime.fromtimestamp(instant, ZoneInfo(row["Also in"])))
        for row in rows
        if row["Also in"] != "-"
    )


def hours_open(q: Question, at: float) -> bool:
    """Whether a ring from ``at`` on stays inside, at its begin, in its middle and at its end."""
    return all(may_ring_at(q, tick) for tick in (at, at + q.ring_s / 2, at + q.ring_s - 0.001))


# -- caps and consent


def seconds(length: str) -> float:
    number, unit = length.split()
    return int(number) * {"h": 3600.0, "d": 86_400.0}[unit]


def capped(q: Question, at: float) -> bool:
    consented = q.consent in ("written", "oral")
    for row in binding(table("Caps"), q):
        if row["Only"] == "without consent" and consented:
            continue
        if sum(at - call < seconds(row["In"]) for call in q.calls) >= int(row["At most"]):
            return True
    quiet = binding(table("Caps", 1), q)
    return any(at - talk < seconds(row["For"]) for row in quiet for talk in q.conversations)


def consent_missing(q: Question) -> bool:
    enough = {"written": ("written",), "oral": ("written", "oral")}
    return any(
        q.consent not in enough[row["Needs"]]
        for row in binding(table("Consent"), q)
        if row["To which lines"] == "any" or q.line in row["To which lines"].split(", ")
    )
