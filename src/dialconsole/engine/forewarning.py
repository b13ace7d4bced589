"""An alert about what holds a running campaign's contacts at any hour: no registry, or rules that cannot be read.

A campaign that waits for nine o'clock looks like one that calls at nine. Whoever started it at eight should hear before
they go away that nobody will be called then either. Counted only if something is wrong with what the gate looks things
up in, so an ordinary start costs nothing.
"""

from __future__ import annotations

import logging

from dialconsole.compliance.registry.answer import AnswerKind
from dialconsole.compliance.registry.lists import NATIONAL
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.floor import Floor
from dialconsole.model.errors import Problem

log = logging.getLogger(__name__)

_CODES = frozenset({AnswerKind.NONE.value, AnswerKind.UNREADABLE.value, "rules_unreadable"})
"""What is told. A registry that is too old has a warning of its own (``Safeguards.keep_up``)."""


class Forewarning:
    def __init__(self, floor: Floor, dialable: Dialable) -> None:
        self._floor = floor
        self._dialable = dialable

    def look(self, campaign: str) -> None:
        """A campaign runs from now on: warn of it if need be, in a moment."""
        if self._something_is_wrong():
            self._floor.later(self._warn(campaign))

    def _something_is_wrong(self) -> bool:
        safeguards = self._floor.safeguards
        return NATIONAL not in safeguards.registry.lists or safeguards.book.fault is not None

    async def _warn(self, campaign: str) -> None:
        try:
            report = await self._dialable.report(campaign)
        except Problem as problem:  # deleted meanwhile, or too many kinds to tell apart
            log.info("%s was not counted: %s", campaign, problem.sentence)
            return
        for reason in report.reasons:
            if reason.code in _CODES:
                self._floor.notices.tell(
                    f"{campaign}: {reason.count:,} of {report.open:,} contacts will not be called at any hour. "
                    f"{reason.sentence}",
                    "warning",
                )
