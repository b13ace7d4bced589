"""Which backend a trunk's name for it means.

Backends are imported when the first trunk asks for them: a machine without LiveKit's libraries runs a demo, and an
engine that dials for real never loads the fake one.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Final, Protocol

from dialconsole.clock import Clock
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.text import safe_text
from dialconsole.telephony.backend import Backend


class BackendMaker(Protocol):
    def __call__(self, trunk: Trunk, *, seed: int, clock: Clock, folder: Path) -> Backend: ...


def _fake(trunk: Trunk, *, seed: int, clock: Clock, folder: Path) -> Backend:
    from dialconsole.telephony.fake import FakeBackend, load_scenario

    return FakeBackend(load_scenario(trunk.scenario), seed=seed, clock=clock)


def _livekit(trunk: Trunk, *, seed: int, clock: Clock, folder: Path) -> Backend:
    from dialconsole.telephony.livekit.backend import make_livekit_backend

    return make_livekit_backend(trunk, folder, clock)


_MAKERS: Final[dict[str, BackendMaker]] = {"fake": _fake, "livekit": _livekit}


def backend_names() -> list[str]:
    """What ``Trunk.backend`` may say."""
    return sorted(_MAKERS)


def make_backend(trunk: Trunk, *, seed: int, clock: Clock, folder: Path) -> Backend:
    """The backend that places the calls of ``trunk``; call it inside the running event loop.

    ``seed`` is for backends that simulate; in ``folder``, the workspace, are the keys of those that dial.
    Raises ``Problem``: no such backend, or its settings are wrong.
    """
    maker = _MAKERS.get(trunk.backend)
    if maker is None:
        names = backend_names()
        close = difflib.get_close_matches(trunk.backend, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise Problem(
            f"Trunk {safe_text(trunk.name)!r} wants its calls placed by {safe_text(trunk.backend)!r}, which does "
            f"not exist; it can place none.{hint} Set its backend to one of: {', '.join(names)}.",
            code="unknown_backend",
        )
    return maker(trunk, seed=seed, clock=clock, folder=folder)
