"""Starting an engine in the background: what is told when it does not come up."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.cli.background import BackgroundEngine
from dialconsole.model.errors import Problem


def test_last_words_are_its_own(tmp_path: Path) -> None:
    """The reason is the last line that this engine wrote, not what an earlier one left in the log."""
    log = tmp_path / "engine.log"
    log.write_text("the disk was full yesterday\n")
    engine = BackgroundEngine("dialconsole.cli", ["engine", "--no-such-option"], log)
    with pytest.raises(Problem, match="did not start: Error: No such option"):
        engine.wait_until_it_answers(tmp_path / "control.sock")
    assert log.read_text().startswith("the disk was full yesterday\n")


def test_nothing_said(tmp_path: Path) -> None:
    """An engine that ends without a word is told so."""
    engine = BackgroundEngine("keyword", [], tmp_path / "engine.log")
    with pytest.raises(Problem, match="it said nothing"):
        engine.wait_until_it_answers(tmp_path / "control.sock")


def test_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Without a place for its log no engine is started."""
    with pytest.raises(Problem, match="Nothing was started"):
        BackgroundEngine("keyword", [], tmp_path / "no" / "engine.log")
