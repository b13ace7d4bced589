"""The console's store: what it knows, what changed, and what time it is at the engine."""

from __future__ import annotations

import pytest

from console.fake_engine import NOW, HandClock, call, engine_view
from dialconsole.console.store import Store
from dialconsole.control.port import Delta, Link, Snapshot, Welcome
from dialconsole.model.outcome import CallPhase
from dialconsole.model.view import AlertView, CallView, Kind, PresenceView, Role


def a_call(id: str = "a") -> CallView:
    return call(id, "+12125550143", "Ana", CallPhase.RINGING, 3)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(clock: HandClock) -> Store:
    """Connected as ``me``, with a snapshot of one call, nothing left to paint."""
    store = Store(clock)
    store.welcome(Welcome("ann", Role.OPERATOR, "me", "0.1.0"))
    store.apply(Link(connected=True))
    store.apply(Snapshot(((Kind.ENGINE, "engine", engine_view()), (Kind.CALL, "a", a_call()))))
    store.take_changes()
    return store


def test_a_snapshot_replaces_everything(store: Store) -> None:
    """What is not in it is gone, and all must be painted anew."""
    store.apply(Snapshot(((Kind.CALL, "b", a_call("b")),)))
    assert set(store.calls) == {"b"}
    assert store.engine is None
    assert store.take_changes().replaced


def test_a_delta_marks_what_it_changed_and_removed(store: Store) -> None:
    """Ids, once each, until they are taken."""
    store.apply(Delta(((Kind.CALL, "b", a_call("b")), (Kind.CALL, "b", a_call("b"))), ((Kind.CALL, "a"),)))
    changes = store.take_changes()
    assert changes.ids[Kind.CALL] == {"a", "b"}
    assert changes.touch(Kind.CALL) and not changes.touch(Kind.CAMPAIGN)
    assert not store.take_changes()


def test_removing_what_is_not_there_changes_nothing(store: Store) -> None:
    """A removal that comes twice paints nothing."""
    store.apply(Delta((), ((Kind.CALL, "nobody"),)))
    assert not store.take_changes()


def test_the_engines_clock_counts_on_at_its_own_rate(store: Store, clock: HandClock) -> None:
    """Ten engine seconds in each real one, from the last word on."""
    clock.forward(2)
    assert store.now() == NOW + 20
    store.apply(Delta(((Kind.ENGINE, "engine", engine_view(now=NOW + 100, rate=1.0)),)))
    clock.forward(2)
    assert store.now() == NOW + 102


def test_the_engines_clock_never_goes_back(store: Store, clock: HandClock) -> None:
    """A word that was a tenth of a second on its way is a second old at ten times the pace; we wait for it instead."""
    clock.forward(2)
    assert store.now() == NOW + 20
    store.apply(Delta(((Kind.ENGINE, "engine", engine_view(now=NOW + 19)),)))
    assert store.now() == NOW + 20
    clock.forward(0.1)
    assert store.now() == NOW + 20
    clock.forward(0.1)
    assert store.now() == NOW + 21


def test_another_engine_brings_its_own_clock(store: Store, clock: HandClock) -> None:
    """One that was started anew may well be behind the one before."""
    clock.forward(2)
    assert store.now() == NOW + 20
    store.apply(Snapshot(((Kind.ENGINE, "engine", engine_view(now=NOW, pid=77)),)))
    assert store.now() == NOW


def test_without_an_engine_its_clock_stands_still_and_the_data_ages(store: Store, clock: HandClock) -> None:
    """Times that run on would look alive."""
    clock.forward(1)
    store.apply(Link(connected=False, sentence="gone"))
    clock.forward(14)
    assert store.now() == NOW + 10
    assert store.age_s() == 15
    assert not store.connected
    store.apply(Link(connected=True))
    assert store.age_s() == 0


def test_a_link_that_measures_its_latency_is_word_from_the_engine(store: Store, clock: HandClock) -> None:
    """An idle engine is not a silent one."""
    clock.forward(5)
    store.apply(Link(connected=True, latency_s=0.004))
    assert store.age_s() == 0
    assert store.take_changes().link


def test_others_are_those_who_are_not_us(store: Store) -> None:
    """Longest attached first."""
    people = [PresenceView(id, id, Role.OBSERVER, since) for id, since in (("me", 1.0), ("late", 9.0), ("early", 2.0))]
    store.apply(Delta(tuple((Kind.PRESENCE, p.id, p) for p in people)))
    assert [p.id for p in store.others] == ["early", "late"]


def test_a_new_role_in_our_presence_row_is_ours(store: Store) -> None:
    """Granted or taken while attached; the screen is told."""
    assert store.role.covers(Role.OPERATOR)
    store.apply(Delta(((Kind.PRESENCE, "me", PresenceView("me", "ann", Role.OBSERVER, 0.0)),)))
    assert not store.role.covers(Role.OPERATOR)
    assert store.take_changes().link


def test_the_newest_alert_is_the_latest_in_time(store: Store) -> None:
    """Not the one that came last."""
    alerts = [AlertView("x", 20.0, "info", "new"), AlertView("y", 10.0, "info", "old")]
    store.apply(Delta(tuple((Kind.ALERT, a.id, a) for a in alerts)))
    assert store.newest_alert is alerts[0]
