"""Many rows at once come to what they come to one by one."""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.reading import CallList, open_list
from dialconsole.model.contact import Batch, Contact, Row
from kit.zoning import NOW

HEADER = ("phone", "name", "state", "zip", "timezone", "consent", "consent date", "note", "first name", "last name")

STATES = ("NY", "ny ", "New York", "Calif.", "kansas", "ZZ", "", "FL", "Floridda", "QC", "NSW", "  Texas")
ZIPS = ("10001", "2134", "02134-1234", "90210", "", "K1A 0B1", "abc", "501", "98101", "2000", "09001")
ZONES = ("", "", "America/Chicago", "america/chicago", "America/Chicgo", "EST")
CONSENTS = ("", "written", "oral", "yes", "none", "STOP", "maybe")
DAYS = ("", "2025-01-31", "1/31/2025", "31/1/2025", "2025-02-30", "2031-01-01", "x")
NOTES = ("", "late", 'says "no"', "a\\b", "100 %", "[b]x[/b]", "é", "\x1b[31m", " x ", "用户", "two\nlines", "x" * 250)
PHONES = (
    "", "n/a", "call me", "212-555-HOME", "2.12555E+09", "2125550143.0", "+44 20 7946 0958", "911", "8005550123",
    "212 555 0143 x5", "(212) 555-0143", "2125550143", "+12125550143", "2465210123", "8766060123", "8291405555",
    "305-555-0107\n305-555-0108",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_list_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that ``batches`` is not ``rows``."""
    monkeypatch.setattr("dialconsole.lists.reading.SHORT", 0)


def one_by_one(found: Iterable[Batch | Row]) -> list[object]:
    """Contacts as the ledger stores them, and the other rows, by line."""
    flat: list[tuple[int, object]] = []
    for one in found:
        if isinstance(one, Batch):
            places = [(place.whereabouts.zones, place.whereabouts.jurisdictions, place.source) for place in one.places]
            columns = (one.numbers, one.names, one.variables, places, one.facts)
            flat += [
                (line, (number, name, variables, *place, facts))
                for line, number, name, variables, place, facts in zip(one.lines, *columns, strict=True)
            ]
        elif isinstance(one, Contact):
            variables = msgspec.json.encode(one.variables).decode()
            stored = (int(one.number), one.name, variables, one.zones, one.jurisdictions, one.zone_source, one.facts)
            flat.append((one.line, stored))
        else:
            flat.append((one.line, one))
    return [one for _, one in sorted(flat, key=lambda pair: pair[0])]


def opened(folder: Path, rows: Iterable[Sequence[str]], header: Sequence[str], **options: bool) -> CallList:
    path = folder / "list.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return open_list(path, zoning=ZoningByCompliance(**options), now=NOW)


PHONE = st.sampled_from(PHONES) | st.builds(
    "{}{:03}{}{:03}-{:04}".format,
    st.sampled_from(("", "+1", "(", " 1-")), st.integers(200, 999), st.sampled_from(("", "-", ") ", ".")),
    st.integers(200, 999), st.integers(0, 9999),
)  # fmt: skip
ROW = st.tuples(
    PHONE, st.sampled_from(("Ana", " Bo ", "", "x" * 300)), st.sampled_from(STATES), st.sampled_from(ZIPS),
    st.sampled_from(ZONES), st.sampled_from(CONSENTS), st.sampled_from(DAYS), st.sampled_from(NOTES),
    st.sampled_from(("Al", "")), st.sampled_from(("Li", "")),
)  # fmt: skip


@given(
    st.lists(ROW, min_size=1, max_size=40),
    st.sampled_from((HEADER, ("phone", "a", "b", "c", "d", "e", "f", "note", "first name", "last name"))),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 12)), max_size=3),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_batches_are_the_rows(
    rows: list[tuple[str, ...]], header: tuple[str, ...], cuts: list[tuple[int, int]], authoritative: bool
) -> None:
    """Whatever the cells, with rows that are too short or too long, duplicates, and numbers out of the ordinary."""
    ragged = [list(row) for row in rows] * 2
    for at, width in cuts:
        row = ragged[at % len(ragged)]
        row[width:] = [] if width < len(row) else ["x"] * (width - len(row))
    with tempfile.TemporaryDirectory() as folder:
        call_list = opened(Path(folder), [*ragged, ["2125550143"]], header, zone_authoritative=authoritative)
        assert one_by_one(call_list.batches()) == one_by_one(call_list.rows())


def test_a_long_list_is_the_same_either_way(tmp_path: Path) -> None:
    """Many blocks of mostly ordinary rows: names in other scripts, duplicates far apart, numbers of every kind."""
    rng = random.Random(3)
    plain = [
        (f"({rng.randrange(200, 1000)}) {rng.randrange(200, 1000)}-{rng.randrange(100):04}",
         rng.choice(("Ana Vega", "Zoë", "用户 🙂")), rng.choice(("NY", "FL", "")), f"{rng.randrange(100_000):05}", "",
         "written", f"2025-03-{rng.randrange(1, 29):02}", rng.choice(NOTES[:4]), "", "")
        for _ in range(6_000)
    ]  # fmt: skip
    call_list = opened(tmp_path, plain, HEADER)
    found = list(call_list.batches())
    assert sum(len(one.lines) for one in found if isinstance(one, Batch)) > 2_000
    assert one_by_one(found) == one_by_one(call_list.rows())


@pytest.mark.parametrize("header", [("phone", "lat", "lon"), ("tel", "x", "y")])
def test_points_and_lists_from_abroad(tmp_path: Path, header: tuple[str, ...]) -> None:
    """Coordinates are looked up row by row; where no number is of +1, each row is read alone."""
    rows = [("+442079460958", "", ""), ("212-555-0143", "40.7", "-74"), ("212-555-0144", "0", "0"), ("", "", "")]
    call_list = opened(tmp_path, rows, header)
    assert one_by_one(call_list.batches()) == one_by_one(call_list.rows())
