"""What every test needs: a fixed environment, and time that does not pass."""

from __future__ import annotations

import os

import pytest

# Before anything imports Textual or reads the zone: snapshots and times must not depend on the machine.
os.environ.pop("NO_COLOR", None)
os.environ.pop("TEXTUAL_THEME", None)
os.environ["TZ"] = "UTC"
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["COLORTERM"] = "truecolor"


# Contract suites and kits are not test modules, but their assertions should explain themselves all the same.
pytest.register_assert_rewrite("contracts", "kit")


@pytest.fixture(autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the person's own configuration, or leaves a socket in their runtime folder."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
