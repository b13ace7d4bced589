"""Write docs/commands.md from the commands themselves; a test holds the two together.

python tools/make_command_docs.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from dialconsole.cli.root import SECTIONS, cli

TARGET = Path(__file__).parent.parent / "docs" / "commands.md"

INTRODUCTION = """\
# Commands

<!-- Made by tools/make_command_docs.py from the commands themselves. Change those, then run it again. -->

Everything the console can do, a command can do too. With an engine running on the workspace, commands go to it over its
socket; without one they open the workspace themselves, under its lock, and dial nothing.

`--workspace DIR` names the workspace; without it `$DIALCONSOLE_WORKSPACE` does, and without that it is your own.
Commands that print have `--json`; every time in JSON is UTC, ISO 8601. What goes wrong is a sentence on standard error
with exit code 1; a command line that cannot be understood has exit code 2.
"""

WIDTH = 100


def render() -> str:
    """The page."""
    parts = [INTRODUCTION]
    for section, commands in SECTIONS.items():
        parts.append(f"## {section}\n")
        for name in commands:
            parts.extend(_command(name))
    return "\n".join(parts)


def _command(name: str) -> Iterator[str]:
    with click.Context(cli, info_name="dialconsole", **cli.context_settings) as root:
        command = cli.get_command(root, name)
        assert command is not None
        for path, context in _leaves(command, name, root):
            yield f"### `{path}`\n\n```text\n{context.get_help()}\n```\n"


def _leaves(command: click.Command, name: str, parent: click.Context) -> Iterator[tuple[str, click.Context]]:
    """The command itself, then the commands of a group, each with a context that knows its full name."""
    with click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH) as context:
        yield context.command_path.removeprefix("dialconsole "), context
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None
                yield from _leaves(found, child, context)


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
