"""Every source that the checks by rule stand on, made to fail: held or refused, never clear; and clear when mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialconsole.compliance import hours as hours_module
from dialconsole.compliance.gate import Gate, ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.rules import bound as bound_module
from dialconsole.compliance.rules.book import FOLDER, RuleBook
from dialconsole.compliance.standard import standard_gate
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.verdict import CheckName, VerdictKind

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC).timestamp()
CALL = ProposedCall(
    number=12015550123,
    zones=("America/New_York",),
    campaign="spring",
    jurisdictions=("US-AL",),
    consent=ConsentBasis.WRITTEN,
)
BY_RULE = {CheckName.HOURS, CheckName.CAPS, CheckName.CONSENT}


def gate_of(book: RuleBook) -> Gate:
    return standard_gate(OptOutIndex(), RecentCalls(), CallingHours(), book, CallHistory(30 * 86_400.0))


def test_clear_when_all_is_well() -> None:
    """What the tests below break."""
    assert gate_of(RuleBook.read()).judge(CALL, NOON).clear


@pytest.mark.parametrize(
    "breaking",
    [
        lambda folder: (folder / "us_states.toml").write_text('[US-AL]\nplace = "', "utf-8"),
        lambda folder: (folder / "us.toml").write_bytes(b"\0\xff" * 100),
        lambda folder: (folder / "us.toml").unlink(),
        lambda folder: shutil.rmtree(folder),
    ],
    ids=["cut off", "not text", "federal file gone", "folder gone"],
)
def test_rule_files_that_fail_hold_every_call(tmp_path: Path, breaking: Callable[[Path], object]) -> None:
    """Hours, caps and consent are held, also by a gate that has said clear before; mended, it goes on by itself."""
    folder = tmp_path / "rules"
    shutil.copytree(FOLDER, folder)
    book = RuleBook.read(folder=folder)
    gate = gate_of(book)
    assert gate.judge(CALL, NOON).clear
    breaking(folder)
    with pytest.raises(Problem):
        book.load()
    verdict = gate.judge(CALL, NOON)
    assert verdict.verdict is VerdictKind.HELD
    assert {check.check for check in verdict.checks if check.verdict is VerdictKind.HELD} == BY_RULE
    assert all("cannot be used" in reason for reason in verdict.reasons)
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    book.load()
    assert gate.judge(CALL, NOON).clear


def test_a_book_that_nobody_read_holds() -> None:
    """An engine that forgot to load its rules dials nothing."""
    assert gate_of(RuleBook()).judge(CALL, NOON).verdict is VerdictKind.HELD


def test_zone_data_that_is_missing_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the zone in which a row counts besides the callee's own (Texas, Central time)."""
    known = hours_module.known_zone
    monkeypatch.setattr(hours_module, "known_zone", lambda zone: zone != "America/Chicago" and known(zone))
    rules = RuleBook.read().rules_for(("US-TX",), CALL.purpose, CALL.voice, CALL.line)
    assert not CallingHours().opening(("America/Denver",), CALL.window, 30.0, NOON, rules).open
    assert not CallingHours().opening(("America/Chicago",), CALL.window, 30.0, NOON).open


def test_holidays_that_cannot_be_told_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library breaks after the rules were read."""

    def broken(code: str, year: int) -> dict[object, str]:
        raise RuntimeError("no data")

    bound_module._holidays.cache_clear()
    monkeypatch.setattr(bound_module, "library_days", broken)
    verdict = gate_of(RuleBook.read()).judge(CALL, NOON)
    assert verdict.verdict is VerdictKind.HELD
    assert verdict.decisive is not None
    assert (verdict.decisive.check, verdict.decisive.code) == (CheckName.HOURS, "check_failed")


def test_a_place_that_nobody_knows_holds() -> None:
    """No state, no area code, no ZIP: no law."""
    call = ProposedCall(number=CALL.number, zones=CALL.zones, campaign="spring", consent=ConsentBasis.WRITTEN)
    assert gate_of(RuleBook.read()).judge(call, NOON).verdict is VerdictKind.HELD
