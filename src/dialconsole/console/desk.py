"""Between a key and the engine: asks the engine, asks the person, tells the answer.

Everything that changes something goes through here, so that "not connected", "not your role" and "the engine says no"
are said in one way on every screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dialconsole.console.actions import Action
from dialconsole.console.store import Store
from dialconsole.control.port import EngineClient
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Done, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialconsole.console.app import ConsoleApp
    from dialconsole.console.dialogs import Later
    from dialconsole.console.field import Field, Submit

R = TypeVar("R")


class TakingBack(NamedTuple):
    """Something that was done and can be undone."""

    title: str
    how: Callable[[], Awaitable[None]]


NOT_CONNECTED = "Not connected: nothing was changed. The console keeps trying to reach the engine."


class Desk:
    """One for each console. The methods that wait for a person must be called from a worker."""

    def __init__(self, app: ConsoleApp, client: EngineClient, store: Store) -> None:
        self._app = app
        self._client = client
        self.store = store
        self._taking_back: list[TakingBack] = []

    def permit(self, action: Action) -> bool:
        """Whether the action may be tried now; if not, says why. The engine decides for itself all the same."""
        if not self.store.role.covers(action.role):
            self.say(
                f"You are attached as {self.store.role.value}; this needs {action.role.value}. Nothing was changed.",
                "warning",
            )
            return False
        if action.changes and not self.store.connected:
            self.say(NOT_CONNECTED, "warning")
            return False
        return True

    async def request(self, request: Request[R]) -> R:
        """Ask the engine. Raises ``Problem``."""
        if not self.store.connected:
            raise Problem(NOT_CONNECTED, code="not_connected")
        return await self._client.request(request)

    async def ask(self, request: Request[R]) -> R | None:
        """Ask the engine; what it refuses is said, and the answer then is ``None``."""
        try:
            return await self.request(request)
        except Problem as problem:
            self.say(problem.sentence, "error")
            return None

    async def do(self, request: Request[Done]) -> bool:
        """Ask for a change and say what came of it."""
        done = await self.ask(request)
        if done is not None:
            self.say(done.sentence)
        return done is not None

    async def confirm(
        self,
        question: str,
        consequence: str,
        yes: str,
        no: str = "Cancel",
        *,
        typed: str = "",
        later: Later | None = None,
    ) -> bool:
        """Ask the person. ``typed``: the word that has to be typed for a yes. ``later``: a line that takes a moment."""
        from dialconsole.console.dialogs import Confirm

        return await self._app.push_screen_wait(Confirm(question, consequence, yes, no, typed=typed, later=later))

    async def fill_in(self, title: str, fields: Sequence[Field], yes: str, submit: Submit, note: str = "") -> bool:
        """Show a form. Whether it was submitted."""
        from dialconsole.console.form import Form

        return await self._app.push_screen_wait(Form(title, fields, yes, submit, note))

    # -- taking back ----------------------------------------------------------------------------------------------

    def can_take_back(self, title: str, how: Callable[[], Awaitable[None]]) -> None:
        """Remember the way back from what was just done. Of each kind the last one is kept."""
        self._taking_back = [other for other in self._taking_back if other.how != how]
        self._taking_back.append(TakingBack(title, how))

    @property
    def next_to_take_back(self) -> str:
        """What ``u`` would do, in a word or two; empty if nothing."""
        return self._taking_back[-1].title if self._taking_back else ""

    async def take_back(self) -> None:
        """Take back what was done last."""
        if not self._taking_back:
            self.say("There is nothing to undo.")
            return
        await self._taking_back.pop().how()

    def say(self, sentence: str, severity: str = "info") -> None:
        """Tell the person; it stands at the bottom for some seconds. ``info``, ``warning`` or ``error``."""
        self._app.say(sentence, severity)
