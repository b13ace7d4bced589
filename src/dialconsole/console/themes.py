"""Themes: found by name, put together from what they inherit, and made into what Textual understands.

TOML because Python reads it without a dependency, it has comments, and people know it from ``pyproject.toml``. A theme
is known by the name in the file: first those that come with the program, then the person's own, which win. Never from
the working directory: a console must not change its looks, or fail to start, because of where somebody stands.

Each role becomes three variables for style sheets: ``$state-ringing``, ``$state-ringing-background`` (``transparent``
when the role leaves it alone) and ``$state-ringing-style`` (``none``, ``bold`` ...).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from textual.theme import Theme

from dialconsole.console.roles import ROLES
from dialconsole.console.theme_file import Look, ThemeFile, read_theme_file
from dialconsole.model.errors import Problem
from dialconsole.resources import folder

DEFAULT_THEME = "dark"


def theme_folders() -> tuple[Path, ...]:
    """Where themes are looked for; a later folder wins by name."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return (folder("themes"), config / "dialconsole" / "themes")


def available_themes() -> dict[str, Path]:
    """Name and file of each theme, sorted. A file with faults is listed too, so that its author finds it."""
    return dict(sorted((name, file.path) for name, file in _found().items()))


def check_theme(path: str | Path) -> list[str]:
    """What is wrong with a theme file, as sentences; empty when it can be used."""
    return _chain(read_theme_file(Path(path)))[1]


def load_theme(name: str | Path) -> Theme:
    """The theme of this name, or in this file (a ``Path``, or text that has a slash or ends in ``.toml``).

    Raises ``Problem`` when there is none or it has faults: all of them, one a line.
    """
    chain, faults = _chain(_open(name))
    if faults:
        raise Problem("\n".join(faults), code="bad_theme")
    return _combined(chain)


def theme_variable_defaults() -> dict[str, str]:
    """Every variable our style sheets may use, for ``App.get_theme_variable_defaults``; without them an app in one of
    Textual's own themes would not start. They come from the installed ``dark``, whatever a person calls theirs."""
    return dict(_installed_default())


@cache
def _installed_default() -> Mapping[str, str]:
    """Read once: Textual asks for the defaults whenever it parses a style sheet."""
    return load_theme(folder("themes") / f"{DEFAULT_THEME}.toml").variables


def _open(name: str | Path) -> ThemeFile:
    if isinstance(name, Path) or "/" in name or name.endswith(".toml"):
        return read_theme_file(Path(name))
    found = _found()
    if name not in found:
        raise Problem(
            f"There is no theme {name!r}. There are: {', '.join(sorted(found))}; your own belong into "
            f"{theme_folders()[-1]}.",
            code="no_theme",
        )
    return found[name]


def _found() -> dict[str, ThemeFile]:
    return {file.name: file for file in _installed()}


def _installed() -> list[ThemeFile]:
    paths = (path for place in theme_folders() if place.is_dir() for path in sorted(place.glob("*.toml")))
    return [read_theme_file(path) for path in paths]


def _chain(file: ThemeFile) -> tuple[list[ThemeFile], list[str]]:
    """A theme and those it inherits from, the nearest first, with the faults of all of them.

    A file never inherits from itself but from the one it hides, so a person's ``dark`` may build on the installed one.
    """
    chain, faults = [file], list(file.faults)
    installed = _installed() if file.inherit else []
    while wanted := chain[-1].inherit:
        used = {link.path.resolve() for link in chain}
        parent = next((f for f in reversed(installed) if f.name == wanted and f.path.resolve() not in used), None)
        if parent is None:
            faults.append(_no_parent(chain, wanted))
            break
        chain.append(parent)
        faults.extend(parent.faults)
    return chain, faults


def _no_parent(chain: Sequence[ThemeFile], wanted: str) -> str:
    where = f"{chain[-1].path}: [theme] inherit"
    if any(link.name == wanted for link in chain):
        return f"{where}: {wanted!r} inherits from this theme in turn; take one of the two out."
    return f"{where}: there is no theme {wanted!r}; there are: {', '.join(sorted(_found()))}."


def _combined(chain: Sequence[ThemeFile]) -> Theme:
    """One theme of several files; what the nearest says holds."""
    colors: dict[str, str] = {}
    dark: bool | None = None
    looks: dict[str, Look] = {}
    for link in reversed(chain):
        colors.update(link.colors)
        looks.update(link.roles)
        dark = dark if link.dark is None else link.dark
    fields: dict[str, Any] = dict(colors)
    theme = Theme(name=chain[0].name, dark=dark is not False, **fields)
    theme.variables = _variables({**theme.to_color_system().generate(), **colors}, looks)
    return theme


def _variables(base: Mapping[str, str], looks: Mapping[str, Look]) -> dict[str, str]:
    """The variables of every role; one that the theme leaves out takes base colours."""
    variables: dict[str, str] = {}
    for name, role in ROLES.items():
        look = looks.get(name) or Look(base[role.base], base[role.on] if role.on else "", role.style)
        variables[name] = look.color
        variables[f"{name}-background"] = look.background or "transparent"
        variables[f"{name}-style"] = look.style or "none"
    return variables
