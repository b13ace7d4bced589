"""What only a real terminal shows. Real time passes in this folder: each wait is for a condition, with a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.terminal import Tmux, tmux_missing
from terminal.engines import Site, demonstration, prepare_spring


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A tmux server for this test; temporary files of what runs in it are below the test's own folder."""
    if missing := tmux_missing():
        pytest.skip(missing)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    server = Tmux(tmp_path, {"TMPDIR": str(temporary)})
    yield server
    server.end()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Site]:
    """A demonstration's engine."""
    with demonstration(tmp_path / "demo") as site:
        yield site


@pytest.fixture
def spring(tmp_path: Path) -> Iterator[Site]:
    """A workspace with a campaign that can dial now; whatever engine a test starts on it is ended."""
    site = prepare_spring(tmp_path / "spring")
    yield site
    site.end_engine()
