"""Where the parts of a workspace are, found without opening it.

A console only needs the socket, and a colleague with another account may read nothing else; and ``status`` should have
answered before TinyDB is imported.
"""

from __future__ import annotations

import os
from pathlib import Path

DOCUMENTS, LEDGER, REGISTRY, LOCK, SOCKET = "workspace.json", "ledger.db", "registry", "engine.lock", "control.sock"

_LONGEST_SOCKET = 100
"""Bytes of a socket's path in the workspace. Linux allows 107, other systems 103."""


def socket_path(workspace: Path) -> Path:
    """Where the engine answers: in the workspace, or in a shorter place if that path is too long for a socket.

    An engine started by the system and a console started by a person may see different runtime folders, so a socket
    that is there already goes before the order of preference.
    """
    places = _socket_places(workspace)
    return next((place for place in places if _is_socket(place)), places[0])


def default_workspace() -> Path:
    """``$DIALCONSOLE_WORKSPACE``, else ``dialconsole/default`` in the person's data folder (XDG base directories)."""
    if given := os.environ.get("DIALCONSOLE_WORKSPACE"):
        return Path(given).expanduser()
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "dialconsole" / "default"


def _socket_places(workspace: Path) -> list[Path]:
    inside = workspace / SOCKET
    if _fits(inside):
        return [inside]
    from hashlib import sha256  # hardly ever needed, and a millisecond of every start

    name = sha256(os.fsencode(workspace)).hexdigest()[:16] + ".sock"
    owner = workspace.stat().st_uid if workspace.exists() else os.getuid()
    places = [Path("/tmp") / f"dialconsole-{owner}" / name]
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        places.insert(0, Path(runtime) / "dialconsole" / name)
    return [place for place in places if _fits(place)] or places[-1:]


def _is_socket(place: Path) -> bool:
    try:
        return place.is_socket()
    except OSError:
        return False  # a folder that is not open to this account: whoever connects will say so


def _fits(place: Path) -> bool:
    return len(os.fsencode(place)) <= _LONGEST_SOCKET
