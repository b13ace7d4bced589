"""A list's own no: do-not-call columns, consents taken back, countries, and columns that only sound like them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.preflight import check_list
from dialconsole.lists.reading import CallList, open_list
from dialconsole.lists.watched import refuse_unclear, speaks_of
from dialconsole.model.contact import Batch, Contact, Duplicate, RejectedRow, RowFault
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.purpose import ConsentBasis
from kit.zoning import NOW

ATTESTED = ContactFacts(ConsentBasis.WRITTEN, NOW, "attested by maria")


def opened(folder: Path, text: str, *, ignored: Sequence[str] = (), **columns: str) -> CallList:
    path = folder / "list.csv"
    path.write_text(text)
    return open_list(path, zoning=ZoningByCompliance(), now=NOW, attested=ATTESTED, ignored=ignored, columns=columns)


@pytest.fixture(autouse=True)
def no_list_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that ``batches`` is not ``rows``."""
    monkeypatch.setattr("dialconsole.lists.reading.SHORT", 0)


def contacts(call_list: CallList) -> dict[str, Contact]:
    """By number. Both ways to read a list must bring the same ones."""
    found = {row.number: row for row in call_list.rows() if isinstance(row, Contact)}
    at_once: list[int] = []
    for one in call_list.batches():
        at_once += one.numbers if isinstance(one, Batch) else [int(one.number)] if isinstance(one, Contact) else []
    assert sorted(at_once) == sorted(int(number) for number in found)
    return found


def faults(call_list: CallList) -> dict[int, RowFault]:
    return {row.line: row.fault for row in call_list.rows() if isinstance(row, RejectedRow)}


@pytest.mark.parametrize(
    "name",
    ["DNC", "Do Not Call", "do_not_call", "Do-Not-Call Flag", "Opt Out", "opt-out", "OptedOut", "National DNC",
     "Unsubscribed", "Do Not Contact", "DND", "Opt-Out Date", "doNotCall", "Suppressed"],
)  # fmt: skip
def test_a_do_not_call_column_is_known_by_many_names(tmp_path: Path, name: str) -> None:
    """Who said no is no contact, whatever is attested for the list; the column goes to no agent."""
    found = opened(tmp_path, f"phone,{name}\n2125550141,Y\n2125550142,N\n2125550143,\n")
    assert faults(found) == {2: RowFault.DO_NOT_CALL}
    assert list(contacts(found)) == ["+12125550142", "+12125550143"]
    assert contacts(found)["+12125550142"].variables == {}
    [row] = [row for row in found.rows() if isinstance(row, RejectedRow)]
    assert f"“{name}” says “Y”" in row.reason


@pytest.mark.parametrize(
    "cell",
    ["Y", "yes", "TRUE", "1", "x", "✓", "2025-03-04", "1.0", "maybe", "?", "unknown", "no ❌",
                                  "NO!!!", "☑ no", "no?", "clear?", "0✓"],
)  # fmt: skip
def test_only_a_plain_no_lets_a_row_be_called(tmp_path: Path, cell: str) -> None:
    """What a tick or a date means is not guessed."""
    assert faults(opened(tmp_path, f"phone,dnc\n2125550141,{cell}\n")) == {2: RowFault.DO_NOT_CALL}


@pytest.mark.parametrize("cell", ["", " ", "N", "no", "FALSE", "0", "0.0", "-", "n/a", "None", "not listed", "clean"])
def test_an_empty_cell_and_a_no_pass(tmp_path: Path, cell: str) -> None:
    """A list with the column is called all the same."""
    assert list(contacts(opened(tmp_path, f"phone,dnc\n2125550141,{cell}\n"))) == ["+12125550141"]


def test_every_such_column_counts(tmp_path: Path) -> None:
    """Also a second one, and one that is mapped by hand."""
    text = "phone,DNC,Opt Out,Wish\n2125550141,y,,\n2125550142,,y,\n2125550143,,,y\n2125550144,,,\n"
    assert list(contacts(opened(tmp_path, text, do_not_call="Wish"))) == ["+12125550144"]


@pytest.mark.parametrize(
    "text",
    [
        "phone,dnc\n2125550141 / 2125550142,yes\n2125550141,\n2125550142,\n",
        "phone,dnc\n212-555-0141 home,yes\n2125550141,\n",
        "phone,country,dnc\n2125550141,Mexico,yes\n2125550141,US,\n",
        "phone,consent\n2125550141,revoked by phone\n2125550141,written\n",
    ],
)
def test_a_no_counts_also_where_the_number_is_not_the_rows_alone(tmp_path: Path, text: str) -> None:
    """Of two numbers in a cell, or one with words beside it, nobody is dialed; but each of them said no."""
    assert contacts(opened(tmp_path, text)) == {}


@pytest.mark.parametrize("column", ["dnc,y,", "consent,revoked,"])
def test_a_no_counts_for_the_number_in_whichever_row_it_stands(tmp_path: Path, column: str) -> None:
    """Before or behind a row that says nothing: the person is the same."""
    name, no, nothing = column.split(",")
    text = f"phone,{name}\n2125550141,{no}\n212-555-0141,{nothing}\n2125550142,{nothing}\n(212) 555-0142,{no}\n"
    found = opened(tmp_path, text)
    assert contacts(found) == {}
    assert not [row for row in found.rows() if isinstance(row, Duplicate)]
    assert len(faults(found)) == 4


@pytest.mark.parametrize("name", ["Marketing Consent", "TCPA Consent", "Consent to call", "Permission", "Opted In"])
def test_a_consent_column_overrules_what_is_attested(tmp_path: Path, name: str) -> None:
    """no is no, a consent taken back rejects its row, and only silence is filled in."""
    found = opened(tmp_path, f"phone,{name}\n2125550141,no\n2125550142,revoked\n2125550143,\n2125550144,written\n")
    assert {n: c.facts.consent for n, c in contacts(found).items()} == {
        "+12125550141": ConsentBasis.NONE,
        "+12125550143": ConsentBasis.WRITTEN,
        "+12125550144": ConsentBasis.WRITTEN,
    }
    assert faults(found) == {3: RowFault.BAD_CONSENT}


@pytest.mark.parametrize(
    "name",
    ["DNC source", "Email opt-out", "SMS Consent", "Consent IP", "Marketing Preferences", "Callable",
     "Country of birth", "Do not mail", "Litigator", "Revoked by", "optOutReason"],
)  # fmt: skip
def test_what_only_sounds_like_a_no_must_be_settled(tmp_path: Path, name: str) -> None:
    """The import is refused with what to type, and the preflight says so; a person settles it either way."""
    text = f"phone,{name}\n2125550141,y\n"
    found = opened(tmp_path, text)
    assert found.unclear == (name,)
    with pytest.raises(Problem, match="--ignore") as refused:
        refuse_unclear(found.name, found.unclear)
    assert name in refused.value.sentence
    assert check_list(found, lambda _: (True, 0.0)).refused
    assert opened(tmp_path, text, do_not_call=name).unclear == ()
    ignored = opened(tmp_path, text, ignored=[name])
    assert ignored.unclear == ()
    assert contacts(ignored)["+12125550141"].variables == {name: "y"}
    assert any(name in note and "gnored" in note for note in ignored.notes)


def test_a_second_consent_column_must_be_settled(tmp_path: Path) -> None:
    """One of them has the role; what the other says would be lost."""
    assert opened(tmp_path, "phone,Consent,TCPA consent\n2125550141,yes,no\n").unclear == ("TCPA consent",)


@pytest.mark.parametrize(
    "name",
    ["city", "option", "Orthodontist", "donation", "Landline", "notes", "appointment", "call back", "St"],
)
def test_other_columns_are_left_alone(name: str) -> None:
    """A variable is a variable."""
    assert speaks_of(name) == ""


def test_a_column_to_ignore_must_be_there(tmp_path: Path) -> None:
    """A slip on the command line ignores nothing."""
    with pytest.raises(Problem, match="no column “DNC sorce”"):
        opened(tmp_path, "phone,DNC source\n2125550141,y\n", ignored=["DNC sorce"])


# -- countries ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["Mexico", "MX", "mex", "México", "52", "Germany", "Jamaica"])
def test_a_country_without_rules_is_not_called(tmp_path: Path, cell: str) -> None:
    """Whatever the number is: the callee may be there."""
    found = opened(tmp_path, f"phone,country\n+12135550141,{cell}\n")
    assert faults(found) == {2: RowFault.NOT_CALLABLE}


@pytest.mark.parametrize("cell", ["US", "usa", "United States", "U.S.", "1", "+1", "", "n/a"])
def test_the_numbers_own_country_adds_nothing(tmp_path: Path, cell: str) -> None:
    """Most lists have that column."""
    [contact] = contacts(opened(tmp_path, f"phone,country\n2135550141,{cell}\n")).values()
    assert (contact.zones, contact.jurisdictions) == (("America/Los_Angeles",), ("US-CA",))
    assert contact.contradictions == ()


@pytest.mark.parametrize(("code", "country"), [("44", "GB"), ("+61", "AU")])
def test_a_calling_code_of_several_countries_is_the_main_ones(tmp_path: Path, code: str, country: str) -> None:
    """The row says "abroad", and the number's own place alone would not do."""
    [contact] = contacts(opened(tmp_path, f"phone,country\n+12135550141,{code}\n")).values()
    assert contact.jurisdictions == tuple(sorted((country, "US-CA")))
    assert faults(opened(tmp_path, "phone,country\n+12135550141,7\n")) == {2: RowFault.NOT_CALLABLE}


def test_a_number_is_read_as_its_country_writes_it(tmp_path: Path) -> None:
    """And it is not somebody else's number in the list's region."""
    found = opened(tmp_path, "phone,country\n020 7946 0958,UK\n416 555 0141,Canada\n2135550141,\n")
    assert list(contacts(found)) == ["+442079460958", "+14165550141", "+12135550141"]


def test_a_country_other_than_the_numbers_is_a_candidate(tmp_path: Path) -> None:
    """All of it, by all its clocks, and counted as a contradiction."""
    [contact] = contacts(opened(tmp_path, "phone,country\n2135550141,Canada\n")).values()
    assert contact.jurisdictions == ("CA", "US-CA")
    assert {"America/St_Johns", "America/Vancouver", "America/Los_Angeles"} <= set(contact.zones)
    assert contact.contradictions == (
        "The country column says Canada, but the number or another column says United States; all of them count.",
    )


def test_a_territory_is_the_united_states(tmp_path: Path) -> None:
    """By its own zone and rules."""
    [contact] = contacts(opened(tmp_path, "phone,country\n2125550141,Puerto Rico\n")).values()
    assert contact.jurisdictions == ("US-NY", "US-PR")
    assert contact.zones == ("America/New_York", "America/Puerto_Rico")


def test_a_country_that_cannot_be_read_rejects_its_row(tmp_path: Path) -> None:
    """With the nearest name."""
    found = opened(tmp_path, "phone,country\n2125550141,Mexcio\n")
    [row] = found.rows()
    assert isinstance(row, RejectedRow)
    assert row.fault is RowFault.BAD_COUNTRY
    assert row.reason.endswith("Did you mean Mexico?")


@pytest.mark.parametrize(("cell", "meant"), [("Califronia", "Did you mean California?"), ("Jalisco", "Write its name")])
def test_a_state_that_cannot_be_read_rejects_its_row(tmp_path: Path, cell: str, meant: str) -> None:
    """It was called by the number alone before."""
    [row] = opened(tmp_path, f"phone,state\n2135550141,{cell}\n").rows()
    assert isinstance(row, RejectedRow)
    assert row.fault is RowFault.BAD_STATE
    assert meant in row.reason
