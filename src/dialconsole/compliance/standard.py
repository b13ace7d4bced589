"""Which checks a call must pass, in which order. The one list of them: a new rule is a new line here.

The order is that of the evidence as people read it: what the number is, whether the campaign runs, whether the callee
minds, what the campaign has used up, and last the time. All checks are always made, because "why not?" wants every
reason, so the order costs nothing.
"""

from __future__ import annotations

from dialconsole.compliance.checks.attempts import AttemptsCheck
from dialconsole.compliance.checks.campaign import CampaignCheck
from dialconsole.compliance.checks.gap import GapCheck
from dialconsole.compliance.checks.hours import HoursCheck
from dialconsole.compliance.checks.number import NumberCheck
from dialconsole.compliance.checks.optout import OptOutCheck
from dialconsole.compliance.gate import Gate
from dialconsole.compliance.hours import CallingHours
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls


def standard_gate(optouts: OptOutIndex, recent: RecentCalls, hours: CallingHours) -> Gate:
    """The gate of an engine. What is added to ``optouts`` and ``recent`` holds from the next call on."""
    return Gate(
        (
            NumberCheck(),
            CampaignCheck(),
            OptOutCheck(optouts),
            AttemptsCheck(),
            GapCheck(recent),
            HoursCheck(hours),
        )
    )


def bare_gate(hours: CallingHours) -> Gate:
    """The checks that need no workspace, for ``explain`` without one."""
    return Gate((NumberCheck(), HoursCheck(hours)))
