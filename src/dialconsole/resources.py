"""Where the files that come with the program are: themes, sample lists.

Both folders live at the top level of the repository. A wheel carries them inside the package; an editable install
has no such copy, so the second place to look is beside ``pyproject.toml``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """The folder ``themes`` or ``sample_lists`` of this installation. Raises ``FileNotFoundError`` if it has none."""
    package = Path(__file__).parent
    for candidate in (package / name, package.parent.parent / name):
        if candidate.is_dir() and (candidate.parent == package or _is_checkout(candidate.parent)):
            return candidate
    raise FileNotFoundError(f"this installation of dialconsole has no folder {name!r}; reinstall it")


def _is_checkout(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()
