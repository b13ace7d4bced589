"""Which rows one console has yet to be told of."""

from __future__ import annotations

from contracts.fake_port import ENGINE, FakePort, alert
from dialconsole.control.port import Delta
from dialconsole.control.subscription import Subscription
from dialconsole.model.view import Kind


def test_nothing_falls_between_snapshot_and_watch() -> None:
    """A row is in the snapshot or is told as a change: all keys are known and watched from the same instant."""
    port = FakePort()
    subscription = Subscription(port)
    port.set(Kind.ALERT, "late", alert("late"))
    assert subscription.keys == ((Kind.ENGINE, "engine"),)
    assert subscription.take(10) == Delta(changed=((Kind.ALERT, "late", alert("late")),))


def test_rows_that_went_before_the_snapshot_was_sent() -> None:
    """A row that goes while the snapshot is sent is left out of it and told as removed."""
    port = FakePort()
    subscription = Subscription(port)
    port.drop(Kind.ENGINE, "engine")
    assert list(subscription.views(subscription.keys)) == []
    assert subscription.take(10) == Delta(changed=(), removed=((Kind.ENGINE, "engine"),))


def test_take_is_first_in_first_out() -> None:
    """Rows that wait longest are taken first, so that no row is left behind by busier ones."""
    port = FakePort()
    subscription = Subscription(port)
    for id in ("a", "b", "a", "c"):
        port.set(Kind.ALERT, id, alert(id))
    assert [id for _, id, _ in subscription.take(2).changed] == ["a", "b"]
    port.set(Kind.ALERT, "a", alert("a"))
    assert [id for _, id, _ in subscription.take(2).changed] == ["c", "a"]
    assert len(subscription) == 0


def test_memory_is_bounded_by_rows() -> None:
    """A hundred thousand changes of one row are one waiting row."""
    port = FakePort()
    subscription = Subscription(port)
    for _ in range(100_000):
        port.set(Kind.ENGINE, "engine", ENGINE)
    assert len(subscription) == 1


async def test_close() -> None:
    """Closing takes the watch away and wakes whoever waits."""
    port = FakePort()
    subscription = Subscription(port)
    subscription.close()
    await subscription.changed()
    assert port.watchers == []
