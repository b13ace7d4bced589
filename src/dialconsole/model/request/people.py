"""People and the engine: who may ask for what, and the end of it all."""

from __future__ import annotations

from dialconsole.model.campaign import Operator
from dialconsole.model.request.request import Done, Request
from dialconsole.model.view import Role


class ListOperators(Request[tuple[Operator, ...]], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = tuple[Operator, ...]


class GrantRole(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    uid: int
    name: str
    role: Role | None
    """``None`` takes every right away."""


class StopEngine(Request[Done], frozen=True, kw_only=True):
    """No new calls; wait up to ``drain_s`` real seconds for the live ones; record what is left; end the engine."""

    ROLE = Role.ADMIN
    drain_s: float = 30.0
    reason: str = ""
