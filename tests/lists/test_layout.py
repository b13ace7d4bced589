"""Which column is what: by name, by content, by hand."""

from __future__ import annotations

import csv

import pytest

from dialconsole.lists.columns import ColumnRole, Layout, phone_candidates, unique_names
from dialconsole.lists.header import squeeze
from dialconsole.lists.layout import find_layout
from dialconsole.lists.numbers import NumberReader
from dialconsole.lists.records import Record
from dialconsole.model.errors import Problem

US = NumberReader("US")


def layout(text: str, **columns: str) -> Layout:
    lines = text.strip("\n").split("\n")
    records = [Record(line, cells) for line, cells in enumerate(csv.reader(lines), start=1)]
    return find_layout(records, US, columns)


@pytest.mark.parametrize(
    "name",
    [
        "phone",
        "Phone Number",
        "PHONE_NUMBER",
        "phoneNumber",
        " mobile ",
        "Cell Phone",
        "contact_number",
        "Contact Number",
        "telephone",
        "Tel.",
        "number",
        "MSISDN",
        "e164",
        "Téléphone",
        "Handy",
        "Phone #",
        "Ｐｈｏｎｅ",
    ],
)
def test_phone_columns_are_known_by_many_names(name: str) -> None:
    """Case, spacing, punctuation and width of a header name do not matter."""
    found = layout(f"id,{name},name\n1,2125550143,Ann")
    assert (found.phone, found.data_from) == (1, 2)


@pytest.mark.parametrize("name", ["Home phone (evening)", "customerPhone", "Primary cell", "phone 1"])
def test_a_name_may_only_speak_of_a_phone(name: str) -> None:
    """A longer name with the word in it is a phone column too."""
    assert layout(f"name,{name}\nAnn,2125550143").phone == 1


def test_names_about_a_phone_are_no_phone_columns() -> None:
    """A type, an extension or a fax is not called."""
    names = ["phone type", "phone_ext", "Fax (phone)", "phone status"]
    assert phone_candidates(names) == []


def test_the_best_of_several_phone_columns_is_taken_and_told() -> None:
    """Known names go in their documented order, and the note names what was passed over."""
    found = layout("mobile,Work Phone,phone,name\n2125550141,2125550142,2125550143,Ann")
    assert found.phone == 2
    note = next(note for note in found.notes if "look like phone columns" in note)
    assert "“phone”" in note
    assert "“mobile”" in note
    assert "“Work Phone”" in note


def test_a_phone_column_without_any_number_stands_back() -> None:
    """An empty "phone" beside a filled "mobile" is an export with the wrong field, and the note says so."""
    found = layout("phone,mobile\n,2125550141\n,2125550142")
    assert found.phone == 1
    assert any("look like phone columns" in note for note in found.notes)


def test_a_bad_phone_column_is_not_replaced_by_its_neighbour() -> None:
    """Numbers in another column (a fax, an emergency contact) are never called because the phones are bad."""
    assert layout("phone,fax\n123,2125550141\n456,2125550142").phone == 0


def test_a_vague_name_gives_way_to_content() -> None:
    """ "number" may be a house number; then the column that holds phone numbers is meant."""
    found = layout("street,number,reach\nElm,12,2125550141\nOak,9,2125550142")
    assert found.phone == 2
    assert any("by its content" in note for note in found.notes)


def test_a_column_is_found_by_content() -> None:
    """Without a telling name, the column that is mostly numbers is taken and told."""
    found = layout("who,reach,remark\nAnn,212-555-0141,x\nBob,n/a,y\nCem,212-555-0142,z")
    assert (found.phone, found.data_from) == (1, 2)
    assert any("“reach” was taken, by its content" in note for note in found.notes)


@pytest.mark.parametrize("first", ["212-555-0141,Ann", "212-555-0141 ext. 5,Ann", "123,Ann"])
def test_a_list_without_a_header(first: str) -> None:
    """If the first row is data already, it is read as a row, and the columns are numbered."""
    found = layout(f"{first}\n212-555-0142,Bob\n212-555-0144,Cem")
    assert (found.phone, found.data_from) == (0, 1)
    assert found.names == ("column 1", "column 2")
    assert any("no header" in note for note in found.notes)


def test_title_lines_above_the_header_are_skipped() -> None:
    """Reports begin with a title; the header is looked for below it."""
    found = layout("Phone campaign October,\n,\nname,phone\nAnn,2125550141")
    assert (found.phone, found.data_from) == (1, 4)
    assert any("found on line 3" in note for note in found.notes)


def test_a_cell_called_like_a_column_is_no_header_below_numbers() -> None:
    """Once a row held a number, no later row is taken for the header."""
    assert layout("2125550141,Ann\n2125550142,Mobile\n2125550144,Cem").data_from == 1


def test_other_roles_are_found_by_name() -> None:
    """Name, zone and coordinates have names of their own; the rest become variables under their own names."""
    found = layout("Full Name,Lat,LONG,Time_Zone,cell,balance\nAnn,40.7,-74,America/New_York,2125550141,5")
    assert found.roles == {
        ColumnRole.PHONE: 4,
        ColumnRole.NAME: 0,
        ColumnRole.TIMEZONE: 3,
        ColumnRole.LATITUDE: 1,
        ColumnRole.LONGITUDE: 2,
    }
    assert found.variables == ((5, "balance"),)


def test_first_and_last_names_stay_variables() -> None:
    """The parts of a name are kept: an agent greets by first name."""
    found = layout("first_name,Surname,phone\nAnn,Lee,2125550141")
    assert found.roles[ColumnRole.FIRST_NAME] == 0
    assert found.roles[ColumnRole.LAST_NAME] == 1
    assert [name for _, name in found.variables] == ["first_name", "Surname"]


def test_half_a_pair_of_coordinates_is_a_variable() -> None:
    """ "Long" alone is any word; coordinates count only together."""
    found = layout("phone,long\n2125550141,yes")
    assert set(found.roles) == {ColumnRole.PHONE}
    assert found.variables == ((1, "long"),)


def test_a_mapping_wins() -> None:
    """What the operator says goes before every name and every content."""
    found = layout("phone,Tel. privat,Kunde\n2125550141,2125550142,Ann", phone="tel privat", name="Kunde")
    assert found.phone == 1
    assert found.roles[ColumnRole.NAME] == 2
    assert found.variables == ((0, "phone"),)


def test_a_mapping_finds_the_header() -> None:
    """A mapped name marks the header row, and numbered columns can be mapped in a list without one."""
    assert layout("Report\nx,privat\na,123", phone="privat").data_from == 3
    assert layout("2125550141,2125550142\n2125550143,2125550144", phone="column 2").phone == 1


def test_a_wrong_mapping_names_the_nearest() -> None:
    """A column that does not exist is answered with those that do."""
    with pytest.raises(Problem, match=r"no column “Tel\. privta”\. Did you mean “Tel\. privat”\?"):
        layout("Tel. privat,name\n2125550142,Ann", phone="Tel. privta")
    with pytest.raises(Problem, match="Known: phone, name"):
        layout("phone\n2125550142", fone="phone")


def test_no_phone_column_and_no_rows() -> None:
    """A list nobody can be called from is refused with its columns named."""
    with pytest.raises(Problem, match=r"No phone column was found\. The columns are: “name”, “city”"):
        layout("name,city\nAnn,Boston")
    for column in ("Do not call", "Opt out", "Consent phone list"):
        with pytest.raises(Problem, match=r"No phone column was found"):  # those are not to be called
            layout(f"name,{column}\nAnn,2125550143\nBob,2125550144")
    with pytest.raises(Problem, match="no rows, so there is nobody to call"):
        layout("name,phone\n,")


def test_column_names_are_unique_and_safe() -> None:
    """Variables need keys: empty names get a number, repeated ones a count, steering bytes go."""
    assert unique_names(["a", "", "a", "\x1b[1mb", "a (2)"]) == ("a", "column 2", "a (2)", "[1mb", "a (2) (2)")


def test_squeezed_names_compare() -> None:
    """Names are compared by letters and digits alone."""
    assert squeeze(" Phone_Number: ") == "phonenumber"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ZIP", ColumnRole.ZIP),
        ("Zip_Code", ColumnRole.ZIP),
        ("Postal Code", ColumnRole.ZIP),
        ("postcode", ColumnRole.ZIP),
        ("Mailing Zip/Postal Code", ColumnRole.ZIP),
        ("STATE", ColumnRole.STATE),
        ("State/Province", ColumnRole.STATE),
        ("Province", ColumnRole.STATE),
        ("consent", ColumnRole.CONSENT),
        ("Consent Type", ColumnRole.CONSENT),
        ("Opt-In", ColumnRole.CONSENT),
        ("Phone Consent", ColumnRole.CONSENT),
        ("consent_date", ColumnRole.CONSENT_DATE),
        ("Opt-in date", ColumnRole.CONSENT_DATE),
        ("Consent Source", ColumnRole.CONSENT_SOURCE),
        ("Last Purchase", ColumnRole.LAST_PURCHASE),
        ("last_purchase_date", ColumnRole.LAST_PURCHASE),
        ("Last Enquiry", ColumnRole.LAST_INQUIRY),
    ],
)
def test_columns_of_place_and_consent_are_known_by_name(name: str, role: ColumnRole) -> None:
    """In any case and spelling; none of them is taken for the phone."""
    found = layout(f"{name},phone\n,2125550141")
    assert found.roles == {ColumnRole.PHONE: 1, role: 0}
    assert found.variables == (((0, name),) if role in (ColumnRole.ZIP, ColumnRole.STATE) else ())


@pytest.mark.parametrize(
    "role", ["zip", "state", "consent", "consent date", "consent-source", "last_purchase", "last_inquiry"]
)
def test_every_role_can_be_mapped(role: str) -> None:
    """By hand, whatever the column is called."""
    found = layout("phone,x\n2125550141,y", **{role: "x"})
    assert set(found.roles) == {ColumnRole.PHONE, ColumnRole(role.replace(" ", "_").replace("-", "_"))}


@pytest.mark.parametrize(
    ("name", "cells", "taken"),
    [
        ("region", ("NY", "tx", "Fla."), True),
        ("Region", ("NSW", "", ""), True),
        ("st", ("CA", "Main Street", "WA"), True),
        ("region", ("West", "North", "TX"), False),
        ("st", ("Main Street", "Elm", "Oak"), False),
        ("region", ("", "", ""), False),
    ],
)
def test_a_region_is_a_state_only_by_its_cells(name: str, cells: tuple[str, ...], taken: bool) -> None:
    """ "Region" may be a sales region and "st" a street; half of the cells must look like abbreviations."""
    rows = "\n".join(f"212555014{i},{cell}" for i, cell in enumerate(cells))
    assert (layout(f"phone,{name}\n{rows}").roles.get(ColumnRole.STATE) == 1) is taken
    assert layout(f"phone,{name},state\n2125550141,NY,TX").roles[ColumnRole.STATE] == 2


def test_plus_four_alone_is_no_zip_code() -> None:
    """ "ZIP4" mostly holds the four digits behind a code; read as one that lost a zero it would name another town."""
    assert set(layout("phone,zip4\n2125550141,2134").roles) == {ColumnRole.PHONE}
