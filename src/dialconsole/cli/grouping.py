"""A command of commands, whose help says each of them in a whole sentence."""

from __future__ import annotations

import click

_WHOLE = 1_000
"""Characters; no first sentence is as long."""


class Commands(click.Group):
    """click cuts a command's line off at 45 columns, with dots; this one wraps it, as the top level does."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, command.get_short_help_str(_WHOLE))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
