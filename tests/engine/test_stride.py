"""Campaigns share a trunk by weight."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.engine.stride import Stride


def turns(stride: Stride, weights: dict[str, int], count: int) -> list[str]:
    order = []
    for _ in range(count):
        name = stride.next(weights)
        assert name is not None
        stride.served(name, weights[name])
        order.append(name)
    return order


def test_equal_weights_take_turns() -> None:
    """Two campaigns of weight 1 alternate."""
    stride = Stride()
    for name in ("a", "b"):
        stride.enter(name)
    assert turns(stride, {"a": 1, "b": 1}, 6) == ["a", "b"] * 3


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9), min_size=1), st.integers(1, 300))
def test_shares_follow_the_weights_at_every_moment(weights: dict[str, int], count: int) -> None:
    """Nobody is ever further than one round of turns from the exact share."""
    stride = Stride()
    for name in weights:
        stride.enter(name)
    seen = Counter(turns(stride, weights, count))
    total = sum(weights.values())
    for name, weight in weights.items():
        assert abs(seen[name] - count * weight / total) <= len(weights)


def test_who_comes_back_has_saved_nothing_up() -> None:
    """A campaign that had no work for a hundred turns does not then take a hundred turns in a row."""
    stride = Stride()
    stride.enter("busy")
    turns(stride, {"busy": 1}, 100)
    stride.enter("back")
    assert 4 <= Counter(turns(stride, {"busy": 1, "back": 1}, 10))["back"] <= 6


def test_nobody_wants_the_trunk() -> None:
    """Without campaigns there is no turn."""
    assert Stride().next([]) is None
