"""Has the callee, or somebody for them, said not to call?"""

from __future__ import annotations

from dialconsole.compliance.gate import ProposedCall, when
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource, is_pattern, scope_words
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_CLEAR = CheckResult(
    check=CheckName.OPTOUT,
    verdict=VerdictKind.CLEAR,
    code="not_opted_out",
    sentence="Not on the do-not-call list.",
)

_ITSELF = "The number itself is on the do-not-call list"

_HOW = {
    OptOutSource.CALLER: "the callee asked for it",
    OptOutSource.SIP603: "the callee declined a call (SIP 603)",
    OptOutSource.AGENT: "entered by the agent of a call",
    OptOutSource.OPERATOR: "entered by an operator",
    OptOutSource.IMPORT: "imported",
}


class OptOutCheck:
    """Refuses what the index covers, for good: only a reversal of the entry, by a person, changes that."""

    name = CheckName.OPTOUT

    def __init__(self, optouts: OptOutIndex) -> None:
        self._optouts = optouts

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        entry = self._optouts.covers(call.number, call.campaign, call.client)
        return _CLEAR if entry is None else _refusal(entry)


def _refusal(entry: OptOut) -> CheckResult:
    # A number that is listed itself is not repeated in the sentence: refusals with the same words are stored together,
    # and one import may refuse a million contacts.
    what = f"Covered by the entry {entry.number} of the do-not-call list" if is_pattern(entry.number) else _ITSELF
    scope = "for every campaign" if entry.scope == EVERYWHERE else f"for the {scope_words(entry.scope)}"
    reason = f": {entry.reason}" if entry.reason else ""
    return CheckResult(
        check=CheckName.OPTOUT,
        verdict=VerdictKind.REFUSED,
        code="opted_out",
        sentence=f"{what} {scope} since {when(entry.at)} ({_HOW[entry.source]}{reason}).",
    )
