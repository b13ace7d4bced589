"""Writes ``sample_lists/`` anew, all but the hostile one: ``python tools/make_sample_lists.py [FOLDER]``.

The lists are committed; this script is how they came to be, and a test holds the two together. All people are
invented and all numbers are NPA-555-01xx, which is set aside for fiction in every area code. The last two digits 10
to 23 fix what the fake backend's callee does; the big lists hold only a handful of those, so that the scenario decides.

Addresses are the ZIP code and state of the number's own area, but for some people who moved and a few rows that were
mixed up. Days of consent lie before 2025, so that a day of any later year can be simulated.
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

ADDRESSES = {
    "202": ("DC", "20001 20009 20016"), "205": ("AL", "35203 35205 35222"),
    "206": ("WA", "98101 98118 98144"), "207": ("ME", "04101 04330 04401"), "208": ("ID", "83702 83704 83814"),
    "212": ("NY", "10001 10016 10025"), "213": ("CA", "90012 90017 90026"), "214": ("TX", "75201 75204 75219"),
    "215": ("PA", "19103 19125 19147"), "216": ("OH", "44106 44113 44120"), "303": ("CO", "80202 80205 80210"),
    "305": ("FL", "33101 33125 33139"), "307": ("WY", "82001 82601"), "312": ("IL", "60601 60607 60611"),
    "314": ("MO", "63101 63110 63118"), "360": ("WA", "98501 98660 98225"), "404": ("GA", "30303 30309 30312"),
    "405": ("OK", "73102 73106 73112"), "406": ("MT", "59601 59801 59715"), "412": ("PA", "15213 15222 15232"),
    "414": ("WI", "53202 53207 53212"), "415": ("CA", "94103 94110 94117"), "480": ("AZ", "85201 85251 85281"),
    "503": ("OR", "97201 97214 97219"), "504": ("LA", "70112 70118 70130"), "505": ("NM", "87102 87106 87501"),
    "512": ("TX", "78701 78704 78745"), "515": ("IA", "50309 50312 50010"), "520": ("AZ", "85701 85705 85719"),
    "602": ("AZ", "85003 85004 85016"), "612": ("MN", "55401 55408 55414"), "615": ("TN", "37203 37208 37211"),
    "617": ("MA", "02115 02134 02139"), "619": ("CA", "92101 92104 92113"), "702": ("NV", "89101 89104 89119"),
    "704": ("NC", "28202 28205 28209"), "713": ("TX", "77002 77006 77019"), "801": ("UT", "84101 84105 84111"),
    "808": ("HI", "96720 96813 96817"), "860": ("CT", "06103 06105 06106"), "907": ("AK", "99501 99503 99801"),
    "916": ("CA", "95814 95816 95820"), "919": ("NC", "27601 27605 27701"),
}  # fmt: skip
"""State and some ZIP codes of each area code."""

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


class Patients:
    """Address and consent of a clinic's patients, from a source of chance that numbers and names know nothing of."""

    def __init__(self) -> None:
        self._chance = random.Random("patients")

    def address(self, number: str, position: int) -> tuple[str, str]:
        """ZIP code and state. Now and then none, one of another state, or two that do not fit together."""
        chance = self._chance
        state, codes = ADDRESSES[number[:3]]
        code = chance.choice(codes.split())
        other_state, other_codes = ADDRESSES[chance.choice(sorted(ADDRESSES))]
        other = chance.choice(other_codes.split())
        match position % 60:
            case 7 | 37 if int(number[-2:]) not in FIXED:  # moved, and kept the number
                return other, other_state
            case 19:
                return "", ""
            case 29:
                return "", state
            case 44:
                return f"{code}-{chance.randrange(1000, 10_000)}", state
            case 53:  # two rows of the clinic's table were mixed up
                return code, other_state
        return (code.lstrip("0") if position % 4 == 0 else code), state  # as spreadsheets do with numbers

    def consent(self, number: str, position: int) -> tuple[str, str, str]:
        """Word, day and source. Numbers with a fixed outcome have consented, so that they show it."""
        chance = self._chance
        day = f"{chance.choice((2023, 2024))}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        written, oral = chance.choice(("intake form", "web form", "patient portal")), chance.choice(("phone", "desk"))
        if int(number[-2:]) in FIXED:
            return "written", day, written
        match position % 42:
            case 11:
                return "none", day, oral
            case 25:
                return "", "", ""
            case among if among % 6 == 4:
                return "oral", day, oral
        return "written", day, written


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
    """300 patients in every zone of the fifty states, most with their consent; a few numbers with a fixed outcome."""
    chance, patients = random.Random("clinic_reminders"), Patients()
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
    reminder = ("phone", "name", "appointment", "doctor", "language")
    rows: list[Sequence[str]] = [(*reminder, "zip", "state", "consent", "consent_date", "consent_source")]
    for position, number in enumerate(digits):
        name = IN_OWN_SCRIPT[position // 31] if position % 31 == 30 else next(names)
        day = chance.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
        hour, minute = chance.randrange(8, 17), chance.choice(("00", "15", "30", "45"))
        shape = f"({number[:3]}) {number[3:6]}-{number[6:]}"
        reminder = (shape, name, f"{day} {hour}:{minute}", chance.choice(doctors), chance.choice(LANGUAGES))
        rows.append((*reminder, *patients.address(number, position), *patients.consent(number, position)))
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
        month, day = chance.randrange(1, 10) + 5, chance.randrange(1, 29)
        bought = f"{2025 + month // 13}-{(month - 1) % 12 + 1:02}-{day:02}"
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


LISTS = {
    "clinic_reminders.csv": clinic_reminders,
    "survey_small.csv": survey_small,
    "arrears.csv": arrears,
    "numbers.csv": numbers,
}


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in LISTS.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "sample_lists")
