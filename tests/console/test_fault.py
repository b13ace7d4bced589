"""A fault of the console shows nobody's data."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.console.fault import fault_file, problem_of


def test_a_fault_becomes_a_sentence_and_a_file_without_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the message of the error nor a local variable gets out; the place does."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    try:
        number = "+12125550143"
        raise KeyError(number)
    except KeyError as error:
        problem = problem_of(error)
    written = fault_file().read_text("utf-8")
    assert str(fault_file()) in problem.sentence
    assert "KeyError" in written
    assert "test_fault.py:" in written
    assert "2125550143" not in written + problem.sentence


def test_a_state_folder_that_cannot_be_made_costs_only_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence comes all the same."""
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    assert "could not be written down" in problem_of(ValueError("x")).sentence
