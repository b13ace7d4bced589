"""The sorted list of row ids under the live table."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.console.widgets.live_table.order import BULK, RowOrder

IDS = st.sampled_from([f"r{n}" for n in range(12)])
CHANGES = st.lists(st.tuples(IDS, st.one_of(st.none(), st.integers(0, 5))), max_size=30)


def order_of(keys: dict[str, int], *, reverse: bool = False) -> RowOrder:
    order = RowOrder()
    order.rebuild(keys.items(), reverse=reverse)
    return order


def test_rows_stand_in_the_order_of_their_keys() -> None:
    """Rows are sorted by key, equal keys by arrival, and found by index and by id."""
    order = order_of({"c": 2, "a": 1, "b": 1})
    assert order.ids() == ["a", "b", "c"]
    assert [order.at(n) for n in range(3)] == ["a", "b", "c"]
    assert [order.index(row) for row in ("a", "b", "c")] == [0, 1, 2]


def test_reverse_turns_everything_around() -> None:
    """A reversed order lists, indexes and slices from the other end, and stays so under changes."""
    order = order_of({"a": 1, "b": 2, "c": 3}, reverse=True)
    order.change([("d", 4)], ["b"])
    assert order.ids() == ["d", "c", "a"]
    assert order.ids(1, 9) == ["c", "a"]
    assert order.index("a") == 2
    assert order.at(0) == "d"


def test_a_row_with_its_old_key_does_not_move() -> None:
    """Placing a row where it is already reports that nothing moved."""
    order = order_of({"a": 1, "b": 2})
    assert not order.change([("a", 1)], ["unknown"])
    assert order.change([("a", 3)], [])
    assert order.ids() == ["b", "a"]


@given(st.lists(CHANGES, max_size=6), st.booleans())
@settings(max_examples=150, deadline=None)
def test_changes_end_where_sorting_anew_would(rounds: list[list[tuple[str, int | None]]], reverse: bool) -> None:
    """Whatever comes, moves and goes, the list is that of sorting all rows by key and arrival."""
    order = order_of({}, reverse=reverse)
    keys: dict[str, int] = {}
    arrivals: dict[str, int] = {}
    for turn, changes in enumerate(rounds):
        latest = dict(changes)
        placed = [(row, key) for row, key in latest.items() if key is not None]
        removed = [row for row, key in latest.items() if key is None]
        order.change(placed, removed)
        for row in removed:
            keys.pop(row, None)
            arrivals.pop(row, None)
        for place, (row, key) in enumerate(placed):
            keys[row] = key
            arrivals.setdefault(row, turn * 100 + place)
        wanted = sorted(keys, key=lambda row: (keys[row], arrivals[row]), reverse=reverse)
        assert order.ids() == wanted
        assert [order.index(row) for row in wanted] == list(range(len(wanted)))


def test_many_changes_at_once_end_as_one_by_one() -> None:
    """Above the bulk size the other way of sorting in gives the same list."""
    rows = {f"r{n}": n % 97 for n in range(3 * BULK)}
    moved = [(f"r{n}", (n * 31) % 89) for n in range(0, 3 * BULK, 2)]
    removed = [f"r{n}" for n in range(1, 3 * BULK, 6)]
    at_once, one_by_one = order_of(rows), order_of(rows)
    assert at_once.change(moved, removed)
    for row in removed:
        one_by_one.change([], [row])
    for change in moved:
        one_by_one.change([change], [])
    assert at_once.ids() == one_by_one.ids()
