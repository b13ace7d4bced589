"""What keys do to a whole campaign: pause and resume, start and drain, hang up."""

from __future__ import annotations

import math

from dialconsole.console.desk import Desk
from dialconsole.console.field import Field
from dialconsole.console.render.count import plural
from dialconsole.console.render.glyphs import campaign_word
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CallPhase, CampaignState
from dialconsole.model.request.campaigns import (
    CreateCampaign,
    DrainCampaign,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    StartCampaign,
)
from dialconsole.model.request.lists import CancelImport, ImportList
from dialconsole.model.request.looking import GetStatus, ShowDialable
from dialconsole.model.view import CampaignView

RESUME = "resume "
"""How the engine's answer begins that names what it paused."""


JUST_NOW_S = 2.0
"""Real seconds: the picture is a part of one behind, and a finger another."""


HEARD_WITHIN_S = 5.0
"""Real seconds from a key to the engine's update that says what the key did."""


class CampaignControl:
    """One for each console; every method acts on the campaign that is named, whatever moved meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        self._paused_together: dict[str, CampaignState] = {}
        """By the last pause of all, and what they were before."""
        self._paused_here: dict[str, float] = {}
        """When a key of this console last paused a campaign (``Store.monotonic``)."""

    async def toggle_pause(self, name: str) -> None:
        """Pausing is one key and never asks. Resuming is the same key: what it undoes was the safe state."""
        campaign = self._store.campaigns.get(name)
        if campaign is None:
            self._desk.say(f"There is no campaign {name} any more.", "warning")
        elif campaign.state in (CampaignState.RUNNING, CampaignState.DRAINING):
            self._paused_here[name] = self._store.monotonic()
            await self._desk.do(PauseCampaign(name=name))
        elif campaign.state is CampaignState.PAUSED and self._just_paused_elsewhere(name):
            self._desk.say(f"Somebody else paused {name} a moment ago: it stays paused. p resumes it later on.")
        elif campaign.state is CampaignState.PAUSED:
            await self._desk.do(StartCampaign(name=name))
        else:
            self._desk.say(f"{name} is {campaign_word(campaign.state)}: nothing to pause. s starts it.")

    def _just_paused_elsewhere(self, name: str) -> bool:
        """Whoever presses the key now saw it calling, and wants it paused too.

        By what came over the line, not by who the engine says it was: that stands there when it is written down.
        """
        at = self._store.paused_at.get(name, -math.inf)
        here = 0.0 <= at - self._paused_here.get(name, -math.inf) < HEARD_WITHIN_S
        return not here and self._store.monotonic() - at < JUST_NOW_S

    async def pause_all(self) -> None:
        """Never asks; the way back does, since it dials."""
        states = {name: view.state for name, view in self._store.campaigns.items()}
        self._paused_here |= dict.fromkeys(states, self._store.monotonic())
        done = await self._desk.ask(PauseAll())
        if done is None:
            return
        names = done.undo.removeprefix(RESUME).split() if done.undo.startswith(RESUME) else []
        if names:
            self._can_resume({name: states.get(name, CampaignState.RUNNING) for name in names})
        self._desk.say(f"{done.sentence} u resumes {'it' if len(names) == 1 else 'them'}." if names else done.sentence)

    async def resume_together(self) -> None:
        """Exactly those that the last pause of all has paused, and that nobody has touched since."""
        states, self._paused_together = self._paused_together, {}
        status = await self._desk.ask(GetStatus())  # not the store: P and u may be quicker than its next update
        if status is None:
            self._can_resume(states)
            return
        views = [view for view in status.campaigns if view.name in states]
        still = [v for v in views if v.state is CampaignState.PAUSED and v.changed_by == self._store.user]
        if not still:
            self._desk.say("Nothing to resume: all that was paused together has been changed since.")
            return
        names = ", ".join(view.name for view in still)
        calls = sum(view.ready for view in still)
        others = (
            f" {', '.join(sorted(set(states) - {v.name for v in still}))} changed since: left alone."
            if len(still) < len(states)
            else ""
        )
        meaning = f"{names}. {plural(calls, 'contact')} may be called now.{others}"
        if not await self._desk.confirm(f"Resume {plural(len(still), 'campaign')} paused together?", meaning, "Resume"):
            self._can_resume(states)
            return
        refused: dict[str, str] = {}
        for view in still:
            drained = states[view.name] is CampaignState.DRAINING
            again = DrainCampaign(name=view.name) if drained else StartCampaign(name=view.name)
            try:
                await self._desk.request(again)
            except Problem as problem:
                refused[view.name] = problem.sentence
        if refused:
            self._can_resume({name: states[name] for name in refused})
        resumed = ", ".join(view.name for view in still if view.name not in refused)
        sentences = [f"Resumed: {resumed}."] * bool(resumed) + list(dict.fromkeys(refused.values()))
        self._desk.say(" ".join(sentences), "error" if refused else "info")

    def _can_resume(self, states: dict[str, CampaignState]) -> None:
        """Remember what was paused together, and what it was before."""
        self._paused_together = states
        self._desk.can_take_back("resume all", self.resume_together)

    async def start_or_drain(self, name: str) -> None:
        """The other way to change a campaign's state; always asks, with what it means in numbers."""
        campaign = self._store.campaigns.get(name)
        if campaign is None:
            self._desk.say(f"There is no campaign {name} any more.", "warning")
        elif campaign.state in (CampaignState.DRAFT, CampaignState.FINISHED):
            await self._start(campaign)
        elif campaign.state is CampaignState.DRAINING:
            self._desk.say(f"{name} is draining already: {plural(campaign.live, 'call')} to finish. p pauses it.")
        else:
            await self._drain(campaign)

    async def _start(self, campaign: CampaignView) -> None:
        left = campaign.total - campaign.done
        if not campaign.total:
            self._desk.say(
                f"{campaign.name} has no contacts yet: import a list first. c with this name does, or "
                f"dialconsole list import FILE --campaign {campaign.name}"
            )
            return
        if not left:
            self._desk.say(
                f"Every contact of {campaign.name} is done: import another list to go on. c with this name does, or "
                f"dialconsole list import FILE --campaign {campaign.name}"
            )
            return
        meaning = f"{plural(left, 'contact')} to call over trunk {campaign.trunk}, within the calling hours."

        async def who() -> str:
            return (await self._desk.request(ShowDialable(name=campaign.name, fresh=True))).line

        if await self._desk.confirm(f"Start {campaign.name}?", meaning, "Start calling", later=who):
            await self._desk.do(StartCampaign(name=campaign.name))

    async def _drain(self, campaign: CampaignView) -> None:
        left = campaign.total - campaign.done
        if not campaign.live:
            await self._finish(campaign, left)
            return
        meaning = (
            f"{plural(campaign.live, 'call')} in progress will finish, no new one starts, then the campaign is "
            f"finished. {plural(left, 'contact')} would be left as they are."
        )
        if await self._desk.confirm(f"Drain {campaign.name}?", meaning, "Drain"):
            await self._desk.do(DrainCampaign(name=campaign.name))

    async def _finish(self, campaign: CampaignView, left: int) -> None:
        """Draining without a call in progress has nothing to wait for."""
        go_on = " To call them instead: p resumes it." if campaign.state is CampaignState.PAUSED else ""
        meaning = (
            f"No call is in progress, so it is finished at once. {plural(left, 'contact')} would be left as they are."
            f"{go_on}"
        )
        if await self._desk.confirm(f"Finish {campaign.name}?", meaning, "Finish"):
            await self._desk.do(DrainCampaign(name=campaign.name))

    async def hang_up_all(self, name: str) -> None:
        """Cuts people off in the middle of a sentence, so it asks for the campaign's name."""
        live = [c for c in self._store.calls.values() if c.campaign == name and c.phase is not CallPhase.ENDED]
        if not live:
            self._desk.say(f"{name} has no call in progress; nothing to hang up.")
            return
        talking = sum(call.phase is CallPhase.TALKING for call in live)
        people = "" if not talking else " 1 is talking." if talking == 1 else f" {talking} are talking."
        question = f"Hang up {plural(len(live), 'call')} of {name}?{people}"
        meaning = "They end at once, and the campaign is paused."
        if await self._desk.confirm(question, meaning, "Hang up all", typed=name):
            await self._desk.do(HangUpCampaign(name=name))

    async def create(self) -> None:
        """A new campaign from a call list; it stays a draft until it is started."""
        trunks = tuple((name, name) for name in self._store.trunks)
        if not trunks:
            self._desk.say("There is no trunk to call over yet. Make one with: dialconsole trunk add", "warning")
            return
        fields = (
            Field("name", "Name", hint="reminders", needed=True),
            Field("trunk", "Trunk", trunks[0][0], choices=trunks),
            Field("path", "Call list", hint="a CSV file on the engine's machine", needed=True),
        )
        note = "It becomes a draft; nothing is dialed until it is started."
        await self._desk.fill_in("New campaign", fields, "Create", self._create, note)

    async def cancel_import(self, name: str) -> None:
        """The list that comes into the campaign."""
        view = next((view for view in self._store.imports.values() if view.campaign == name), None)
        if view is None:
            self._desk.say(f"No list is coming into {name}; nothing to cancel.")
            return
        meaning = f"{plural(view.rows, 'row')} have been read. Nothing of the list will be in the campaign."
        if await self._desk.confirm(f"Cancel the import of {view.list}?", meaning, "Cancel the import"):
            await self._desk.do(CancelImport(id=view.id))

    async def _create(self, values: dict[str, str]) -> str:
        try:
            name = values["name"]
            if name not in self._store.campaigns:
                await self._desk.request(CreateCampaign(campaign=Campaign(name=name, trunk=values["trunk"])))
            report = await self._desk.request(ImportList(campaign=name, path=values["path"]))
        except Problem as problem:
            return problem.sentence
        rows = report.list
        self._desk.say(
            f"{name}: {plural(rows.contacts, 'contact')}, {plural(rows.duplicates, 'duplicate')}, "
            f"{plural(rows.rejected, 'rejected row')}. s starts it."
        )
        return ""
