"""What every ``EngineClient`` must do, wherever its engine runs. Subclassed once for each implementation.

A subclass gives a fixture ``clients``: a function that makes another client of the engine behind the fixture ``port``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import pytest

from contracts.fake_port import ENGINE, FakePort, alert
from dialconsole.control.port import Delta, EngineClient, Link, Snapshot, Update
from dialconsole.model.campaign import Campaign, Limits
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import CreateCampaign, PauseAll, PauseCampaign, StartCampaign
from dialconsole.model.request.looking import GetStatus, StatusReport
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.view import Kind, Role, TrunkView

Clients = Callable[[], Awaitable[EngineClient]]
T = TypeVar("T")

TRUNK = TrunkView(
    name="main", backend="fake", scenario="basic", version=1, limits=Limits(), live=0, starts_60s=0, waiting=0
)


async def next_of(updates: AsyncIterator[Update], wanted: type[T]) -> T:
    """The next update of one type; others are passed over."""
    async for update in updates:
        if isinstance(update, wanted):
            return update
    raise AssertionError(f"the updates ended before a {wanted.__name__} came")


async def next_link(updates: AsyncIterator[Update], *, connected: bool) -> Link:
    """The next word of the link that says this."""
    async for update in updates:
        if isinstance(update, Link) and update.connected is connected:
            return update
    raise AssertionError("the updates ended before the link changed")


class EngineClientContract:
    async def test_hello(self, port: FakePort, clients: Clients) -> None:
        """Connecting tells the person who they are to the engine, and in which role."""
        client = await clients()
        welcome = await client.connect()
        assert (welcome.user, welcome.role) == ("maria", Role.ADMIN)
        assert welcome.client_id

    async def test_answer(self, port: FakePort, clients: Clients) -> None:
        """A request is answered with a struct of the type it promises, and the engine knows who asked."""
        client = await clients()
        report = await client.request(GetStatus())
        assert isinstance(report, StatusReport)
        assert report.engine == ENGINE
        [(request, caller)] = port.asked
        assert request == GetStatus()
        assert (caller.user, caller.role) == ("maria", Role.ADMIN)

    async def test_problem(self, port: FakePort, clients: Clients) -> None:
        """What the engine cannot do comes back as its own sentence and code."""
        client = await clients()
        with pytest.raises(Problem, match="There is no campaign called spring") as caught:
            await client.request(PauseCampaign(name="spring"))
        assert caught.value.code == "not_found"

    async def test_internal_fault(self, port: FakePort, clients: Clients) -> None:
        """A fault of the engine is told as a sentence, and the next request is answered as if nothing had been."""
        client = await clients()
        with pytest.raises(Problem, match="ZeroDivisionError") as caught:
            await client.request(PauseAll())
        assert caught.value.code == "internal"
        assert (await client.request(GetStatus())).engine == ENGINE

    async def test_invalid_request(self, port: FakePort, clients: Clients) -> None:
        """A request with a field that its type forbids never reaches the engine, and the field is named."""
        client = await clients()
        with pytest.raises(Problem, match=r"\$\.campaign\.name") as caught:
            await client.request(CreateCampaign(campaign=Campaign(name="Two Words", trunk="main")))
        assert caught.value.code == "invalid"
        assert port.asked == []

    async def test_role(self, port: FakePort, clients: Clients) -> None:
        """An observer may look and may not act."""
        port.role = Role.OBSERVER
        client = await clients()
        assert (await client.request(GetStatus())).engine == ENGINE
        with pytest.raises(Problem, match="observer") as caught:
            await client.request(PauseAll())
        assert caught.value.code == "forbidden"

    async def test_concurrent_requests(self, port: FakePort, clients: Clients) -> None:
        """A slow request does not hold up a later one."""
        client = await clients()
        await client.connect()
        port.gate.clear()
        slow = asyncio.create_task(client.request(StartCampaign(name="slow")))
        await port.entered.wait()
        assert (await client.request(GetStatus())).engine == ENGINE
        assert not slow.done()
        port.gate.set()
        assert (await slow).sentence == "slow runs now."

    async def test_snapshot_then_deltas(self, port: FakePort, clients: Clients) -> None:
        """Updates begin with a link and all rows, views as their own types; then come changes and removals."""
        port.set(Kind.TRUNK, "main", TRUNK)
        client = await clients()
        updates = client.updates()
        link = await next_of(updates, Link)
        assert link.connected
        snapshot = await next_of(updates, Snapshot)
        assert set(snapshot.rows) == {(Kind.ENGINE, "engine", ENGINE), (Kind.TRUNK, "main", TRUNK)}

        port.set(Kind.ALERT, "a1", alert("a1"))
        port.drop(Kind.TRUNK, "main")
        delta = await next_of(updates, Delta)
        assert delta.changed == ((Kind.ALERT, "a1", alert("a1")),)
        assert delta.removed == ((Kind.TRUNK, "main"),)
        await client.close()

    async def test_states_are_skipped(self, port: FakePort, clients: Clients) -> None:
        """A row that changed a hundred times since the last update is told once, as it is now."""
        client = await clients()
        updates = client.updates()
        await next_of(updates, Snapshot)
        for n in range(100):
            port.set(Kind.ALERT, "a1", alert("a1", f"version {n}"))
        delta = await next_of(updates, Delta)
        assert delta.changed == ((Kind.ALERT, "a1", alert("a1", "version 99")),)
        await client.close()

    async def test_change_by_another(self, port: FakePort, clients: Clients) -> None:
        """What one client changes, the other sees."""
        port.set(Kind.TRUNK, "main", TRUNK)
        maria, bo = await clients(), await clients()
        updates = bo.updates()
        await next_of(updates, Snapshot)
        limits = Limits(calls_per_minute=12)
        await maria.request(SetLimits(kind="trunk", name="main", limits=limits))
        delta = await next_of(updates, Delta)
        [(kind, id, view)] = delta.changed
        assert (kind, id) == (Kind.TRUNK, "main")
        assert isinstance(view, TrunkView)
        assert view.limits == limits
        await bo.close()

    async def test_close_ends_updates(self, port: FakePort, clients: Clients) -> None:
        """Closing a client ends its updates and takes its watch from the engine; requests are refused from then on."""
        client = await clients()
        updates = client.updates()
        await next_of(updates, Snapshot)
        await client.close()
        with pytest.raises(AssertionError, match="ended"):
            await next_of(updates, Delta)
        with pytest.raises(Problem) as caught:
            await client.request(GetStatus())
        assert caught.value.code == "disconnected"
