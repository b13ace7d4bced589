"""The page of commands is made from the commands."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import click
import msgspec

from dialconsole.cli.root import cli
from dialconsole.model.campaign import LiveKitSettings
from telephony.livekit.test_preflight import EVERYTHING

ROOT = Path(__file__).parent.parent.parent


def test_page_is_up_to_date() -> None:
    """docs/commands.md is what tools/make_command_docs.py makes of the commands as they are now."""
    spec = importlib.util.spec_from_file_location("make_command_docs", ROOT / "tools" / "make_command_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert page == module.render(), "run: python tools/make_command_docs.py"


LIVEKIT = (ROOT / "docs" / "livekit.md").read_text("utf-8")


def section(title: str) -> str:
    return LIVEKIT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_livekit_settings_are_all_told() -> None:
    """The table of docs/livekit.md has every setting of a LiveKit trunk with its default, and no other."""
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\| ", section("Settings"), re.MULTILINE))
    words = {True: "true", False: "false"}
    expected = {
        name: words.get(value, f"{value:g}" if isinstance(value, float | int) else f"`{value}`" if value else "")
        for name, value in msgspec.to_builtins(LiveKitSettings()).items()
    }
    assert told == expected


def test_findings_are_all_told() -> None:
    """Each finding of ``trunk check`` is explained there."""
    assert [name for name in EVERYTHING if f"`{name}`" not in section("What trunk check asks")] == []


def test_livekit_links_lead_somewhere() -> None:
    """Links to other pages and to headings of this one."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", LIVEKIT):
        page, _, heading = target.partition("#")
        assert not page or (ROOT / "docs" / page).exists(), target
        assert not heading or re.search(rf"^#+ {heading}$", LIVEKIT, re.MULTILINE | re.IGNORECASE), target


def test_livekit_commands_exist() -> None:
    """Every command line of the page is one that can be typed: command and options are there."""
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", LIVEKIT, re.MULTILINE | re.DOTALL))
    lines = re.findall(r"^dialconsole .*(?:(?<=\\)\n.*)*", blocks, re.MULTILINE)
    assert lines
    for line in lines:
        words = shlex.split(line.replace("\\\n", " "), comments=True)[1:]
        command: click.Command = cli
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, line
            command = found
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, line
