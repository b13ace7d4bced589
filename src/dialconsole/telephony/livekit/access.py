"""Where a LiveKit server is and the keys to it.

The keys come from the environment (``LIVEKIT_API_KEY``, ``LIVEKIT_API_SECRET``) or from a file that only its owner may
read, and they go nowhere but into the client: not into ``workspace.json``, a log, an error, the audit or ``--json``.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dialconsole.model.campaign import LiveKitSettings
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text

KEY_VARIABLE: Final = "LIVEKIT_API_KEY"
SECRET_VARIABLE: Final = "LIVEKIT_API_SECRET"

_LONGEST_FILE: Final = 65_536
"""Bytes read of a keys file; two lines need some hundred."""

_SCHEMES: Final = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


class Access:
    """A server's address and the keys to it. Never printed: ``repr`` hides the secret."""

    __slots__ = ("key", "secret", "url")

    def __init__(self, url: str, key: str, secret: str) -> None:
        self.url = url
        """``http://host:port`` or ``https://host[:port]``: what the server API is asked at."""
        self.key = key
        self.secret = secret

    def __repr__(self) -> str:
        return f"Access({self.url!r})"

    def __reduce__(self) -> str:
        raise TypeError("keys are not written anywhere")


def read_access(settings: LiveKitSettings, folder: Path) -> Access:
    """Address and keys of a trunk in the workspace ``folder``. Blocking (a small file). Raises ``Problem``."""
    url = server_url(settings.url)
    if settings.keys_file:
        key, secret = _from_file(_path_of(settings.keys_file, folder))
    else:
        key, secret = (os.environ.get(name, "").strip() for name in (KEY_VARIABLE, SECRET_VARIABLE))
        if not key or not secret:
            names = {KEY_VARIABLE: key, SECRET_VARIABLE: secret}
            missing = " and ".join(name for name, value in names.items() if not value)
            raise Problem(
                f"The keys to LiveKit are missing: {missing} is not set where the engine runs, and the trunk names no "
                "keys file. Set both, or write them into a file with mode 0600 and name it: "
                "dialconsole trunk set NAME livekit.keys_file=livekit.keys",
                code="no_keys",
            )
    return Access(url, key, secret)


def server_url(text: str) -> str:
    """The address of the server API for a LiveKit URL as people have it. Raises ``Problem``."""
    text = text.strip()
    if "@" in text or "?" in text:
        raise Problem(
            "The address of the LiveKit server holds more than a scheme, a host and a port; keys and passwords do not "
            "belong in it. Write it like wss://project.livekit.cloud and give the keys as docs/livekit.md says.",
            code="bad_url",
        )
    shown = safe_text(text) or "nothing"
    try:
        parts = urlsplit(text)
    except ValueError:
        raise Problem(f"{shown} is no address (a bracket is missing).", code="bad_url") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise Problem(
            f"{shown} is no address of a LiveKit server; write it like wss://project.livekit.cloud or "
            "http://127.0.0.1:7880.",
            code="bad_url",
        )
    if parts.path not in ("", "/") or parts.fragment:
        raise Problem(f"{shown} has more than a scheme, a host and a port; leave the rest out.", code="bad_url")
    try:
        port = parts.port
    except ValueError:
        raise Problem(f"{shown} has a port that is no number from 1 to 65535.", code="bad_url") from None
    try:
        parts.hostname.encode("idna")
    except UnicodeError:
        raise Problem(
            f"{shown} has an empty part in its name, or one longer than 63 characters, so no machine has it; compare "
            "it with the address that LiveKit shows.",
            code="bad_url",
        ) from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{_SCHEMES[parts.scheme]}://{host}" + (f":{port}" if port else "")


def _path_of(name: str, folder: Path) -> Path:
    """Relative to the workspace, or from a home. Raises ``Problem``: nobody has that home, no file has that name."""
    try:
        path = folder / Path(name).expanduser()
    except RuntimeError:
        raise Problem(f"The keys file {safe_text(name)} lies in the home of nobody here.", code="no_keys") from None
    if "\0" in name:
        raise Problem(f"The keys file {safe_text(name)} has a name that no file can have.", code="no_keys")
    return path


def _from_file(path: Path) -> tuple[str, str]:
    """Lines ``LIVEKIT_API_KEY=...`` and ``LIVEKIT_API_SECRET=...``, or ``key: secret`` as livekit-server has them."""
    try:
        # Not blocking, and one handle for all questions: a pipe would be waited for, and a path may change in between.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Problem(f"The keys file {safe_text(str(path))} is no file.", code="no_keys")
            _must_be_ours_alone(about, path)
            text = file.read(_LONGEST_FILE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Problem(f"The keys file {safe_text(str(path))} cannot be read ({why}).", code="no_keys") from None
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            found |= _key_in(line)
    if not found.get(KEY_VARIABLE) or not found.get(SECRET_VARIABLE):
        raise Problem(
            f"The keys file {safe_text(str(path))} lacks a key or a secret: it has lines {KEY_VARIABLE}=... and "
            f"{SECRET_VARIABLE}=..., or one line key: secret.",
            code="no_keys",
        )
    return found[KEY_VARIABLE], found[SECRET_VARIABLE]


def _must_be_ours_alone(about: os.stat_result, path: Path) -> None:
    shown = safe_text(str(path))
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise Problem(
            f"{shown} holds the keys to LiveKit and others may read it; nothing is dialed with it. "
            f"Mend it: chmod 600 {shown}",
            code="open_keys",
        )
    if about.st_uid not in (os.geteuid(), 0):
        raise Problem(
            f"{shown} holds the keys to LiveKit and belongs to another account; nothing is dialed with it. "
            "Give it to the account that runs the engine.",
            code="open_keys",
        )


def _key_in(line: str) -> dict[str, str]:
    """What one line of a keys file says; nothing if it says something else."""
    name, equals, value = line.partition("=")
    name = name.strip().removeprefix("export ").strip()
    if equals and name in (KEY_VARIABLE, SECRET_VARIABLE):
        return {name: _bare(value)}
    key, colon, secret = line.partition(":")
    if colon and _bare(secret) and "=" not in key:
        return {KEY_VARIABLE: _bare(key), SECRET_VARIABLE: _bare(secret)}
    return {}


def _bare(text: str) -> str:
    return text.strip().strip("\"'")
