"""Change lists."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.registry.changes import ChangeMapping, Changes, mapping_from
from dialconsole.compliance.registry.sources import Block
from dialconsole.model.errors import Problem


def settled(text: str, mapping: ChangeMapping | None = None) -> tuple[list[int], list[int]]:
    changes = Changes(mapping or ChangeMapping())
    changes.read(Block(content=text.encode(), name="c.txt", first_line=1, read=0))
    to_set, to_clear = changes.settled()
    return to_set.tolist(), to_clear.tolist()


def test_additions_and_deletions_are_told_apart() -> None:
    """By the word in the third column, in any case; blank lines do not matter."""
    text = "201,5550100,A\n\n201,5550101,d\r\n201,5550102,Deleted\n"
    assert settled(text) == ([2_015_550_100], [2_015_550_101, 2_015_550_102])


def test_records_are_counted() -> None:
    """Additions and deletions of each block."""
    changes = Changes(ChangeMapping())
    assert changes.read(Block(b"201,5550100,A\n201,5550100,D\n201,5550101,D\n", "c", 1, 0)) == (1, 2)
    assert changes.read(Block(b"201,5550103,A\n", "c", 4, 0)) == (1, 0)
    assert len(changes) == 4


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(2_015_550_100, 2_015_550_105), st.booleans()), max_size=40))
def test_the_last_record_of_a_number_counts(records: list[tuple[int, bool]]) -> None:
    """As when each is applied in turn to a dict."""
    text = "".join(f"{n // 10**7},{n % 10**7:07},{'A' if added else 'D'}\n" for n, added in records)
    last = dict(records)
    to_set, to_clear = settled(text) if records else ([], [])
    assert to_set == sorted(n for n, added in last.items() if added)
    assert to_clear == sorted(n for n, added in last.items() if not added)


def test_columns_can_be_described() -> None:
    """The order of the items is a setting, and so are the words."""
    mapping = mapping_from("number=2, action=1, add=+|new, delete=-")
    assert mapping == ChangeMapping(number=(2,), action=1, additions=("+", "new"), deletions=("-",))
    text = "+,(201) 555-0100,2026-11-01\n-,201-555-0101,2026-11-02\nNEW,2015550102,x\n"
    assert settled(text, mapping) == ([2_015_550_100, 2_015_550_102], [2_015_550_101])


def test_what_is_left_out_keeps_its_default() -> None:
    """An empty description is the default."""
    assert mapping_from("") == ChangeMapping()
    assert mapping_from("number=2+3 action=1").number == (2, 3)


@pytest.mark.parametrize("text", ["number", "number=x", "column=1", "action=0", "number=0+1", "add=A delete=a", "add="])
def test_a_description_that_makes_no_sense_is_refused(text: str) -> None:
    """With an example of one that does."""
    with pytest.raises(Problem, match=r"number=1\+2 action=3 add=A delete=D"):
        mapping_from(text)


@pytest.mark.parametrize(
    "record", ["201,5550101", "201,5550101,X", "201,555010,A", "101,5550101,A", "A,201,5550101", "2015550101,A,x"]
)
def test_a_record_that_does_not_fit_refuses_the_file(record: str) -> None:
    """Taken the wrong way round, it would unlist those who have just registered. Line and columns are named."""
    with pytest.raises(Problem, match=r"line 2 is .* expected in column 1 and 2 and an action .* in column 3"):
        settled(f"201,5550100,A\n{record}\n")


def test_a_quotation_mark_that_is_never_closed_takes_no_record_along() -> None:
    """Not in a column that nobody reads either: who is swallowed there was to be listed, and would be called."""
    text = '201,5550100,A,"Ann\n201,5550101,A,\n201,5550102,D,"x"\n'
    assert settled(text) == ([2_015_550_100, 2_015_550_101], [2_015_550_102])


def test_a_record_that_is_endless_refuses_the_file() -> None:
    """With a sentence that names the line."""
    text = f"201,5550100,A\n201,5550101,A,{'x' * 200_000}\n"
    with pytest.raises(Problem, match="line 2"):
        settled(text)
