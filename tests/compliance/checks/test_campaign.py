"""Is the campaign running?"""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.campaign import CampaignCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.model.outcome import CampaignState
from dialconsole.model.verdict import VerdictKind


@pytest.mark.parametrize(
    ("state", "verdict", "code"),
    [
        (CampaignState.RUNNING, VerdictKind.CLEAR, "running"),
        (CampaignState.DRAFT, VerdictKind.HELD, "not_started"),
        (CampaignState.PAUSED, VerdictKind.HELD, "paused"),
        (CampaignState.DRAINING, VerdictKind.HELD, "draining"),
        (CampaignState.FINISHED, VerdictKind.REFUSED, "finished"),
    ],
)
def test_only_a_running_campaign_calls(state: CampaignState, verdict: VerdictKind, code: str) -> None:
    """A hold keeps the contact for later; only a finished campaign gives it up. Nobody is blamed in the sentence."""
    found = CampaignCheck()(ProposedCall(number=12015550123, zones=(), campaign="spring", state=state), 0.0)
    assert (found.verdict, found.code, found.until) == (verdict, code, None)
    assert found.sentence.startswith("The campaign ")


def test_every_state_has_an_answer() -> None:
    """A state added later must be decided on here, not fail at the first call."""
    check = CampaignCheck()
    answered = [check(ProposedCall(number=1, zones=(), state=state), 0.0).verdict for state in CampaignState]
    assert answered.count(VerdictKind.CLEAR) == 1
