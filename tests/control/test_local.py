"""The client in the engine's own process: the same contract."""

from __future__ import annotations

import pytest

from contracts.client import Clients, EngineClientContract
from contracts.fake_port import FakePort
from dialconsole.control.local import LocalClient
from dialconsole.control.port import EngineClient
from dialconsole.model.request.request import Caller
from dialconsole.model.view import Role


@pytest.fixture
async def clients(port: FakePort) -> Clients:
    async def make() -> EngineClient:
        return LocalClient(port, Caller(user="maria", uid=1000, pid=1, role=port.role or Role.OBSERVER), rate=0.01)

    return make


class TestLocalClient(EngineClientContract):
    """The contract without a wire."""
