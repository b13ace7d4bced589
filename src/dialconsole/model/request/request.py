"""What all requests have in common, what a change is answered with, and who asks."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from dialconsole.model.view import Role

R = TypeVar("R")


class Done(Struct, frozen=True):
    """The answer to a change: what is true now, as a sentence for the person who asked."""

    sentence: str
    changed: bool = True
    """False when things were so already."""
    undo: str = ""
    """What ``u`` would restore, in words; empty if nothing can be undone."""


class Request(Struct, Generic[R], frozen=True, tag_field="op", tag=True, kw_only=True):
    """Base of all requests. ``RESULT`` is the type of the answer, ``ROLE`` the least role that may ask."""

    ROLE: ClassVar[Role] = Role.OPERATOR
    RESULT: ClassVar[Any] = Done


class Caller(Struct, frozen=True):
    """Who asks: decided by the engine from the socket's peer, never taken from the message."""

    user: str
    uid: int
    pid: int
    role: Role
