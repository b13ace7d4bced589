"""Which checks a call must pass, in which order. The one list of them: a new rule is a new line here.

The order is that of the evidence as people read it: what the number is, whether campaign and trunk may call it at all,
whether the callee minds, what the campaign has used up, and last the time. All checks are always made, because "why
not?" wants every reason, so the order costs nothing.
"""

from __future__ import annotations

from dialconsole.compliance.checks.allowed import AllowedCheck
from dialconsole.compliance.checks.attempts import AttemptsCheck
from dialconsole.compliance.checks.campaign import CampaignCheck
from dialconsole.compliance.checks.caps import CapsCheck
from dialconsole.compliance.checks.consent import ConsentCheck
from dialconsole.compliance.checks.gap import GapCheck
from dialconsole.compliance.checks.hours import HoursCheck
from dialconsole.compliance.checks.in_a_call import InACallCheck
from dialconsole.compliance.checks.number import NumberCheck
from dialconsole.compliance.checks.optout import OptOutCheck
from dialconsole.compliance.gate import Check, Gate
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours
from dialconsole.compliance.live import LiveNumbers
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.rules.book import RuleBook


def standard_gate(
    optouts: OptOutIndex,
    recent: RecentCalls,
    hours: CallingHours,
    book: RuleBook | None = None,
    history: CallHistory | None = None,
    registry: Check | None = None,
    live: LiveNumbers | None = None,
) -> Gate:
    """The gate of an engine. What is added to ``optouts``, ``recent``, ``history``, ``live`` and the book's calendar
    holds from the next call on.

    A check whose data is not given is not in the gate, and so not in its ``names``.
    """
    checks: list[Check] = [NumberCheck(), CampaignCheck(), AllowedCheck(), OptOutCheck(optouts)]
    if registry is not None:
        checks.append(registry)
    if book is not None:
        checks.append(ConsentCheck(book))
    checks.append(AttemptsCheck())
    if book is not None and history is not None:
        checks.append(CapsCheck(book, history))
    checks.append(GapCheck(recent))
    if live is not None:
        checks.append(InACallCheck(live))
    return Gate((*checks, HoursCheck(hours, book)))


def bare_gate(hours: CallingHours, book: RuleBook | None = None) -> Gate:
    """The checks that need no workspace, for ``explain`` without one."""
    if book is None:
        return Gate((NumberCheck(), HoursCheck(hours)))
    return Gate((NumberCheck(), ConsentCheck(book), HoursCheck(hours, book)))
