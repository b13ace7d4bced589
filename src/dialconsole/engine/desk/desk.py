"""Finds the handler of a request. The control server has already checked that the caller's role covers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Request

R = TypeVar("R")

Handler = Callable[[Any, Caller], Awaitable[Any]]
Handlers = dict[type[Request[Any]], Handler]


class Section(Protocol):
    """One subject of the desk."""

    def handlers(self) -> Handlers: ...


class Desk:
    def __init__(self, sections: Iterable[Section]) -> None:
        self._handlers: Handlers = {}
        for section in sections:
            self._handlers.update(section.handlers())

    async def handle(self, request: Request[R], caller: Caller) -> R:
        """Answer one request. Raises ``Problem`` with a sentence."""
        handler = self._handlers.get(type(request))
        if handler is None:
            raise Problem(f"This engine does not know the request {type(request).__name__}.", code="unknown_request")
        answer: R = await handler(request, caller)
        return answer
