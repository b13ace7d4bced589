"""The operator's time zone, as an IANA name: what the machine is set to."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LINK = Path("/etc/localtime")
_NAME = Path("/etc/timezone")


def local_zone() -> str:
    """From ``TZ``, the link ``/etc/localtime`` or ``/etc/timezone``; ``UTC`` if none of them names a zone."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    try:
        target = str(_LINK.resolve(strict=True))
        candidates.append(target.partition("zoneinfo/")[2])
        candidates.append(_NAME.read_text("utf-8").strip())
    except OSError:
        pass
    return next((name for name in candidates if name and _exists(name)), "UTC")


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
