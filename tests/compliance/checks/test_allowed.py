"""Before its release a trunk to the real network calls its allow list alone."""

from __future__ import annotations

import pytest

from dialconsole.compliance.checks.allowed import AllowedCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.engine.safeguards import proposed
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.place import Place
from dialconsole.model.verdict import VerdictKind

OURS, THEIRS = 12125550101, 12125550102


def call(trunk: Trunk | None, number: int) -> ProposedCall:
    doc = Campaign(name="spring", trunk="main")
    place = Place(("America/New_York",), ("US-NY",))
    return proposed(doc, CampaignState.RUNNING, number, place, ContactFacts(), 0, trunk)


@pytest.mark.parametrize("trunk", [Trunk(name="main"), Trunk(name="main", backend="livekit", released=True)])
def test_a_released_trunk_and_one_that_calls_nobody_real_call_any_number(trunk: Trunk) -> None:
    """The allow list does not bind them, even if there is one."""
    assert AllowedCheck()(call(trunk, THEIRS), 0.0).verdict is VerdictKind.CLEAR


def test_a_locked_trunk_holds_everybody_else() -> None:
    """Without a time: what ends the hold is an admin's word, and the sentence names the command."""
    trunk = Trunk(name="main", backend="livekit", allowed_numbers=("+12125550101",))
    assert AllowedCheck()(call(trunk, OURS), 0.0).code == "on_allow_list"
    held = AllowedCheck()(call(trunk, THEIRS), 0.0)
    assert (held.verdict, held.code, held.until) == (VerdictKind.HELD, "not_on_allow_list", None)
    assert "(1 number)" in held.sentence
    assert held.sentence.endswith("dialconsole trunk release main")


@pytest.mark.parametrize(
    "trunk",
    [
        Trunk(name="main", backend="livekit"),
        Trunk(name="main", backend="livekit", allowed_numbers=("me", "+", "")),
        None,
    ],
)
def test_without_a_list_or_a_trunk_nobody_is_called(trunk: Trunk | None) -> None:
    """A new trunk calls nobody; nor does one whose list holds no number (by hand), or that is not there."""
    held = AllowedCheck()(call(trunk, OURS), 0.0)
    assert held.verdict is VerdictKind.HELD
    assert "which is empty" in held.sentence
