"""What a simulation and the writer of its ledger say to each other.

Messages are pickles, each after its length: both ends are this program, over a pipe that nobody else has, and a step is
a function by its name.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import IO, Any, NamedTuple

from dialconsole.store.chain import Row

Step = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of ``changes`` or ``staging``, and what it is given after the ``Changes``."""

_LENGTH = 4


class Asked(NamedTuple):
    step: Callable[..., Any]
    args: tuple[Any, ...]
    apart: bool
    """Outside of any transaction."""


class Message(NamedTuple):
    rows: list[Row]
    steps: list[Step]
    asked: Asked | None


class Answer(NamedTuple):
    value: Any


class Refused(NamedTuple):
    """The step that was asked for changed nothing."""

    error: Exception


def alone() -> bool:
    """Nobody else waits for a change. A function of a module, so that it can be an argument of a step."""
    return True


def send(pipe: IO[bytes], message: object) -> None:
    words = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(words).to_bytes(_LENGTH) + words)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message. Raises ``EOFError`` if there is none, or only a part of one."""
    length = int.from_bytes(pipe.read(_LENGTH))
    words = pipe.read(length)
    if not length or len(words) < length:
        raise EOFError
    return pickle.loads(words)
