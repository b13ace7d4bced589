"""Has the callee consented to a call of this kind, as its law asks?

What is asked for follows from what the call is about, who speaks in it and the kind of line; a line of unknown kind is
taken for a mobile. A consent that nobody has recorded is none. Revoking it is an opt-out, which has its own check.
"""

from __future__ import annotations

from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.rules.bound import BoundRules
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_STRENGTH = {ConsentBasis.WRITTEN: 2, ConsentBasis.ORAL: 1, ConsentBasis.NONE: 0, ConsentBasis.UNKNOWN: 0}
_NEEDED = {ConsentBasis.WRITTEN: "prior express written consent", ConsentBasis.ORAL: "prior express consent"}
_THERE = {
    ConsentBasis.WRITTEN: "their written consent is recorded",
    ConsentBasis.ORAL: "their oral consent is recorded",
    ConsentBasis.NONE: "the list says that there is none",
    ConsentBasis.UNKNOWN: "the list says nothing of any",
}
_VOICES = {Voice.AI: "an AI voice", Voice.PRERECORDED: "a prerecorded voice", Voice.HUMAN: "a human voice"}
_PURPOSES = {
    Purpose.MARKETING: "Marketing",
    Purpose.INFORMATIONAL: "Informational",
    Purpose.DEBT_COLLECTION: "Debt collection",
    Purpose.SURVEY: "Survey",
    Purpose.POLITICAL: "Political",
}
_LINES = {
    LineType.MOBILE: " to a mobile",
    LineType.LANDLINE: " to a landline",
    LineType.UNKNOWN: " to a line of unknown kind (which may be a mobile)",
}


class ConsentCheck:
    """Refuses with ``consent_missing``; answers with the codes of ``Fault`` where nobody knows which rules bind."""

    name = CheckName.CONSENT

    def __init__(self, book: RuleBook) -> None:
        self._book = book

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        rules = self._book.rules_for(call.jurisdictions, call.purpose, call.voice, call.line)
        if rules.fault is not None:
            return rules.fault.answer(CheckName.CONSENT)
        return _result(rules, call.purpose, call.voice, call.line, call.consent)


@lru_cache(maxsize=4096)
def _result(rules: BoundRules, purpose: Purpose, voice: Voice, line: LineType, basis: ConsentBasis) -> CheckResult:
    calls = f"{_PURPOSES[purpose]} calls with {_VOICES[voice]}{_LINES[line]}"
    if rules.consent is None:
        return CheckResult(
            check=CheckName.CONSENT,
            verdict=VerdictKind.CLEAR,
            code="no_consent_needed",
            sentence=f"{calls} need no consent here ({rules.evidence}); {_THERE[basis]}.",
        )
    row, need = rules.consent
    there = _STRENGTH[basis] >= _STRENGTH[need.basis]
    return CheckResult(
        check=CheckName.CONSENT,
        verdict=VerdictKind.CLEAR if there else VerdictKind.REFUSED,
        code="consent_given" if there else "consent_missing",
        sentence=f"{calls} need {_NEEDED[need.basis]} ({need.law}; row {row.tag}); {_THERE[basis]}.",
    )
