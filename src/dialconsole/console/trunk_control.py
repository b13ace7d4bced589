"""What keys do to a trunk besides its limits."""

from __future__ import annotations

from dialconsole.console.desk import Desk
from dialconsole.model.request.trunks import ResetTrunk
from dialconsole.model.view import NO_AGENT, Circuit


class TrunkControl:
    """One for each console."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store

    async def reset(self, name: str) -> None:
        """Take a trunk for sound again, after a yes that tells what had stopped or slowed it."""
        trunk = self._store.trunks.get(name)
        if trunk is None:
            self._desk.say(f"There is no trunk {name} any more.", "warning")
            return
        if trunk.circuit is not Circuit.CLOSED:
            why = f"It was stopped: {trunk.cause} All of its calls go again at once."
        elif trunk.pace is not None or trunk.stopped_until is not None:
            why = "Its carrier asked for fewer calls. It goes at its whole pace again at once."
        elif missed := self._missed(name):
            why = f"Nothing else is the matter: {missed}. Its calls go again at once."
        else:
            self._desk.say(f"Nothing holds trunk {name} back but its limits.")
            return
        if await self._desk.confirm(f"Take trunk {name} for sound again?", why, "Reset"):
            await self._desk.do(ResetTrunk(name=name))

    def _missed(self, trunk: str) -> str:
        """Which agent of its campaigns takes no calls; empty if none is missed."""
        holds = (hold for view in self._store.campaigns.values() if view.trunk == trunk for hold in view.holds)
        return next((hold.sentence for hold in holds if hold.code == NO_AGENT), "")
