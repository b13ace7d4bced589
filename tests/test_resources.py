"""Themes and sample lists are found from a wheel and from an editable install."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dialconsole.resources import folder

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["themes", "sample_lists"])
def test_an_editable_install_finds_them_beside_pyproject(name: str) -> None:
    """There is no copy inside the package then."""
    assert folder(name) == ROOT / name


def test_a_folder_that_nobody_ships_is_said_to_be_missing() -> None:
    """With what to do."""
    with pytest.raises(FileNotFoundError, match="reinstall"):
        folder("nothing_of_the_kind")


@pytest.mark.timeout(120)
def test_a_wheel_carries_them_inside_the_package(tmp_path: Path) -> None:
    """Built, unpacked somewhere else, asked there."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("dialconsole-*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    ask = f"""
import sys; sys.path.insert(0, {str(site)!r})
from dialconsole.resources import folder
from dialconsole.console.themes import available_themes
from dialconsole.telephony.fake import scenarios
print(folder("themes"), folder("sample_lists"), sorted(p.name for p in folder("sample_lists").iterdir()))
assert available_themes() and scenarios()
"""
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(site / "dialconsole" / "themes") in done.stdout
    assert "clinic_reminders.csv" in done.stdout
    assert "hostile.csv" in done.stdout
