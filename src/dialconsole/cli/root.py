"""The command ``dialconsole``: finds the command asked for, and turns what goes wrong into a sentence.

Commands are imported when they are called. Their one-line helps therefore stand here, so that ``--help`` imports none
of them (a test holds them to what the commands themselves say). Rejected: entry points and decorators that register
commands, which import everything to list anything.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import click

from dialconsole import __version__
from dialconsole.model.errors import Problem

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Run": {
        "demo": ("demo:demo", "Show the console on a fake trunk that calls a sample list."),
        "run": ("console:run", "Open the console; start the engine in the background if none runs."),
        "attach": ("console:attach", "Open the console on an engine that runs already."),
        "engine": ("engine:engine", "Run the engine in the foreground, for a service manager."),
        "stop": ("engine:stop", "Stop the engine after the calls in progress."),
        "status": ("status:status", "Show what the engine is doing now."),
        "call": ("call:call", "Place one test call, and tell each step as it happens."),
    },
    "Set up": {
        "trunk": ("trunk:trunk", "Trunks that calls go through."),
        "campaign": ("campaign:campaign", "Create campaigns, start, pause and change them."),
        "list": ("lists:lists", "Check and import call lists."),
        "limits": ("limits:limits", "How many calls at once, and how many a minute."),
        "dnc": ("dnc:dnc", "The do-not-call list."),
        "registry": ("registry:registry", "Do-not-call registries: national and states' lists."),
        "calendar": ("calendar:calendar", "Days on which a place is not called."),
        "operator": ("operator:operator", "Who may look at this engine, and who may act."),
        "themes": ("themes:themes", "Colours of the console."),
    },
    "Look": {
        "calls": ("calls:calls", "List calls, newest first, or show one step by step."),
        "doctor": ("doctor:doctor", "Look over installation, workspace and every trunk."),
        "explain": ("explain:explain", "Say whether a number may be called, and why."),
        "audit": ("audit:audit", "Show who changed what, and why."),
        "export": ("export:export", "Write attempts, contacts, evidence or rejected rows for other programs."),
        "simulate": ("simulate:simulate", "Dial lists on a clock that jumps: a day in seconds."),
    },
}
"""Section, command, ``module:attribute`` in this package, help in one line."""

_COMMANDS = {name: command for section in SECTIONS.values() for name, command in section.items()}

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it: 128 + SIGINT."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"dialconsole.cli.{module}"), attribute)
        gc.enable()
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            near = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _COMMANDS))
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name.ljust(width), text) for name, (_, text) in commands.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dialconsole", message="%(prog)s %(version)s")
def cli() -> None:
    """Outbound calling campaigns through LiveKit SIP, run and supervised from a terminal.

    Start with: dialconsole demo
    """


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; returns the exit code. 1 is a problem told on stderr, 2 a usage error."""
    try:
        code: Any = cli.main(args=list(arguments), prog_name="dialconsole", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except Problem as problem:
        click.echo(f"dialconsole: {problem.sentence}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has had enough (``| head``). Python would complain once more while flushing at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        click.echo(f"dialconsole: {what}{error.strerror or error}.", err=True)
        return 1
    except Exception as error:
        if os.environ.get("DIALCONSOLE_DEBUG"):
            raise
        click.echo(
            f"dialconsole: this should not have happened ({type(error).__name__}: {error}). Please report it with what "
            "the same command prints when DIALCONSOLE_DEBUG=1 is set.",
            err=True,
        )
        return 1
