"""Whose a workspace is: the account that has its folder."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def user_name(uid: int) -> str:
    """An account's name, or its number if it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def foreign_owner(folder: Path) -> str | None:
    """The name of whoever owns a folder if that is not this process; ``None`` if it is, or nobody can say."""
    try:
        owner = folder.stat().st_uid
    except OSError:
        return None
    return None if owner == os.getuid() else user_name(owner)
