"""The script behind the table of area codes, and that the committed table is what it makes.

The whole of it runs in a process of its own: the geocoder's tables take 104 MB, which no other test should carry.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

SCRIPT = Path(__file__).parent.parent.parent / "tools" / "make_area_codes.py"
TABLE = SCRIPT.parent.parent / "src/dialconsole/compliance/places/data/area_codes.txt"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(SCRIPT.parent), *filter(None, sys.path)))
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path}
    )


def rows(table: Path) -> list[str]:
    return [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def test_the_script_makes_the_committed_table(tmp_path: Path) -> None:
    """An upgrade of phonenumbers that disagrees fails here: run the script again and look at what changed."""
    fresh = tmp_path / "area_codes.txt"
    done = run(str(SCRIPT), str(fresh))
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(fresh) == rows(TABLE), f"run {SCRIPT.name} again"
    assert "Date: 20" in fresh.read_text(encoding="utf-8")


def test_a_check_shows_what_differs(tmp_path: Path) -> None:
    """What would go and what would come, row by row; nothing is written."""
    stale = tmp_path / "area_codes.txt"
    text = TABLE.read_text(encoding="utf-8").replace("212 US-NY", "212 US-NJ")
    stale.write_text(text, encoding="utf-8")
    done = run(str(SCRIPT), "--check", str(stale))
    assert (done.returncode, done.stdout) == (1, "- 212 US-NJ America/New_York\n+ 212 US-NY America/New_York\n")
    assert stale.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("code", "zones"),
    [("689", {"America/New_York"}), ("474", {"America/Regina"}), ("879", {"America/Halifax", "America/St_Johns"})],
)
def test_each_patch_is_still_needed(code: str, zones: set[str]) -> None:
    """An upgrade of phonenumbers that mends a row makes its patch fail here, so that it can go."""
    assert set(TIMEZONE_DATA[f"1{code}"]) != zones


def test_the_patches_and_the_geocoders_words() -> None:
    """A new patch needs its line above; states are read from towns, from pairs, and from one that is misspelt."""
    done = run(
        "-c",
        "import make_area_codes as tool;"
        "print(sorted(patch.code for patch in tool.WRONG), all(patch.reason for patch in tool.WRONG + tool.MISSING));"
        "words = 'Houston, TX', 'Washington D.C.', 'Washington State', 'British Colombia', 'Nova Scotia/Quebec';"
        "print(*(','.join(sorted(tool.states_in(word))) for word in words));"
        "tool.states_in('Gotham, ZZ')",
    )
    assert done.stdout.splitlines() == ["['474', '689', '879'] True", "US-TX US-DC US-WA CA-BC CA-NS,CA-QC"]
    assert (done.returncode, done.stderr) == (1, "the geocoder says 'Gotham, ZZ', and 'ZZ' is no state in states.txt\n")
