"""How many calls in a row the trunk has failed in, for each contact.

A trunk's fault is no attempt against the contact, so nothing else would ever end it for a number that a carrier cannot
route. The row is a function of the calls in the ledger; only contacts that have one are here, so it costs a call that
goes well one look into a small dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable

from dialconsole.model.outcome import Outcome

_SAYS_NOTHING = frozenset({Outcome.THROTTLED, Outcome.AGENT_UNAVAILABLE})
"""Outcomes of calls that the carrier never tried to place. One that was cancelled before it was dialed is another."""


class FaultRows:
    def __init__(self) -> None:
        self._rows: dict[int, int] = {}

    def load(self, calls: Iterable[tuple[int, Outcome, bool]]) -> None:
        """(contact, outcome, whether it was dialed) of calls in the order in which they were claimed."""
        for contact, outcome, dialed in calls:
            self.ended(contact, outcome, dialed=dialed)

    def of(self, contact: int) -> int:
        """Trunk faults since anything else was heard."""
        return self._rows.get(contact, 0)

    def forget(self, contact: int) -> None:
        """A contact is not called any more."""
        self._rows.pop(contact, None)

    def ended(self, contact: int, outcome: Outcome, *, dialed: bool) -> None:
        if outcome is Outcome.TRUNK_FAULT:
            self._rows[contact] = self._rows.get(contact, 0) + 1
        elif self._rows and outcome not in _SAYS_NOTHING and (dialed or outcome is not Outcome.CANCELLED):
            self._rows.pop(contact, None)
