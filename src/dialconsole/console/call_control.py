"""What keys do to one call."""

from __future__ import annotations

from dialconsole.console.desk import Desk
from dialconsole.console.render.duration import duration
from dialconsole.console.render.glyphs import PHASES
from dialconsole.console.render.number import phone
from dialconsole.model.outcome import CallPhase
from dialconsole.model.request.campaigns import HangUpCall


class CallControl:
    """One for each console. Acts on the call whose id stood under the cursor at the key, wherever its row is now."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store

    async def hang_up(self, attempt: str) -> None:
        """Hang up, after a yes. What the question says is what the call did when it was asked."""
        call = self._store.calls.get(attempt)
        if call is None or call.phase is CallPhase.ENDED:
            self._desk.say("That call has ended already.")
            return
        lasted = duration(self._store.now() - call.since)
        doing = "just answered" if call.phase is CallPhase.LISTENING else PHASES[call.phase].word
        who = f"{call.name}, {call.campaign}: {doing}, for {lasted}."
        if call.phase is CallPhase.TALKING:
            who = f"{who} They are cut off in the middle of it."
        if await self._desk.confirm(f"Hang up the call to {phone(call.number)}?", who, "Hang up"):
            await self._desk.do(HangUpCall(attempt=attempt))
