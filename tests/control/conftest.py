"""An engine's control server on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.fake_port import FakePort
from control.sockets import make_server
from dialconsole.control.server import ControlServer


@pytest.fixture
async def port() -> FakePort:
    return FakePort()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "control.sock"


@pytest.fixture
async def server(port: FakePort, path: Path) -> AsyncIterator[ControlServer]:
    server = make_server(port, path)
    await server.start()
    yield server
    await server.close()
