"""Finding the header and the phone column in the first records of a list.

The header is the first row that names a phone column; title lines above it are skipped and said to be. A list without
such a row is read by content: the column whose cells are mostly phone numbers. Then the first row is a header exactly
if its own cell in that column is no number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import takewhile

from dialconsole.lists.columns import (
    ColumnRole,
    Header,
    Layout,
    column_places,
    is_abbreviation,
    is_vague,
    listed,
    mapped_roles,
    may_be_states,
    names_a_phone,
    other_roles,
    phone_candidates,
    stop_columns,
    unique_names,
)
from dialconsole.lists.fault import quoted
from dialconsole.lists.header import squeeze
from dialconsole.lists.numbers import NumberReader
from dialconsole.lists.records import Record
from dialconsole.lists.watched import speaks_of, unclear_columns
from dialconsole.model.errors import Problem

HEADER_WITHIN = 10
"""Records among which the header is looked for."""

ENOUGH = 0.5
"""Share of the filled cells of a column that must be numbers (or states), where only content says that it is theirs."""


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a record holds nothing at all; spreadsheets write ``,,,`` below a table."""
    return not any(map(str.strip, cells))


def find_layout(
    sample: Sequence[Record], numbers: NumberReader, columns: Mapping[str, str], ignored: Collection[str] = ()
) -> Layout:
    """The layout of a list that begins with ``sample``. Raises ``Problem`` without a phone column or without rows.

    ``ignored``: names of columns of which somebody says that they mean nothing; they stay variables.
    """
    filled = [record for record in sample if not is_blank(record.cells)]
    header, notes = _find_header(filled, numbers, columns)
    rows = [record.cells for record in filled if record.line >= header.data_from]
    roles = mapped_roles(header.names, columns)
    nothing = column_places(header.names, ignored)
    named = ["" if i in nothing else name for i, name in enumerate(header.names)]
    if ColumnRole.PHONE not in roles:
        phone, more = _choose_phone(named, rows, numbers)
        roles[ColumnRole.PHONE] = phone
        notes += more
    if not rows:
        raise Problem(
            f"The list has a header ({listed(header.names, 4)}) and no rows, so there is nobody to call.",
            code="list_empty",
        )
    roles = _with_state(named, rows, other_roles(named, roles))
    stops = stop_columns(named, roles)
    return Layout(
        header.names,
        header.data_from,
        roles,
        (*notes, *_role_notes(header.names, roles, stops), *_ignored_note(header.names, nothing)),
        stops,
        unclear_columns(named, {*roles.values(), *stops}),
    )


def _find_header(
    filled: Sequence[Record], numbers: NumberReader, columns: Mapping[str, str]
) -> tuple[Header, tuple[str, ...]]:
    wanted = {squeeze(column) for column in columns.values()}
    above_numbers = list(takewhile(lambda r: not _has_number(r, numbers), filled[:HEADER_WITHIN]))
    for speaks in (lambda r: _names_a_column(r, wanted), _speaks_of_a_phone):
        for position, record in enumerate(above_numbers):
            if speaks(record):
                return _header(record), _skipped(position, record)
    first = filled[0]
    width = max(len(record.cells) for record in filled)
    column = _by_content(width, [record.cells for record in filled], numbers)
    if column is None or column >= len(first.cells) or not _is_data(first.cells[column], numbers):
        return _header(first), ()
    names = unique_names([""] * width)
    return Header(names, first.line), ("The list has no header; its columns are called “column 1” and so on.",)


def _has_number(record: Record, numbers: NumberReader) -> bool:
    return any(numbers.is_number(cell) for cell in record.cells)


def _names_a_column(record: Record, wanted: Collection[str]) -> bool:
    return any(names_a_phone(cell) or squeeze(cell) in wanted for cell in record.cells if cell.strip())


def _speaks_of_a_phone(record: Record) -> bool:
    """As "Home phone (evening)" does. A lone cell may be a title: "Phone campaign, October"."""
    return len(record.cells) > 1 and bool(phone_candidates(record.cells))


def _header(record: Record) -> Header:
    return Header(unique_names(record.cells), record.line + 1)


def _skipped(above: int, header: Record) -> tuple[str, ...]:
    if not above:
        return ()
    return (f"The header was found on line {header.line}; what stands above it is not read as rows.",)


def _is_data(cell: str, numbers: NumberReader) -> bool:
    """Whether a cell of the phone column is a number, or at least digits without a letter, as no title is."""
    return numbers.is_number(cell) or (any(c.isdigit() for c in cell) and not any(c.isalpha() for c in cell))


def _choose_phone(
    names: Sequence[str], rows: Sequence[Sequence[str]], numbers: NumberReader
) -> tuple[int, tuple[str, ...]]:
    """The phone column, and what to say about the choice.

    A column named like one is taken although its numbers may all be bad: the fax column beside it is no second best.
    Among several, those that hold any number go first. Only vague names ("number") give way to content.
    """
    named = phone_candidates(names)
    holding = [i for i in named if _share(i, rows, numbers.is_number) > 0]
    by_content = None if holding else _by_content(len(names), rows, numbers, _of_wishes(names))
    if by_content is not None and all(is_vague(names[i]) for i in named):
        return by_content, (
            f"No column is named like a phone column; {quoted(names[by_content])} was taken, by its content.",
        )
    if not named:
        raise Problem(
            f"No phone column was found. The columns are: {listed(names)}. "
            "Name the one with the numbers by mapping it to the phone.",
            code="no_phone_column",
        )
    best, *others = holding + [i for i in named if i not in holding]
    if not others:
        return best, ()
    also = listed([names[i] for i in others])
    return best, (
        f"Numbers are taken from {quoted(names[best])}, although these look like phone columns too: {also}. "
        "They stay variables; map another column to the phone if that is wrong.",
    )


def _by_content(
    width: int, rows: Sequence[Sequence[str]], numbers: NumberReader, never: Collection[int] = ()
) -> int | None:
    """The column with the largest share of numbers, the leftmost of equals; ``None`` if none has enough."""
    shares = ((_share(i, rows, numbers.is_number), -i) for i in range(width) if i not in never)
    share, column = max(shares, default=(0.0, 0))
    return -column if share >= ENOUGH else None


def _of_wishes(names: Sequence[str]) -> set[int]:
    """Columns that speak of consent or of a wish not to be called: the numbers in one are those not to be called."""
    return {*stop_columns(names, {}), *(i for i, name in enumerate(names) if speaks_of(name))}


def _with_state(
    names: Sequence[str], rows: Sequence[Sequence[str]], roles: dict[ColumnRole, int]
) -> dict[ColumnRole, int]:
    """Without a state column by name, one whose name may mean it and whose cells look like it."""
    if ColumnRole.STATE in roles:
        return roles
    free = (i for i, name in enumerate(names) if may_be_states(name) and i not in roles.values())
    found = next((i for i in free if _share(i, rows, is_abbreviation) >= ENOUGH), None)
    return roles if found is None else {**roles, ColumnRole.STATE: found}


def _share(column: int, rows: Sequence[Sequence[str]], fits: Callable[[str], bool]) -> float:
    """How many of the filled cells of a column fit, from 0 to 1."""
    cells = [row[column] for row in rows if column < len(row) and row[column].strip()]
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _role_notes(names: Sequence[str], roles: Mapping[ColumnRole, int], stops: Sequence[int]) -> tuple[str, ...]:
    told = [f"{role.replace('_', ' ')} from {quoted(names[column])}" for role, column in roles.items()]
    told += [f"do not call from {quoted(names[i])}" for i in stops if i not in roles.values()]
    return (f"Columns: {', '.join(told)}.",)


def _ignored_note(names: Sequence[str], ignored: Collection[int]) -> tuple[str, ...]:
    if not ignored:
        return ()
    return (f"Ignored, as you say: {listed([names[i] for i in sorted(ignored)])}.",)
