"""Is the number on a registry that binds the call?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialconsole.compliance.checks.registry import RegistryCheck, months_after
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.compliance.registry.header import midnight
from dialconsole.compliance.registry.registry import Registry
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.verdict import CheckResult, VerdictKind
from kit.registry import DAY, NOON, OBTAINED, import_numbers, import_state

LISTED, FREE, ELSEWHERE = 12_015_550_100, 12_015_550_101, 13_055_550_100
CALL = ProposedCall(number=LISTED, zones=("America/New_York",), jurisdictions=("US-NJ",), campaign="spring")
CLEAR, HELD, REFUSED = VerdictKind.CLEAR, VerdictKind.HELD, VerdictKind.REFUSED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    import_numbers(folder, [LISTED - 10**10])
    return folder


@pytest.fixture
def registry(folder: Path) -> Iterator[Registry]:
    registry = Registry.open(folder)
    yield registry
    registry.close()


def asked(registry: Registry, call: ProposedCall, at: float = NOON) -> tuple[VerdictKind, str]:
    found = RegistryCheck(registry)(call, at)
    assert found.check == "registry"
    assert found.until is None
    return found.verdict, found.code


def posix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_listed_number_is_refused(registry: Registry) -> None:
    """With the list, its version, date and age."""
    assert RegistryCheck(registry)(CALL, NOON) == CheckResult(
        check=RegistryCheck.name,
        verdict=REFUSED,
        code="registry_listed",
        sentence="Listed on the national do-not-call registry (version 1 of 2026-11-01, 1 day old).",
    )


def test_a_number_that_is_not_listed_is_clear(registry: Registry) -> None:
    """The same evidence: which version said so."""
    found = RegistryCheck(registry)(replace(CALL, number=FREE), NOON)
    assert (found.verdict, found.code) == (CLEAR, "registry_not_listed")
    assert found.sentence == "Not on the national do-not-call registry (version 1 of 2026-11-01, 1 day old)."


def test_an_area_code_that_is_not_covered_is_held(registry: Registry) -> None:
    """Named in the sentence: a subscription mends it."""
    found = RegistryCheck(registry)(replace(CALL, number=ELSEWHERE), NOON)
    assert (found.verdict, found.code) == (HELD, "registry_not_covered")
    assert found.sentence.startswith("Area code 305 is not covered by the national do-not-call registry (version 1")


@pytest.mark.parametrize(
    ("days", "verdict", "code"),
    [(31.99, CLEAR, "registry_not_listed"), (32, HELD, "registry_too_old"), (-1, HELD, "registry_ahead")],
)
@pytest.mark.parametrize("consent", [ConsentBasis.NONE, ConsentBasis.WRITTEN])
def test_a_version_that_is_too_old_holds_everybody(
    registry: Registry, days: float, verdict: VerdictKind, code: str, consent: ConsentBasis
) -> None:
    """Also those with consent: without a current list it is not known who needs an exemption."""
    at = midnight(OBTAINED) + days * DAY
    assert asked(registry, replace(CALL, number=FREE, consent=consent), at) == (verdict, code)


def test_without_a_registry_everything_is_held(tmp_path: Path) -> None:
    """None imported is no permission."""
    assert asked(Registry.open(tmp_path), CALL) == (HELD, "registry_none")


def test_an_unreadable_registry_holds_everything(folder: Path, registry: Registry) -> None:
    """And dialing goes on by itself when it is mended."""
    header = (folder / "national.json").read_bytes()
    (folder / "national.json").write_bytes(header[:-20])
    registry.reload_if_changed()
    for number in (LISTED, FREE, ELSEWHERE):
        assert asked(registry, replace(CALL, number=number)) == (HELD, "registry_unreadable")
    (folder / "national.json").write_bytes(header)
    registry.reload_if_changed()
    assert asked(registry, replace(CALL, number=FREE)) == (CLEAR, "registry_not_listed")


@pytest.mark.parametrize("number", [FREE, 12_125_550_199])
@pytest.mark.parametrize("days", [0, 40, -3])
def test_a_demonstrations_list_holds_every_real_call(tmp_path: Path, number: int, days: int) -> None:
    """Whatever it says, also of a number that it lists: it knows nobody. A rehearsal takes its word."""
    write_demo_registry(tmp_path, NOON)
    check, at = RegistryCheck(Registry.open(tmp_path)), NOON + days * DAY
    found = check(replace(CALL, number=number), at)
    assert (found.verdict, found.code, found.until) == (HELD, "registry_demo", None)
    assert "is a DEMO one" in found.sentence
    assert "`dialconsole registry import FILE... --date YYYY-MM-DD`" in found.sentence
    assert check(replace(CALL, number=number, rehearsed=True), at).code != "registry_demo"
    assert check(replace(CALL, number=number, registry_exempt="survey, no sales"), at).code == "registry_exempt"


@pytest.mark.parametrize("purpose", Purpose)
def test_it_binds_every_campaign(registry: Registry, purpose: Purpose) -> None:
    """Whatever its purpose; only the owner's exemption lifts it."""
    assert asked(registry, replace(CALL, purpose=purpose)) == (REFUSED, "registry_listed")


def test_an_exempted_campaign_is_clear_with_the_owners_reason(tmp_path: Path) -> None:
    """Also without any registry, and for other countries; the reason stands in the evidence."""
    check = RegistryCheck(Registry.open(tmp_path))
    call = replace(CALL, registry_exempt="survey, no sales: M. Ortiz")
    for number in (LISTED, 442_079_460_000):
        found = check(replace(call, number=number), NOON)
        assert (found.verdict, found.code) == (CLEAR, "registry_exempt")
        assert "the campaign's owner exempts it (survey, no sales: M. Ortiz)" in found.sentence
    found = check(replace(call, registry_exempt_by="maria"), NOON)
    assert "the campaign's owner maria exempts it (survey, no sales: M. Ortiz)" in found.sentence


@pytest.mark.parametrize("word", ["no", "No ", "false", "0", "yes", "off", " "])
def test_a_word_of_a_switch_exempts_nobody(tmp_path: Path, word: str) -> None:
    """Also in a document from before such words were refused: whoever wrote "no" meant the registries to bind."""
    check = RegistryCheck(Registry.open(tmp_path))
    assert check(replace(CALL, registry_exempt=word), NOON).code == "registry_none"


@pytest.mark.parametrize("consent", ConsentBasis)
def test_only_written_consent_exempts(registry: Registry, consent: ConsentBasis) -> None:
    """Oral consent does not (16 CFR 310.4(b)(1)(iii)(B)(1)); the evidence names the exemption."""
    found = RegistryCheck(registry)(replace(CALL, consent=consent), NOON)
    if consent is ConsentBasis.WRITTEN:
        assert (found.verdict, found.code) == (CLEAR, "registry_consent")
        assert found.sentence.startswith("Listed on the national do-not-call registry (version 1")
        assert found.sentence.endswith("Exempt: the callee gave prior express written consent.")
    else:
        assert (found.verdict, found.code) == (REFUSED, "registry_listed")


@pytest.mark.parametrize(
    ("purchase", "inquiry", "code"),
    [
        ("2026-11-02", None, "registry_purchase"),
        ("2025-05-03", None, "registry_purchase"),
        ("2025-05-02", None, "registry_listed"),
        ("2026-11-03", None, "registry_listed"),
        (None, "2026-08-03", "registry_inquiry"),
        (None, "2026-08-02", "registry_listed"),
        (None, "2026-11-03", "registry_listed"),
        ("2025-05-02", "2026-08-03", "registry_inquiry"),
        ("1970-01-01", None, "registry_listed"),
    ],
)
def test_an_established_relationship_exempts(
    registry: Registry, purchase: str | None, inquiry: str | None, code: str
) -> None:
    """18 calendar months from a purchase, 3 from an inquiry, the last day not counted; none that is yet to come."""
    call = replace(
        CALL, last_purchase=posix(purchase) if purchase else None, last_inquiry=posix(inquiry) if inquiry else None
    )
    found = RegistryCheck(registry)(call, NOON)
    assert found.code == code
    if code == "registry_purchase":
        assert f"last purchase was on {purchase}, less than 18 months ago" in found.sentence
    if code == "registry_inquiry":
        assert f"last inquiry was on {inquiry}, less than 3 months ago" in found.sentence


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 40))
def test_months_are_calendar_months(day: date, months: int) -> None:
    """The same day of the month, or its last one: 31 August and 18 months is the end of February."""
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and months_after(later.replace(day=1), 1).day == 1)
    if later.day < day.day:
        assert (later.toordinal() + 1) == months_after(later.replace(day=1), 1).toordinal()


def test_a_states_list_refuses_whoever_is_on_it(folder: Path, registry: Registry) -> None:
    """Also a callee who does not seem to be in that state: people keep their number when they move."""
    import_state(folder, "us-fl", [FREE - 10**10])
    registry.reload_if_changed()
    found = RegistryCheck(registry)(replace(CALL, number=FREE), NOON)
    assert (found.verdict, found.code) == (REFUSED, "registry_listed")
    assert found.sentence == "Listed on the do-not-call list of US-FL (version 1 of 2026-11-01, 1 day old)."


def test_a_relationship_does_not_exempt_from_a_states_list(folder: Path, registry: Registry) -> None:
    """Some states grant no such exemption, so none is taken; written consent is one everywhere."""
    import_state(folder, "us-fl", [LISTED - 10**10])
    registry.reload_if_changed()
    assert asked(registry, replace(CALL, last_purchase=NOON - DAY)) == (REFUSED, "registry_listed")
    found = RegistryCheck(registry)(replace(CALL, consent=ConsentBasis.WRITTEN), NOON)
    assert (found.verdict, found.code) == (CLEAR, "registry_consent")
    assert found.sentence.count("Exempt:") == 2


@pytest.mark.parametrize(
    ("places", "held"),
    [(("US-NJ",), False), (("US-FL",), True), (("US-FL", "US-NJ"), True), (("US",), True), ((), True)],
)
def test_a_states_list_that_is_too_old_holds_its_own(
    folder: Path, registry: Registry, places: tuple[str, ...], held: bool
) -> None:
    """Callees in that state, and those whose state is not known."""
    import_state(folder, "us-fl", [ELSEWHERE - 10**10], obtained=date(2026, 9, 1))
    registry.reload_if_changed()
    found = asked(registry, replace(CALL, number=FREE, jurisdictions=places))
    assert found == ((HELD, "registry_too_old") if held else (CLEAR, "registry_not_listed"))


def test_a_states_list_that_is_too_old_holds_whoever_it_named(folder: Path, registry: Registry) -> None:
    """Wherever they seem to be: a list that may not be used any more does not free the people on it."""
    import_state(folder, "us-fl", [FREE - 10**10], obtained=date(2026, 9, 1))
    registry.reload_if_changed()
    assert asked(registry, replace(CALL, number=FREE, jurisdictions=("US-NJ",))) == (HELD, "registry_too_old")


def test_a_states_list_that_cannot_be_read_holds_everybody(folder: Path, registry: Registry) -> None:
    """Who is on it is on it wherever they live."""
    import_state(folder, "us-fl", [ELSEWHERE - 10**10])
    (folder / "us-fl.json").write_text("")
    registry.reload_if_changed()
    assert asked(registry, replace(CALL, number=FREE)) == (HELD, "registry_unreadable")


def test_clear_evidence_names_every_list_that_was_asked(folder: Path, registry: Registry) -> None:
    """National and state, each with its version."""
    import_state(folder, "us-nj", [ELSEWHERE - 10**10])
    registry.reload_if_changed()
    found = RegistryCheck(registry)(replace(CALL, number=FREE), NOON)
    assert (found.verdict, found.code) == (CLEAR, "registry_not_listed")
    assert "Not on the national do-not-call registry" in found.sentence
    assert "Not on the do-not-call list of US-NJ" in found.sentence


def test_canada_has_its_own_list(folder: Path, registry: Registry) -> None:
    """Held until it is imported; the registry of the United States is not asked, nor does a purchase exempt."""
    toronto = 14_165_550_100
    call = replace(CALL, number=toronto, jurisdictions=("CA-ON",))
    assert asked(registry, call) == (HELD, "registry_none")
    assert "National Do Not Call List of Canada" in RegistryCheck(registry)(call, NOON).sentence
    import_numbers(folder, [toronto - 10**10], name="canada")
    registry.reload_if_changed()
    assert asked(registry, replace(call, last_purchase=NOON - DAY)) == (REFUSED, "registry_listed")
    assert asked(registry, replace(call, number=toronto + 1)) == (CLEAR, "registry_not_listed")


@pytest.mark.parametrize(
    ("number", "places", "words"),
    [
        (442_079_460_000, ("GB",), "TPS and CTPS"),
        (61_255_501_234, ("AU",), "Do Not Call Register"),
        (18_765_550_100, ("JM",), "No do-not-call registry is known for JM"),
        (4_930_123_456, (), "No do-not-call registry is known for this country"),
    ],
)
def test_registers_that_cannot_be_read_hold(
    registry: Registry, number: int, places: tuple[str, ...], words: str
) -> None:
    """The FTC's does not bind there, another one may: screened elsewhere, the campaign is exempted with that reason."""
    found = RegistryCheck(registry)(replace(CALL, number=number, jurisdictions=places), NOON)
    assert (found.verdict, found.code) == (HELD, "registry_elsewhere")
    assert words in found.sentence
    assert "exempt the campaign" in found.sentence


def test_of_several_registries_the_strictest_decides(folder: Path, registry: Registry) -> None:
    """Listed in one country and unknown in another is refused; not listed and unknown is held."""
    places = ("CA-ON", "US-NJ")
    assert asked(registry, replace(CALL, jurisdictions=places)) == (REFUSED, "registry_listed")
    assert asked(registry, replace(CALL, number=FREE, jurisdictions=places)) == (HELD, "registry_none")
