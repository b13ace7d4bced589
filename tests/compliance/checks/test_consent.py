"""Consent: what is missing, and by which law."""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.consent import ConsentCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckResult, VerdictKind

BOOK = RuleBook.read()
WRITTEN, ORAL, NONE, UNKNOWN = ConsentBasis.WRITTEN, ConsentBasis.ORAL, ConsentBasis.NONE, ConsentBasis.UNKNOWN


def judged(
    consent: ConsentBasis,
    purpose: Purpose = Purpose.MARKETING,
    voice: Voice = Voice.AI,
    line: LineType = LineType.UNKNOWN,
    place: str = "US-CO",
) -> CheckResult:
    call = ProposedCall(
        number=12015550123, zones=(), jurisdictions=(place,), purpose=purpose, voice=voice, line=line, consent=consent
    )
    return ConsentCheck(BOOK)(call, 0.0)


@pytest.mark.parametrize(
    ("purpose", "voice", "line", "enough"),
    [
        (Purpose.MARKETING, Voice.AI, LineType.MOBILE, {WRITTEN}),
        (Purpose.MARKETING, Voice.AI, LineType.LANDLINE, {WRITTEN}),
        (Purpose.MARKETING, Voice.PRERECORDED, LineType.UNKNOWN, {WRITTEN}),
        (Purpose.MARKETING, Voice.HUMAN, LineType.MOBILE, {WRITTEN, ORAL, NONE, UNKNOWN}),
        (Purpose.INFORMATIONAL, Voice.AI, LineType.MOBILE, {WRITTEN, ORAL}),
        (Purpose.INFORMATIONAL, Voice.AI, LineType.UNKNOWN, {WRITTEN, ORAL}),
        (Purpose.INFORMATIONAL, Voice.AI, LineType.LANDLINE, {WRITTEN, ORAL, NONE, UNKNOWN}),
        (Purpose.INFORMATIONAL, Voice.HUMAN, LineType.UNKNOWN, {WRITTEN, ORAL, NONE, UNKNOWN}),
        (Purpose.DEBT_COLLECTION, Voice.AI, LineType.UNKNOWN, {WRITTEN, ORAL}),
        (Purpose.SURVEY, Voice.PRERECORDED, LineType.MOBILE, {WRITTEN, ORAL}),
        (Purpose.POLITICAL, Voice.AI, LineType.UNKNOWN, {WRITTEN, ORAL}),
    ],
)
def test_which_consent_is_enough(purpose: Purpose, voice: Voice, line: LineType, enough: set[ConsentBasis]) -> None:
    """By purpose, voice and line; every other basis is refused for good."""
    for basis in ConsentBasis:
        found = judged(basis, purpose, voice, line)
        assert found.verdict is (VerdictKind.CLEAR if basis in enough else VerdictKind.REFUSED), basis


def test_a_refusal_names_what_is_missing_and_the_law() -> None:
    """Complete in itself."""
    found = judged(UNKNOWN)
    assert found.code == "consent_missing"
    assert found.sentence == (
        "Marketing calls with an AI voice to a line of unknown kind (which may be a mobile) need prior express written "
        "consent (47 CFR 64.1200(a)(2)-(3), (f)(9); FCC 24-17; row US v1); the list says nothing of any."
    )
    assert "; their oral consent is recorded." in judged(ORAL).sentence
    assert "; the list says that there is none." in judged(NONE).sentence


def test_a_clear_call_names_the_consent() -> None:
    """Evidence of each call: what was needed and what there is, or why none is needed."""
    assert judged(WRITTEN).code == "consent_given"
    assert judged(WRITTEN).sentence.endswith("; their written consent is recorded.")
    human = judged(NONE, voice=Voice.HUMAN)
    assert human.code == "no_consent_needed"
    assert "need no consent here (rows US v1; calendar v0)" in human.sentence


@pytest.mark.parametrize("place", ["US-CT", "US-FL", "US-MD", "US-OK"])
def test_states_that_ask_for_consent_to_a_human_voice(place: str) -> None:
    """Numbers are selected and dialed automatically, whoever speaks."""
    found = judged(ORAL, voice=Voice.HUMAN, place=place)
    assert found.verdict is VerdictKind.REFUSED
    assert f"row {place} v1" in found.sentence
    assert judged(WRITTEN, voice=Voice.HUMAN, place=place).verdict is VerdictKind.CLEAR


@pytest.mark.parametrize("place", ["US", "US-PR", "CA-ON", "GB", "AU"])
def test_every_country_asks_a_machine_that_sells_for_written_consent(place: str) -> None:
    """Where the law is not certain, the stricter reading."""
    assert judged(ORAL, place=place).verdict is VerdictKind.REFUSED
    assert judged(WRITTEN, place=place).verdict is VerdictKind.CLEAR


def test_a_place_without_rules_is_refused() -> None:
    """What is needed there is not known, and no hour will come at which it is."""
    found = judged(WRITTEN, place="JM")
    assert (found.verdict, found.code) == (VerdictKind.REFUSED, "no_rules")
