"""Reasons that forbid every call."""

from __future__ import annotations

from dialconsole.engine.brake import Brake


def test_it_holds_as_long_as_one_reason_is_left() -> None:
    """Each reason is taken away by whoever put it there; the oldest is the one people read."""
    changes: list[bool] = []
    brake = Brake(lambda: changes.append(brake.on))
    assert brake.sentence == ""
    assert brake.pull("disk", "The disk is full.")
    assert not brake.pull("disk", "The disk is still full.")
    assert brake.pull("clock", "The clock jumped.")
    assert brake.sentence == "The disk is still full."
    assert brake.release("disk")
    assert brake.sentence == "The clock jumped."
    assert brake.release("clock")
    assert not brake.release("clock")
    assert brake.sentence == ""
    assert changes == [True, True, True, True, False]
