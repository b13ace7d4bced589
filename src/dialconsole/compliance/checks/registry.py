"""Is the number on a do-not-call registry that binds this call?

Sources, read 2026-11-22: 16 CFR 310.4(b)(1)(iii)(B) and 47 CFR 64.1200(c)(2) for the registry and what exempts from it;
16 CFR 310.4(b)(3)(iv) for the 31 days; 16 CFR 310.2 for the established business relationship. States' lists and
Canada's grant no exemption for a relationship here, because some of them grant none: the stricter reading.

A listed number refuses; everything that keeps the list from being asked holds, because a newer file mends it. A
demonstration's registry says nothing about people, so a call that reaches a telephone is held by it, whatever it says.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.registry.answer import AnswerKind, RegistryAnswer
from dialconsole.compliance.registry.binding import Binding, binding_of
from dialconsole.compliance.registry.exemption import exempts
from dialconsole.compliance.registry.lists import CANADA, NATIONAL, import_command, title
from dialconsole.compliance.registry.registry import Registry
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

REGISTRY_DEMO = "registry_demo"
"""The code of a real call that a demonstration's list was asked about."""

PURCHASE_MONTHS = 18
INQUIRY_MONTHS = 3

_EXEMPT_THE_CAMPAIGN = (
    "Screen the list there before it is imported, and exempt the campaign from this check with that as the reason."
)
_ELSEWHERE = {
    "GB": "Numbers of the United Kingdom are bound by its own registers (TPS and CTPS, screened within 28 days), which "
    f"dialconsole cannot read, so nothing is dialed. {_EXEMPT_THE_CAMPAIGN}",
    "AU": "Numbers of Australia are bound by its own Do Not Call Register, which is a metered service that dialconsole "
    f"cannot ask, so nothing is dialed. {_EXEMPT_THE_CAMPAIGN}",
}


class RegistryCheck:
    """Clear, refused (``registry_listed``), or held with the code of what is missing.

    Clear codes: ``registry_not_listed``, ``registry_exempt`` (the campaign), and for a listed number
    ``registry_consent``, ``registry_purchase``, ``registry_inquiry``. Held: the other codes of ``AnswerKind``, and
    ``registry_elsewhere`` for callees in a country whose register cannot be read, ``registry_demo`` for a real call
    about which a demonstration's list was asked. No hold names a time.
    """

    name = CheckName.REGISTRY

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        if call.registry_exempt and exempts(call.registry_exempt):
            return _exempted(call.registry_exempt, call.registry_exempt_by)
        binding = binding_of(call.number, call.jurisdictions)
        answers = self._answers(binding, call.number, at)
        if len(answers) == 1 and not binding.elsewhere:
            return _judged(answers[0], call, at)
        results = [_judged(answer, call, at) for answer in answers]
        return _strictest(results + [_elsewhere(country) for country in binding.elsewhere])

    def _answers(self, binding: Binding, number: int, at: float) -> list[RegistryAnswer]:
        answers = []
        if binding.united_states:
            answers.append(self._registry.lookup(number, at, NATIONAL))
            for name in self._registry.lists:
                if name not in (NATIONAL, CANADA):
                    answer = self._registry.lookup(number, at, name)
                    here = binding.any_state or name in binding.states
                    if here or answer.kind in _WHEREVER or self._outdated_and_listed(answer, number, name):
                        answers.append(answer)
        if binding.canada:
            answers.append(self._registry.lookup(number, at, CANADA))
        return answers

    def _outdated_and_listed(self, answer: RegistryAnswer, number: int, name: str) -> bool:
        """A list that may not be used any more still says of whom it spoke."""
        return answer.kind in _UNUSABLE and self._registry.names(number, name)


_UNUSABLE = (AnswerKind.TOO_OLD, AnswerKind.AHEAD)
"""What is answered about every number, whether the list has it or not."""

_WHEREVER = (AnswerKind.LISTED, AnswerKind.UNREADABLE, AnswerKind.UNPROVEN)
"""What a state's list says of a callee who does not seem to be in that state, and still counts: people keep their
number when they move."""

_ORDER = (VerdictKind.REFUSED, VerdictKind.HELD, VerdictKind.CLEAR)


def _judged(answer: RegistryAnswer, call: ProposedCall, at: float) -> CheckResult:
    if answer.demo and not call.rehearsed:
        return _demo(answer.list)
    if answer.kind is AnswerKind.NOT_LISTED:
        return _not_listed(answer.sentence)
    if answer.kind is not AnswerKind.LISTED:
        return _result(VerdictKind.HELD, answer.kind.value, answer.sentence)
    code, why = _exemption(call, at, relationship=answer.list == NATIONAL)
    if code:
        return _result(VerdictKind.CLEAR, code, f"{answer.sentence} Exempt: {why}.")
    return _result(VerdictKind.REFUSED, answer.kind.value, answer.sentence)


def _exemption(call: ProposedCall, at: float, *, relationship: bool) -> tuple[str, str]:
    """Code and words of the exemption that holds for a listed number; both empty if none does."""
    if call.consent is ConsentBasis.WRITTEN:
        return "registry_consent", "the callee gave prior express written consent"
    if relationship:
        if day := _within(call.last_purchase, PURCHASE_MONTHS, at):
            return (
                "registry_purchase",
                f"the callee's last purchase was on {day}, less than {PURCHASE_MONTHS} months ago",
            )
        if day := _within(call.last_inquiry, INQUIRY_MONTHS, at):
            return "registry_inquiry", f"the callee's last inquiry was on {day}, less than {INQUIRY_MONTHS} months ago"
    return "", ""


def _within(event: float | None, months: int, at: float) -> date | None:
    """The day (UTC) of ``event`` if fewer than ``months`` calendar months have passed since; one to come counts not."""
    if event is None or event > at:
        return None
    day = datetime.fromtimestamp(event, UTC).date()
    return day if datetime.fromtimestamp(at, UTC).date() < months_after(day, months) else None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _strictest(results: list[CheckResult]) -> CheckResult:
    """Several registries bind: the strictest word decides, and all that say the same are named."""
    if not results:  # no registry is no permission
        return _elsewhere("??")
    verdict = next(kind for kind in _ORDER if any(result.verdict is kind for result in results))
    same = [result for result in results if result.verdict is verdict]
    code = next((result.code for result in same if result.code != AnswerKind.NOT_LISTED), same[0].code)
    return _result(verdict, code, " ".join(result.sentence for result in same))


@lru_cache(maxsize=64)
def _not_listed(sentence: str) -> CheckResult:
    return _result(VerdictKind.CLEAR, AnswerKind.NOT_LISTED.value, sentence)


@lru_cache(maxsize=256)
def _exempted(reason: str, by: str) -> CheckResult:
    name = f" {by}" if by else ""
    sentence = f"No registry was asked: the campaign's owner{name} exempts it ({reason})."
    return _result(VerdictKind.CLEAR, "registry_exempt", sentence)


@lru_cache(maxsize=64)
def _demo(name: str) -> CheckResult:
    """No refusal, also of a number that it lists: a refusal ends a contact for good, and this list knows nobody."""
    sentence = (
        f"The {title(name)} here is a DEMO one of invented numbers, which no call to a real telephone may rest on, so "
        f"nothing is dialed. Import the real one with `{import_command(name)}`."
    )
    return _result(VerdictKind.HELD, REGISTRY_DEMO, sentence)


def _elsewhere(country: str) -> CheckResult:
    unknown = (
        f"No do-not-call registry is known for {'this country' if country == '??' else country}, so nothing is dialed. "
        f"{_EXEMPT_THE_CAMPAIGN}"
    )
    return _result(VerdictKind.HELD, "registry_elsewhere", _ELSEWHERE.get(country, unknown))


def _result(verdict: VerdictKind, code: str, sentence: str) -> CheckResult:
    return CheckResult(check=CheckName.REGISTRY, verdict=verdict, code=code, sentence=sentence)
