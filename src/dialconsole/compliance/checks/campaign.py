"""Is the campaign running? A pause must hold from the instant it is asked for, so this is asked at every call.

Only a finished campaign refuses: a refusal ends a contact for good, and everything else can be started again.
"""

from __future__ import annotations

from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.outcome import CampaignState
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind


def _result(verdict: VerdictKind, code: str, sentence: str) -> CheckResult:
    return CheckResult(check=CheckName.CAMPAIGN, verdict=verdict, code=code, sentence=sentence)


_BY_STATE = {
    CampaignState.RUNNING: _result(VerdictKind.CLEAR, "running", "The campaign is running."),
    CampaignState.DRAFT: _result(VerdictKind.HELD, "not_started", "The campaign has not been started yet."),
    CampaignState.PAUSED: _result(
        VerdictKind.HELD, "paused", "The campaign is paused; calling goes on when it is resumed."
    ),
    CampaignState.DRAINING: _result(
        VerdictKind.HELD, "draining", "The campaign is draining: calls in progress go on, no new ones are placed."
    ),
    CampaignState.FINISHED: _result(VerdictKind.REFUSED, "finished", "The campaign is finished."),
}


class CampaignCheck:
    """Clear while the campaign runs. No hold names a time: it ends when a person ends it."""

    name = CheckName.CAMPAIGN

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        return _BY_STATE[call.state]
