"""Asking an engine to look a trunk over: who may, and what it knows that a server does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from dialconsole.clock import Clock
from dialconsole.control.local import LocalClient
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.finding import Finding, FindingKind
from dialconsole.model.request.trunks import CheckTrunk
from dialconsole.model.view import Role
from dialconsole.telephony import preflight
from kit.engine import MARIA, number, open_room, virtual


def test_fake_trunk(tmp_path: Path) -> None:
    """Fine, fake; also without a running engine, where nothing dials."""

    async def main() -> None:
        async with open_room(tmp_path, dialing=False) as room:
            check = await room.ask(CheckTrunk(name="main"))
            assert (check.trunk, check.backend) == ("main", "fake")
            assert [finding.kind for finding in check.findings] == [FindingKind.OK]

    virtual(main)


def test_who_may(tmp_path: Path) -> None:
    """It makes a room at a server, so an observer may not; an unknown trunk is told with those there are."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            observer = LocalClient(room.engine, structs.replace(MARIA, role=Role.OBSERVER))
            with pytest.raises(Problem, match="needs the role operator"):
                await observer.request(CheckTrunk(name="main"))
            with pytest.raises(Problem, match="there are: main"):
                await room.ask(CheckTrunk(name="backup"))

    virtual(main)


def test_longest_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest ring of the trunk's campaigns is measured, none if it has none, and keys are in the workspace."""
    asked: list[tuple[float, Path]] = []

    async def check_trunk(trunk: Trunk, *, clock: Clock, folder: Path, ring_timeout_s: float) -> tuple[Finding, ...]:
        asked.append((ring_timeout_s, folder))
        return ()

    monkeypatch.setattr(preflight, "check_trunk", check_trunk)

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(CheckTrunk(name="main"))
            await room.campaign([number(1)], name="spring", ring_timeout_s=20)
            await room.campaign([number(2)], name="summer", ring_timeout_s=45)
            await room.ask(CheckTrunk(name="main"))

    virtual(main)
    folder = tmp_path / "workspace"
    assert asked == [(0.0, folder), (45.0, folder)]
