"""Updates that wait for a console are one state, however many there were."""

from __future__ import annotations

from contracts.fake_port import alert
from dialconsole.control.inbox import Inbox
from dialconsole.control.port import Delta, Link, Snapshot
from dialconsole.model.view import Kind

A, B = (Kind.ALERT, "a"), (Kind.ALERT, "b")


def changed(*rows: tuple[tuple[Kind, str], str]) -> Delta:
    return Delta(changed=tuple((kind, id, alert(id, text)) for (kind, id), text in rows))


async def test_deltas_merge() -> None:
    """Several deltas become one: the newest state of each row, and a row that went is only removed."""
    inbox = Inbox()
    inbox.put(changed((A, "one"), (B, "one")))
    inbox.put(changed((A, "two")))
    inbox.put(Delta(changed=(), removed=(B,)))
    assert await inbox.take() == [Delta(changed=((*A, alert("a", "two")),), removed=(B,))]


async def test_a_row_that_comes_back() -> None:
    """A row that went and came back is changed, not removed."""
    inbox = Inbox()
    inbox.put(Delta(changed=(), removed=(A,)))
    inbox.put(changed((A, "again")))
    assert await inbox.take() == [changed((A, "again"))]


async def test_deltas_go_into_a_waiting_snapshot() -> None:
    """Changes after a snapshot that was not taken yet make it newer; what came before it is forgotten."""
    inbox = Inbox()
    inbox.put(changed((B, "old")))
    inbox.put(Snapshot(rows=((*A, alert("a", "one")), (*B, alert("b", "one")))))
    inbox.put(Delta(changed=((*A, alert("a", "two")),), removed=(B,)))
    assert await inbox.take() == [Snapshot(rows=((*A, alert("a", "two")),))]


async def test_order_of_link_and_rows() -> None:
    """A link gained is told before its rows, a link lost after the rows it still brought."""
    inbox = Inbox()
    inbox.put(Link(connected=True))
    inbox.put(Snapshot(rows=()))
    assert await inbox.take() == [Link(connected=True), Snapshot(rows=())]
    inbox.put(changed((A, "last words")))
    inbox.put(Link(connected=False, sentence="gone"))
    assert await inbox.take() == [changed((A, "last words")), Link(connected=False, sentence="gone")]


async def test_end() -> None:
    """After the end, taking returns at once with nothing."""
    inbox = Inbox()
    inbox.put(Snapshot(rows=()))
    inbox.end()
    assert await inbox.take() == [Snapshot(rows=())]
    assert await inbox.take() == []
