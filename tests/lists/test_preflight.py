"""What a list would do, counted before it is imported."""

from __future__ import annotations

import math
import random
from pathlib import Path

import msgspec
import pytest

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.preflight import EXAMPLES, Preflight, check_list
from dialconsole.lists.reading import open_list
from dialconsole.model.contact import RowFault, ZoneSource
from dialconsole.model.facts import ContactFacts
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis
from kit.zoning import CENTRAL, EASTERN, NOW, NOWHERE, FewZones

QUOTED = '"written"'
LIST = f"""phone,name
2125550143,Ann
(212) 555-0143,Ann again
2125550144,Bob
312-555-0145,Cem
{NOWHERE},Dee
800-555-0199,Eve
1,f
2,g
3,h
4,i
"""


def preflight(folder: Path, central: tuple[bool, float]) -> Preflight:
    path = folder / "list.csv"
    path.write_text(LIST)
    asked: list[Place] = []

    def window_now(place: Place) -> tuple[bool, float]:
        asked.append(place)
        return central if place.zones == (CENTRAL,) else (True, 900.0)

    report = check_list(open_list(path, zoning=FewZones(), now=NOW), window_now)
    assert sorted(place.zones for place in asked) == [(CENTRAL,), (EASTERN,)]
    return report


def test_a_long_list_is_counted_like_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contacts are counted many at once; the examples are the first by line all the same."""
    rng = random.Random(5)
    path = tmp_path / "list.csv"
    rows = (
        f"{rng.choice(('212', '305', '800', '20'))}55501{rng.randrange(100):02},{rng.choice(('', 'FL', 'ZZ'))},"
        f"{rng.choice(('', '98101', '33101', 'abc'))},{rng.choice(('', 'oral', 'written', QUOTED))}\n"
        for _ in range(3_000)
    )
    path.write_text("phone,state,zip,consent\n" + "".join(rows))

    def checked() -> Preflight:
        return check_list(open_list(path, zoning=ZoningByCompliance(), now=NOW), lambda place: (True, 900.0))

    short = checked()
    monkeypatch.setattr("dialconsole.lists.reading.SHORT", 0)
    assert checked() == short
    assert (short.contacts, short.duplicates, short.contradicting) > (100, 100, 30)


def test_rows_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    """Contacts, duplicates and rejected rows add up to the rows; faults come with their first sentences."""
    report = preflight(tmp_path, (False, 600.0))
    assert (report.rows, report.contacts, report.duplicates, report.rejected) == (10, 4, 1, 5)
    assert [(f.fault, f.rows) for f in report.faults] == [(RowFault.NOT_A_NUMBER, 4), (RowFault.NOT_CALLABLE, 1)]
    assert [example.line for example in report.faults[0].examples] == [8, 9, 10]
    assert len(report.faults[0].examples) == EXAMPLES
    assert report.zone_sources == {ZoneSource.NUMBER: 4}


def test_contacts_are_counted_by_zone_and_window(tmp_path: Path) -> None:
    """Each place asks for its window once; an unknown zone is never open."""
    report = preflight(tmp_path, (False, 600.0))
    assert [(z.zones, z.contacts, z.open, z.changes_at) for z in report.zones] == [
        ((EASTERN,), 2, True, 900.0),
        ((CENTRAL,), 1, False, 600.0),
        ((), 1, False, None),
    ]
    assert (report.open_now, report.opens_later, report.unknown) == (2, 1, 1)


@pytest.mark.parametrize("central", [(False, math.inf), (True, math.inf)])
def test_a_window_without_an_end(tmp_path: Path, central: tuple[bool, float]) -> None:
    """A window that never opens counts as unknown, and no infinity reaches JSON."""
    report = preflight(tmp_path, central)
    assert report.open_now + report.opens_later + report.unknown == report.contacts
    assert report.unknown == (1 if central[0] else 2)
    assert report.zones[1].changes_at is None
    assert msgspec.json.decode(msgspec.json.encode(report), type=Preflight) == report


def test_notes_come_along(tmp_path: Path) -> None:
    """How the file was understood belongs to the preflight, with what was odd in its rows."""
    path = tmp_path / "list.csv"
    path.write_text("phone,name\n2125550143 x5,Ann\n")
    report = check_list(open_list(path, zoning=FewZones(), now=NOW), lambda _: (True, 0.0))
    assert any("UTF-8" in note for note in report.notes)
    assert any("extension" in note for note in report.notes)


RULED = """phone,zip,state,consent
2125550143,10001,NY,written
2125550144,60601,,oral
2125550145,60601,MA,
2125550146,9x,,none
2125550147,,,
312-555-0148,,IL,written
2125550149,,,maybe
"""


def ruled(folder: Path, attested: ContactFacts | None = None) -> Preflight:
    path = folder / "ruled.csv"
    path.write_text(RULED)

    def window_now(place: Place) -> tuple[bool, float]:
        return "US-MA" not in place.jurisdictions, 500.0

    return check_list(open_list(path, zoning=FewZones(), now=NOW, attested=attested), window_now)


def test_contacts_are_counted_by_jurisdiction_and_consent(tmp_path: Path) -> None:
    """Who may be in two states counts in both; every basis of consent has its count, with what is attested in it."""
    report = ruled(tmp_path)
    assert report.jurisdictions == {"US-NY": 5, "US-IL": 3, "US-MA": 1}
    assert list(report.jurisdictions) == ["US-NY", "US-IL", "US-MA"]
    assert report.consent == {
        ConsentBasis.WRITTEN: 2, ConsentBasis.ORAL: 1, ConsentBasis.NONE: 1, ConsentBasis.UNKNOWN: 2,
    }  # fmt: skip
    attested = ruled(tmp_path, ContactFacts(ConsentBasis.ORAL, NOW, "maria"))
    assert attested.consent[ConsentBasis.ORAL] == 3
    assert attested.consent[ConsentBasis.UNKNOWN] == 0


def test_contradictions_are_counted_and_shown(tmp_path: Path) -> None:
    """With the lines they stand on; the rows are contacts all the same."""
    report = ruled(tmp_path)
    assert (report.rows, report.contacts, report.rejected) == (7, 6, 1)
    assert report.contradicting == 2
    assert [(example.line, example.reason) for example in report.contradictions] == [
        (4, "ZIP code and state differ."),
        (5, "No ZIP code is “9x”."),
    ]
    assert any("2 rows whose address does not fit together" in note for note in report.notes)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Preflight) == report


def test_the_same_zones_under_other_rules_have_a_window_of_their_own(tmp_path: Path) -> None:
    """Hours are those of zones and jurisdictions together."""
    report = ruled(tmp_path)
    assert [(z.zones, z.contacts, z.open) for z in report.zones] == [
        ((EASTERN,), 3, True),
        ((CENTRAL, EASTERN), 1, True),
        ((CENTRAL, EASTERN), 1, False),
        ((CENTRAL,), 1, True),
    ]
    assert (report.open_now, report.opens_later) == (5, 1)
