"""The sign of a state: glyph, word and role, to be trusted in the order word, glyph, colour.

Every glyph is one cell wide and no emoji: characters with an emoji form (the usual pause and play signs) are drawn two
cells wide by some terminals and push the rest of the line aside. Each has an ASCII form for terminals without them.
"""

from __future__ import annotations

from typing import NamedTuple

from dialconsole.console.render.cell import Cell
from dialconsole.model.outcome import CallPhase, CampaignState, Outcome
from dialconsole.model.verdict import VerdictKind
from dialconsole.model.view import CallView, CampaignView, Circuit


class Sign(NamedTuple):
    glyph: str
    ascii: str
    word: str
    role: str

    def mark(self, ascii_only: bool = False) -> str:
        """The glyph alone; only where the word stands nearby."""
        return self.ascii if ascii_only else self.glyph

    def text(self, ascii_only: bool = False) -> str:
        return f"{self.mark(ascii_only)} {self.word}"

    def cell(self, ascii_only: bool = False) -> Cell:
        return Cell(self.text(ascii_only), self.role)


PHASES: dict[CallPhase, Sign] = {
    CallPhase.PREPARING: Sign("◦", ".", "set up", "state-preparing"),
    CallPhase.DIALING: Sign("◌", ":", "dialing", "state-dialing"),
    CallPhase.RINGING: Sign("◔", "r", "ringing", "state-ringing"),
    CallPhase.LISTENING: Sign("◑", "?", "who?", "state-listening"),
    CallPhase.TALKING: Sign("●", "*", "talking", "state-talking"),
    CallPhase.MACHINE: Sign("▣", "m", "machine", "state-machine"),
    CallPhase.ENDED: Sign("✓", "+", "ended", "state-ended"),
}

FAILED = Sign("✗", "x", "failed", "state-failed")
"""Ended by our side: the phone may never have rung."""
UNKNOWN = Sign("?", "?", "unknown", "state-failed")
NOBODY = Sign("–", "-", "ended", "state-ended")
"""Ended, and nobody answered."""

CAMPAIGNS: dict[CampaignState, Sign] = {
    CampaignState.DRAFT: Sign("◇", ".", "DRAFT", "campaign-draft"),
    CampaignState.RUNNING: Sign("►", ">", "RUNNING", "campaign-running"),
    CampaignState.PAUSED: Sign("‖", "=", "PAUSED", "campaign-paused"),
    CampaignState.DRAINING: Sign("▽", "v", "DRAINING", "campaign-draining"),
    CampaignState.FINISHED: Sign("✓", "+", "FINISHED", "campaign-finished"),
}

HELD = Sign("◷", "~", "HELD", "campaign-held")
"""A running campaign with nothing to dial now: all that is left is held back, or waits for its next attempt."""

CHECKS: dict[VerdictKind, Sign] = {
    VerdictKind.CLEAR: Sign("✓", "+", "clear", "check-clear"),
    VerdictKind.HELD: Sign("◷", "~", "not now", "check-held"),
    VerdictKind.REFUSED: Sign("✗", "x", "refused", "check-refused"),
}

OPEN = Sign("●", "*", "open", "zone-open")
CLOSED = Sign("○", "o", "closed", "zone-closed")

CIRCUITS: dict[Circuit, Sign] = {
    Circuit.CLOSED: Sign("○", "o", "closed", "dim"),
    Circuit.OPEN: Sign("●", "!", "OPEN", "trunk-stopped"),
    Circuit.HALF_OPEN: Sign("◐", "~", "trial", "trunk-limited"),
}

ALERTS: dict[str, Sign] = {
    "info": Sign("·", "-", "note", "alert-info"),
    "warning": Sign("!", "!", "warning", "alert-warning"),
    "error": Sign("✗", "x", "error", "alert-error"),
}


def call_sign(call: CallView) -> Sign:
    """The sign of a call; an ended one by how it ended."""
    if call.phase is not CallPhase.ENDED:
        return PHASES[call.phase]
    if call.outcome is Outcome.UNKNOWN:
        return UNKNOWN
    if call.outcome in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED, Outcome.CANCELLED):
        return NOBODY
    if call.outcome in (None, Outcome.ANSWERED, Outcome.VOICEMAIL):
        return PHASES[CallPhase.ENDED]
    return FAILED


def campaign_sign(campaign: CampaignView) -> Sign:
    """The sign of a campaign; a running one that cannot dial anything is held."""
    idle = not campaign.live and not campaign.ready
    if campaign.state is CampaignState.RUNNING and idle and campaign.held:
        return HELD
    return CAMPAIGNS[campaign.state]


def campaign_word(state: CampaignState) -> str:
    """The state in the middle of a sentence: ``a draft``, ``running``."""
    return "a draft" if state is CampaignState.DRAFT else state.value


def zone_sign(is_open: bool) -> Sign:
    return OPEN if is_open else CLOSED


def alert_sign(severity: str) -> Sign:
    """The sign of an alert; a severity of a newer engine looks like a warning."""
    return ALERTS.get(severity, ALERTS["warning"])
