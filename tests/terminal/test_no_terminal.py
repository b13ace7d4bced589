"""A console where there is nothing to see or to type on: refused with a sentence, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.terminal import SMALL, Tmux

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(60)]

REFUSED = r"dialconsole: The console needs a terminal"


def test_standard_error_in_a_file(tmux: Tmux, tmp_path: Path) -> None:
    """With ``2>log`` there would be nothing to see: the sentence is in the log, and the terminal is left alone."""
    pane = tmux.pane(SMALL)
    pane.run("dialconsole demo 2>log; echo code $?")
    pane.wait_for("^code 1$")
    assert "The console needs a terminal" in (tmp_path / "log").read_text()
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize("command", ["dialconsole demo | cat", "echo | dialconsole demo", "dialconsole demo >file"])
def test_pipes_and_files(tmux: Tmux, tmp_path: Path, command: str) -> None:
    """No keys to read, or no screen to draw on."""
    pane = tmux.pane(SMALL)
    pane.run(command)
    pane.wait_for(REFUSED)
    pane.wait_for_prompt()
    assert not list((tmp_path / "temporary").iterdir())
