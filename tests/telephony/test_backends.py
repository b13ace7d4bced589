"""From a trunk's settings to the backend that places its calls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dialconsole.clock import LoopClock, run_virtual, utc
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.telephony.backend import Backend
from dialconsole.telephony.backends import backend_names, make_backend
from dialconsole.telephony.fake import FakeBackend


def make(trunk: Trunk) -> Backend:
    async def main() -> Backend:
        return make_backend(trunk, seed=1, clock=LoopClock(utc(1_772_550_000)), folder=Path("/nowhere"))

    return run_virtual(main())


def test_fake_trunk() -> None:
    """A trunk with the backend ``fake`` gets one, with its scenario."""
    assert isinstance(make(Trunk("main", backend="fake", scenario="busy_evening")), FakeBackend)


def test_unknown_backend_is_a_sentence() -> None:
    """It names the trunk, the word that is wrong, the nearest and all that exist."""
    with pytest.raises(Problem) as caught:
        make(Trunk("main", backend="fkae"))
    assert caught.value.code == "unknown_backend"
    for part in ("'main'", "'fkae'", "Did you mean 'fake'?", *backend_names()):
        assert part in str(caught.value)


def test_unknown_scenario_is_a_sentence() -> None:
    """A trunk's wrong scenario is told when its backend is made, not at the first call."""
    with pytest.raises(Problem, match="did you mean 'basic'"):
        make(Trunk("main", scenario="basik"))


def test_backends_are_loaded_when_needed() -> None:
    """Knowing the names loads no backend."""
    program = (
        "import sys, dialconsole.telephony.backends\n"
        "print([m for m in sys.modules if m.startswith(('dialconsole.telephony.fake', 'livekit'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
