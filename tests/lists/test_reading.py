"""Whole lists: every row is accounted for, whatever the file holds."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.zoning import ZoningByCompliance
from dialconsole.lists.reading import CallList, open_list
from dialconsole.model.contact import Contact, Duplicate, RejectedRow, RowFault
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.text import safe_text
from kit.zoning import CENTRAL, EASTERN, NOW, FewZones

HEADER = ("name", "phone", "city")


def write(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(path: Path, **columns: str) -> CallList:
    return open_list(path, zoning=FewZones(), now=NOW, columns=columns)


def csv_bytes(rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def number(i: int) -> str:
    """Fictional numbers in Manhattan, then in Boston and so on."""
    area = ("212", "617", "215", "404")[i // 100]
    return f"{area}55501{i % 100:02}"


# -- every row once -----------------------------------------------------------------------------------------------

ODD = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\x00\x1b\r\n\t,;|\"' =+\u202e\ufeff0")),
    max_size=12,
)
PHONES = st.one_of(
    st.integers(0, 30).map(number), ODD, st.sampled_from(["800 555 0199", "2.1E+09", "555-0143", "n/a", "212 555 HOME"])
)


@given(rows=st.lists(st.tuples(ODD, PHONES, ODD), min_size=1, max_size=12))
@settings(max_examples=250, deadline=None)
def test_any_cells_are_read_and_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    """Contacts, rejected rows and duplicates are together the rows that are not blank, each on a line of its own."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    path = write(tmp_path_factory.mktemp("any"), csv_bytes([HEADER, *rows]))
    if not filled:
        with pytest.raises(Problem):
            opened(path)
        return
    read = list(opened(path).rows())
    assert len(read) == len(filled)
    assert [row.line for row in read] == sorted({row.line for row in read})
    contacts = [row for row in read if isinstance(row, Contact)]
    assert len({contact.number for contact in contacts}) == len(contacts)
    for contact in contacts:
        texts = [contact.name, *contact.variables.values()]
        assert texts == [safe_text(text) for text in texts]
    for row in read:
        if isinstance(row, RejectedRow):
            assert row.reason == safe_text(row.reason, 1000)
            assert all(cell == safe_text(cell) for cell in row.row)


WHERE = st.tuples(
    st.sampled_from(["", "98101", "2134", "02134-1000", "K1A 0B1", "09012", "ABC", "00000"]) | ODD,
    st.sampled_from(["", "FL", "washington", "Ont.", "Flordia", "AE"]) | ODD,
)
SAID = st.tuples(
    st.sampled_from(["", "written", "oral", "none", "unknown", "perhaps", "revoked"]) | ODD,
    st.sampled_from(["", "2024-05-06", "5/6/2024", "2024-02-30", "2999-01-01", "3/4/24"]) | ODD,
    st.sampled_from(["", "2023-12-31", "31/12/2023", "soon"]) | ODD,
)


@given(
    rows=st.lists(st.tuples(st.integers(0, 30).map(number), WHERE, SAID), min_size=1, max_size=8),
    attested=st.sampled_from([None, ContactFacts(ConsentBasis.ORAL, None, "maria")]),
)
@settings(max_examples=150, deadline=None)
def test_columns_of_place_and_consent_lose_no_row_and_no_candidate(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, tuple[str, ...], tuple[str, ...]]],
    attested: ContactFacts | None,
) -> None:
    """Each row becomes something, and contacts keep every place that they have in a list without the columns."""
    folder = tmp_path_factory.mktemp("where")
    header = ("phone", "zip", "state", "consent", "consent date", "last purchase")
    table = [header, *((phone, *where, *said) for phone, where, said in rows)]
    zoning = ZoningByCompliance()
    full = open_list(write(folder, csv_bytes(table), "full.csv"), zoning=zoning, now=NOW, attested=attested)
    bare = open_list(write(folder, csv_bytes([row[:1] for row in table]), "bare.csv"), zoning=zoning, now=NOW)
    read = list(full.rows())
    assert len(read) == len(rows)
    by_number = {row.number: row for row in bare.rows() if isinstance(row, Contact)}
    for row in read:
        if isinstance(row, Contact):
            alone = by_number[row.number]
            assert set(row.zones) >= set(alone.zones)
            assert set(row.jurisdictions) >= set(alone.jurisdictions)
        elif isinstance(row, RejectedRow):
            assert row.fault in (
                RowFault.BAD_CONSENT,
                RowFault.BAD_DATE,
                RowFault.BAD_STATE,
                RowFault.DO_NOT_CALL,
                RowFault.NOT_CALLABLE,
            )
    odd = sum(bool(row.contradictions) for row in read if isinstance(row, Contact))
    assert any(note.startswith(f"{odd} row") for note in full.notes) is (odd > 0)


@given(st.binary(max_size=400))
@settings(max_examples=250, deadline=None)
def test_any_bytes_are_a_list_or_a_problem(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """No file raises anything but a sentence."""
    path = write(tmp_path_factory.mktemp("any"), b"phone,name\n2125550143,Ann\n" + data)
    numbers = {row.number for row in opened(path).rows() if isinstance(row, Contact)}
    assert "+12125550143" in numbers
    bare = write(path.parent, data, "bare.csv")
    try:
        list(opened(bare).rows())
    except Problem as problem:
        assert problem.sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_encodings_and_delimiters_make_no_difference(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """The same rows come back from every encoding and delimiter, and the notes say how they were read."""
    rows = [HEADER, ("Zoë, Núñez; \t|", number(1), "São\nPaulo"), ("José", number(2), '"Köln"')]
    call_list = opened(write(tmp_path, csv_bytes(rows, delimiter, encoding)))
    contacts = list(call_list.rows())
    assert [(c.line, c.name, c.variables) for c in contacts if isinstance(c, Contact)] == [
        (2, "Zoë, Núñez;  |", {"city": "São Paulo"}),
        (4, "José", {"city": '"Köln"'}),
    ]
    assert call_list.notes[0].startswith("Read as ")


@given(
    rows=st.lists(st.tuples(st.text("abzé€ ,;|\"'\n", max_size=9), st.text("xyü;,|", max_size=9)), max_size=8),
    encoding=st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]),
    delimiter=st.sampled_from(",;\t|"),
)
@settings(max_examples=150, deadline=None)
def test_texts_survive_every_encoding(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], encoding: str, delimiter: str
) -> None:
    """Names and variables come back as they were written, as safe text."""
    table = [HEADER, *[(name, number(i), city) for i, (name, city) in enumerate(rows)], ("end", number(99), "ü€")]
    path = write(tmp_path_factory.mktemp("trip"), csv_bytes(table, delimiter, encoding))
    read = [row for row in opened(path).rows() if isinstance(row, Contact)]
    assert [(c.name, c.variables["city"]) for c in read[:-1]] == [(safe_text(n), safe_text(c)) for n, c in rows]


# -- odd files ----------------------------------------------------------------------------------------------------


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    """Empty lines and lines of delimiters are skipped, not rejected, and do not shift the lines."""
    read = list(opened(write(tmp_path, f"\n\nphone,name\n\n,\n{number(1)},Ann\n , \n{number(2)},Bob\n\n,,,\n")).rows())
    assert [(type(row), row.line) for row in read] == [(Contact, 6), (Contact, 8)]


def test_duplicates_are_counted_not_called(tmp_path: Path) -> None:
    """The second row of a number is a duplicate that names the first one's line."""
    read = list(opened(write(tmp_path, "phone\n2125550143\n+1 212 555 0143\n")).rows())
    assert read[1] == Duplicate(3, "+12125550143", 2)


def test_rows_may_be_read_again(tmp_path: Path) -> None:
    """Each reading starts afresh; notes about rows belong to the last one."""
    call_list = opened(write(tmp_path, "phone,name\n2125550143 x5\n"))
    before = call_list.notes
    assert list(call_list.rows()) == list(call_list.rows())
    assert len(call_list.notes) == len(before) + 2


def test_the_hash_and_the_columns(tmp_path: Path) -> None:
    """A list is known by the hash of its bytes and tells the names of its columns."""
    call_list = opened(write(tmp_path, "phone,\n2125550143,x\n"))
    assert len(call_list.sha256) == 64
    assert call_list.columns == ("phone", "column 2")
    assert call_list.name == "list.csv"


def test_the_region_and_the_mapping(tmp_path: Path) -> None:
    """Numbers of another country, in a column that only the operator knows."""
    path = write(tmp_path, "Tel. privat;phone\n030 123456;212 555 0143\n")
    call_list = open_list(path, default_region="DE", zoning=FewZones(), now=NOW, columns={"phone": "Tel. privat"})
    assert [row.number for row in call_list.rows() if isinstance(row, Contact)] == ["+4930123456"]


def test_a_list_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """Rows of a file that grew meanwhile are refused at the end, so that no import keeps them."""
    path = write(tmp_path, "phone\n2125550143\n")
    rows = opened(path).rows()
    next(rows)
    path.write_text("phone\n2125550143\n2125550144\n")
    with pytest.raises(Problem, match="was changed while it was being read"):
        list(rows)


@pytest.mark.parametrize("failing_call", ["read", "readline"])
def test_a_disk_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_call: str) -> None:
    """A read error between two rows is a sentence with the file's name."""
    call_list = opened(write(tmp_path, "phone\n2125550143\n"))

    def failing(size: int = -1) -> str:
        raise OSError(5, "Input/output error")

    text = io.TextIOWrapper(io.BytesIO(b"phone"))  # not the end of a line, so both are needed
    monkeypatch.setattr(text, failing_call, failing)
    monkeypatch.setattr(Path, "open", lambda *_, **__: text)
    with pytest.raises(Problem, match=r"list\.csv cannot be read: Input/output error\."):
        list(call_list.rows())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("phone,name\n", "no rows, so there is nobody to call"),
        ("\n\n , ,\n", "is blank"),
        ("name,city\nAnn,Boston\n", "No phone column was found"),
        (b"\x00\x01\x02\x03\x04\x05" * 50, "is not a text file"),
        (bytes(range(256)) * 20, "is not a text file"),
        ("phone,name\n".encode("utf-16"), "no rows"),
        ("name,city\nAnn,Boston\n".encode("utf-16-le"), "No phone column"),
    ],
)
def test_files_without_a_list_in_them(tmp_path: Path, content: str | bytes, says: str) -> None:
    """Header only, blank, without numbers, not text: each is refused at once with the file's name."""
    with pytest.raises(Problem, match=says) as caught:
        opened(write(tmp_path, content))
    assert caught.value.sentence.startswith("list.csv")


def test_a_bad_mapping_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    """What cannot be mapped is told with what can."""
    with pytest.raises(Problem, match="Known: phone, name, first_name"):
        open_list(tmp_path / "missing.csv", zoning=FewZones(), now=NOW, columns={"fone": "x"})


def test_nul_bytes_in_cells_do_no_harm(tmp_path: Path) -> None:
    """A list with a phone column is a list, even if its other cells are full of control bytes."""
    read = list(opened(write(tmp_path, b"phone,name\n2125550143,\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\n")).rows())
    assert isinstance(read[0], Contact)
    assert read[0].name == ""


def test_a_list_may_begin_with_many_blank_lines(tmp_path: Path) -> None:
    """However far below the top a list begins, it is found, and its lines are counted from the top."""
    read = list(opened(write(tmp_path, "\n" * 1000 + "phone\n" + "\n" * 1000 + "2125550143\n")).rows())
    assert [row.line for row in read] == [2002]


def test_a_row_that_spans_lines_counts_them(tmp_path: Path) -> None:
    """A rejected row is told by the line on which it starts, however many line breaks stand above it in cells."""
    read = list(opened(write(tmp_path, 'name,phone\n"a\nb\nc",2125550143\n"d\ne",nothing\nf,2125550144\n')).rows())
    assert [row.line for row in read] == [2, 5, 7]
    assert isinstance(read[1], RejectedRow)
    assert read[1].fault is RowFault.NOT_A_NUMBER


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Twenty thousand rows of few numbers, and a line of megabytes, take no more than a buffer."""
    rows = "".join(f"{number(i % 100)},{'name ' * 20}\n" for i in range(20_000))
    path = write(tmp_path, f"phone,name\n{rows}{'x' * 3_000_000}\n{number(7)},Ann\n")
    call_list = opened(path)
    tracemalloc.start()
    count = sum(1 for _ in call_list.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 20_002
    assert peak < 3_000_000


def test_zones_reach_the_contact(tmp_path: Path) -> None:
    """The zoning that was handed in decides, by the column that was found."""
    read = list(opened(write(tmp_path, "phone;time zone\n2125550143;America/Chicago\n2125550144;Chicgo\n")).rows())
    assert isinstance(read[0], Contact)
    assert read[0].zones == (CENTRAL, EASTERN)
    assert isinstance(read[1], RejectedRow)
    assert read[1].fault is RowFault.BAD_ZONE
