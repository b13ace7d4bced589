"""Which calls ``/`` shows: a pattern over what an operator reads of a call, not over how it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable

from dialconsole.console.render.call import OUTCOME_WORDS
from dialconsole.console.render.glyphs import FAILED, UNKNOWN, call_sign
from dialconsole.console.render.number import phone
from dialconsole.model.errors import Problem
from dialconsole.model.view import CallView

CallFilter = Callable[[str, CallView], bool]

MOST_PATTERN = 200
"""A pattern is matched against every call; nobody types a longer one."""


def parse_filter(text: str) -> CallFilter | None:
    """A regular expression, case ignored; ``!`` in front inverts it; empty text is no filter.

    Raises ``Problem`` for a pattern that cannot be read, with what is wrong with it.
    """
    inverted, pattern = text.startswith("!"), text.removeprefix("!")
    if not pattern:
        return None
    if len(pattern) > MOST_PATTERN:
        raise Problem(f"A pattern of {len(pattern)} characters is too long; {MOST_PATTERN} are allowed.")
    try:
        search = re.compile(pattern, re.IGNORECASE).search
    except re.error as error:
        raise Problem(f"no pattern yet: {error.msg.partition(',')[0]}") from None
    return lambda _, call: (search(readable(call)) is not None) is not inverted


def readable(call: CallView) -> str:
    """Number (as written and as stored), name, campaign, trunk, state and outcome."""
    outcome = OUTCOME_WORDS[call.outcome] if call.outcome is not None else ""
    state = call_sign(call).word
    return f"{phone(call.number)} {call.number} {call.name} {call.campaign} {call.trunk} {state} {outcome}"


def is_problem(_: str, call: CallView) -> bool:
    """Whether a call went wrong on our side, or nobody knows."""
    return call_sign(call) in (FAILED, UNKNOWN)


def both(first: CallFilter | None, second: CallFilter | None) -> CallFilter | None:
    """Calls that pass two filters; a filter that is ``None`` lets all pass."""
    if first is None or second is None:
        return first or second
    return lambda row_id, call: first(row_id, call) and second(row_id, call)
