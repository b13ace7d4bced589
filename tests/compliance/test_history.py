"""Calls of the last days, per number, against a plain list of all of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.rules.row import MOST_CALLS

DAY_S = 86_400.0


def test_calls_in_the_order_they_were_made() -> None:
    """All campaigns note here, so all are counted."""
    history = CallHistory()
    history.note(1, 100.0)
    history.note(1, 200.0)
    history.note(2, 150.0)
    assert history.calls(1) == (100.0, 200.0)
    assert history.calls(3) == ()
    assert history.conversation(1) is None


def test_a_call_that_never_rang_is_taken_back() -> None:
    """The calls before it count again; forgetting an unknown number does nothing."""
    history = CallHistory()
    history.note(1, 100.0)
    history.note(1, 200.0)
    history.forget(1)
    assert history.calls(1) == (100.0,)
    history.forget(1)
    assert history.calls(1) == ()
    history.forget(1)
    assert len(history) == 0


def test_a_call_counts_from_when_it_was_placed() -> None:
    """It is claimed before, and may wait; what is not known, or was taken back, is not made up."""
    history = CallHistory()
    history.note(1, 100.0)
    history.note(1, 200.0)
    history.placed(1, 200.0, 260.0)
    assert history.calls(1) == (100.0, 260.0)
    history.placed(1, 150.0, 170.0)
    history.placed(2, 100.0, 170.0)
    assert (history.calls(1), history.calls(2)) == ((100.0, 260.0), ())


def test_the_latest_conversation_counts() -> None:
    """Also of a call that was placed before this engine came up, and whatever the order they become known in."""
    history = CallHistory()
    history.note(1, 100.0)
    history.answered(1, 100.0)
    history.note(1, 200.0)
    history.answered(1, 200.0)
    history.answered(1, 100.0)
    history.answered(2, 50.0)
    assert history.conversation(1) == 200.0
    assert (history.calls(2), history.conversation(2)) == ((50.0,), 50.0)


def test_an_answer_counts_until_it_is_known_to_be_a_machines() -> None:
    """Told twice it is one; taken back, the conversation before it counts again, and another one's is not touched."""
    history = CallHistory()
    for at in (100.0, 200.0, 200.0):
        history.answered(1, at)
    history.nobody(1, 150.0)
    assert history.conversation(1) == 200.0
    history.nobody(1, 200.0)
    assert history.conversation(1) == 100.0
    history.nobody(1, 100.0)
    history.nobody(2, 100.0)
    assert history.conversation(1) is None


def test_an_answer_is_remembered_as_long_as_it_binds() -> None:
    """Also where minutes passed between the claim and the answer."""
    history = CallHistory(keep_s=7 * DAY_S)
    history.note(1, 0.0)
    history.answered(1, 600.0)
    history.note(2, 7 * DAY_S + 599.0)
    assert history.conversation(1) == 600.0
    history.note(2, 7 * DAY_S + 601.0)
    assert history.conversation(1) is None


def test_loading_replaces_all() -> None:
    """At the start, in any order; or again with a longer memory."""
    history = CallHistory()
    history.note(9, 1.0)
    history.load([(1, 200.0, None), (2, 150.0, 150.0), (1, 100.0, 130.0)], keep_s=30 * DAY_S)
    assert history.calls(1) == (100.0, 200.0)
    assert history.conversation(1) == 130.0
    assert history.calls(9) == ()
    assert history.keep_s == 30 * DAY_S


def test_a_longer_memory_keeps_what_it_was_not_told() -> None:
    """What the ledger knows and what it does not know yet; a call that both know is one, whatever its last digits."""
    history = CallHistory(keep_s=DAY_S)
    history.note(1, 200.0000001)
    history.note(2, 300.0)
    history.answered(2, 310.0)
    history.extend([(1, 100.0, 110.0), (1, 200.0, None), (3, 250.0, None)], keep_s=30 * DAY_S)
    assert (history.calls(1), history.conversation(1)) == ((100.0, 200.0), 110.0)
    assert (history.calls(2), history.conversation(2)) == ((300.0,), 310.0)
    assert (history.calls(3), history.keep_s) == ((250.0,), 30 * DAY_S)


def test_old_numbers_are_forgotten() -> None:
    """So that a year of calling does not fill the memory; conversations too."""
    history = CallHistory(keep_s=7 * DAY_S)
    for day in range(100):
        history.note(day, day * DAY_S)
        history.answered(day, day * DAY_S)
    assert len(history) == 8
    assert len(history._conversations) == 8


def test_a_number_called_for_ever_stays_small() -> None:
    """More calls than any cap may count are not kept."""
    history = CallHistory()
    for n in range(1000):
        history.note(1, float(n))
    assert len(history.calls(1)) == MOST_CALLS
    assert history.calls(1)[-1] == 999.0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ncf"), st.integers(1, 4), st.floats(0.0, 3.0)), max_size=60))
def test_nothing_younger_than_the_memory_is_lost(steps: list[tuple[str, int, float]]) -> None:
    """Whatever is noted, answered and taken back: every call of the last days is there."""
    history, model, now = CallHistory(keep_s=7 * DAY_S), list[tuple[int, float]](), 0.0
    for what, number, days in steps:
        now += days * DAY_S
        mine = [call for call in model if call[0] == number]
        if what == "n":
            history.note(number, now)
            model.append((number, now))
        elif what == "c" and mine:
            history.answered(number, mine[-1][1])
        elif what == "f" and mine and mine[-1][1] > now - 7 * DAY_S:
            history.forget(number)
            model.remove(mine[-1])
    for number in range(1, 5):
        young = [at for n, at in model if n == number and at > now - 7 * DAY_S]
        assert [at for at in history.calls(number) if at > now - 7 * DAY_S] == young
