"""``dialconsole themes``: colours of the console."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.grouping import Commands
from dialconsole.cli.options import json_option
from dialconsole.cli.output import print_json, print_table
from dialconsole.model.errors import Problem


@click.group(cls=Commands)
def themes() -> None:
    """Colours of the console."""


@themes.command("list")
@json_option
def list_themes(as_json: bool) -> None:
    """List the themes there are.

    Choose one: dialconsole run --theme NAME
    """
    from dialconsole.console.themes import available_themes, check_theme

    found = [(name, path, check_theme(path)) for name, path in available_themes().items()]
    if as_json:
        print_json([{"name": name, "path": str(path), "faults": faults} for name, path, faults in found])
        return
    print_table(
        ("THEME", "USABLE", "FILE"),
        [(name, "no" if faults else "yes", path) for name, path, faults in found],
        empty="No themes.",
    )


def _theme_file(name: str, known: dict[str, Path]) -> Path:
    """Of a theme by name, or a file. Raises ``Problem`` if a word is neither."""
    path = Path(name)
    if name not in known and len(path.parts) == 1 and not path.suffix and not path.exists():
        raise Problem(f"There is no theme {name!r}, nor a file. There are: {', '.join(known)}.", code="no_theme")
    return known.get(name, path)


@themes.command()
@click.argument("theme", nargs=-1)
@json_option
def check(theme: tuple[str, ...], as_json: bool) -> None:
    """Check theme files, or themes by name; all there are if none is given. Exit code 1 if one has faults."""
    from dialconsole.console.themes import available_themes, check_theme

    known = available_themes()
    wanted = [_theme_file(name, known) for name in theme] or list(known.values())
    faults = {str(path): check_theme(path) for path in wanted}
    if as_json:
        print_json(faults)
    for path, sentences in faults.items():
        if not as_json:
            click.echo("\n".join(sentences) if sentences else f"{path}: good")
    if any(faults.values()):
        raise Problem("Some of these themes have faults; they cannot be used until they are mended.", code="bad_theme")
