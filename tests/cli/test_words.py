"""Small things that commands say: counts in the singular, what there is instead, what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import SAID, Shell
from dialconsole.cli.output import counted

NOON = "2026-03-03T17:00:00Z"


def test_an_empty_campaign_has_nothing_to_count_before_its_start(shell: Shell) -> None:
    """Its start says what is missing, and nothing of zero contacts."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "empty", *SAID)
    out = shell("campaign", "start", "empty", code=1)
    assert out == ""
    assert "has no contacts" in shell.err


def test_a_hold_without_a_time_names_none(spring: Shell) -> None:
    """No "until -"."""
    shown = spring("campaign", "show", "spring")
    assert "waits" in shown
    assert "until -" not in shown


def test_one_is_said_in_the_singular(spring: Shell, tmp_path: Path) -> None:
    """Of campaigns, trunks and lines."""
    assert counted(1, "line") == "1 line"
    assert counted(2_000, "line") == "2,000 lines"
    assert "1 campaign, 1 trunk" in spring("doctor")
    (tmp_path / "dnc.txt").write_text("+12125550143\nnobody\n", "utf-8")
    assert "1 line rejected" in spring("dnc", "import", str(tmp_path / "dnc.txt"))


def test_an_unknown_theme_names_those_there_are(shell: Shell) -> None:
    """As ``run --theme`` does; a path that is not there is still a file that cannot be read."""
    shell("themes", "check", "nosuch", code=1)
    assert "There is no theme 'nosuch'" in shell.err
    assert "dark" in shell.err
    assert "cannot be read" in shell("themes", "check", "./nosuch.toml", code=1)


def test_explain_takes_the_only_campaign(spring: Shell) -> None:
    """And says so on stderr; where there are two, somebody must say which."""
    answer = spring.json("explain", "415-555-0100", "--at", NOON)
    assert answer["campaign"] == "spring"
    assert "the only campaign here" in spring.err
    spring("campaign", "create", "summer", *SAID)
    assert spring.json("explain", "415-555-0100", "--at", NOON)["campaign"] is None
    assert spring.err == ""


@pytest.mark.parametrize(
    "group", ["campaign", "trunk", "list", "limits", "dnc", "registry", "calendar", "operator", "themes", "export"]
)
def test_commands_of_a_command_are_told_in_whole_sentences(shell: Shell, group: str) -> None:
    """Nothing is cut off with dots."""
    assert "..." not in shell(group, "--help").partition("Commands:")[2]


def test_a_limit_of_none_at_all_says_what_follows(spring: Shell) -> None:
    """0 starts none; any other number says nothing more."""
    assert "Nothing is dialed with that." in spring("limits", "set", "spring", "--calls-per-minute", "0")
    assert "Nothing is dialed" not in spring("limits", "set", "spring", "--calls-per-minute", "6")


def test_the_line_before_a_start_is_there_when_there_are_contacts(
    spring: Shell, write_list: Callable[[str], Path]
) -> None:
    """How many may be called, as ever."""
    assert "Of 2 contacts" in spring("campaign", "start", "spring")
