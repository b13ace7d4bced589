"""Reading the FTC's full lists: ``AAA,NNNNNNN`` or ten digits a line, nothing else.

Nothing else, because a line that is skipped is a person who is called. One line that is no number refuses the whole
file, and that is also how a call list given by mistake is found out.

A block in which all lines have the same shape (nearly every one) is checked with one ``translate`` and one comparison,
and parsed with numpy by columns. Every other block is first rewritten line by line into that shape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialconsole.compliance.registry.bits import FIRST
from dialconsole.compliance.registry.refusal import not_a_full_list
from dialconsole.compliance.registry.sources import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_SHAPES: tuple[bytes, ...] = (b"000,0000000\n", b"000,0000000\r\n", b"0000000000\n", b"0000000000\r\n")
_LINE = re.compile(rb"([2-9]\d\d),?(\d{7})\Z")
_ZEROS = 1_111_111_111 * ord("0")
"""What ten digits add up to when each is taken for the byte it is written as, and all are zero."""


def parse_full(block: Block) -> NDArray[np.int64]:
    """Ten-digit numbers of a block, in the order of the file. Raises ``Problem`` for the first line that is none."""
    content = block.content
    shape = _shape_of(content)
    if shape is not None:
        numbers = _parse(content, shape)
        if not len(numbers) or int(numbers.min()) >= FIRST:
            return numbers
    return _parse(_rewritten(block), _SHAPES[2])


def _shape_of(content: bytes) -> bytes | None:
    """The shape that every line of ``content`` has, if they all have one."""
    zeros = content.translate(_AS_ZEROS)
    shape = next((shape for shape in _SHAPES if zeros.startswith(shape)), None)
    if shape is None or zeros != shape * (len(zeros) // len(shape)):
        return None
    return shape


def _parse(content: bytes, shape: bytes) -> NDArray[np.int64]:
    import numpy as np

    lines = np.frombuffer(content, np.uint8).reshape(-1, len(shape))
    numbers = np.zeros(len(lines), np.int64)
    for column, byte in enumerate(shape):
        if byte == ord("0"):
            numbers *= 10
            numbers += lines[:, column]
    numbers -= _ZEROS
    return numbers


def _rewritten(block: Block) -> bytes:
    """The block as ten digits a line, blank lines and spaces gone."""
    lines: list[bytes] = []
    for place, line in enumerate(block.content.split(b"\n"), block.first_line):
        line = line.strip()
        if line:
            match = _LINE.match(line)
            if match is None:
                raise not_a_full_list(block.name, place, line)
            lines.append(match[1] + match[2] + b"\n")
    return b"".join(lines)
