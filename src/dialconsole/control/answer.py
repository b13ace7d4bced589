"""One request answered: the role is checked, the engine asked, and whatever goes wrong becomes a sentence.

The server and the in-process client share this, so that neither can be laxer than the other.
"""

from __future__ import annotations

import logging
from typing import Any

from dialconsole.control.port import EnginePort
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Request

log = logging.getLogger(__name__)


async def answer(port: EnginePort, request: Request[Any], caller: Caller) -> Any:
    """The engine's result. Raises ``Problem`` only: ``forbidden`` for a role, ``internal`` for a fault of ours."""
    if not caller.role.covers(request.ROLE):
        raise Problem(
            f"You are {caller.role.value} here, and this needs the role {request.ROLE.value}. An admin of the "
            "workspace can give it: dialconsole operator grant.",
            code="forbidden",
        )
    try:
        return await port.handle(request, caller)
    except Problem:
        raise
    except Exception as error:
        log.exception("a request failed: %s of %s", type(request).__name__, caller.user)
        raise Problem(
            f"The engine failed on this request ({type(error).__name__}); it goes on, and its log has the details. "
            "Look at what is true now before you repeat it.",
            code="internal",
        ) from error
