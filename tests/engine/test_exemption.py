"""Exempting a campaign from the do-not-call registries: whose word it is, what counts as a reason, what is kept."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.campaigns import CreateCampaign, SetCampaign
from dialconsole.model.request.looking import ListAudit, ShowCall
from dialconsole.model.request.trunks import PlaceTestCall
from dialconsole.model.terms import CallTerms
from dialconsole.model.verdict import CheckName
from dialconsole.model.view import Role
from dialconsole.store import reading
from dialconsole.store.opening import open_for_reading
from kit.engine import MARIA, NOON_EAST, Room, number, open_room, virtual

OPAL = structs.replace(MARIA, user="opal", role=Role.OPERATOR)
WHY = "an opinion survey, no sales"


def exempt(room: Room) -> tuple[str, str, float]:
    doc = room.engine.floor.campaigns["spring"]
    return doc.registry_exempt, doc.registry_exempt_by, doc.registry_exempt_at


@pytest.mark.parametrize("said", ["no", "No", "false", "0", "yes", "true", "survey", "x y", "1 2 3 4 5"])
def test_what_is_no_reason_is_refused(tmp_path: Path, said: str) -> None:
    """Above all what somebody writes who wants no exemption; the sentence says how one is taken away."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)])
            with pytest.raises(Problem, match="leave it empty: registry_exempt=") as refused:
                await room.ask(SetCampaign(name="spring", fields={"registry_exempt": said}))
            assert refused.value.code == "no_reason"
            with pytest.raises(Problem, match="is no reason"):
                await room.ask(CreateCampaign(campaign=Campaign(name="other", trunk="main", registry_exempt=said)))
            assert exempt(room) == ("", "", 0.0)
            assert list(room.engine.floor.campaigns) == ["spring"]

    virtual(main)


def test_it_is_an_admins_word_and_kept_with_name_and_time(tmp_path: Path) -> None:
    """In the document, the audit, an alert, the gate's sentence and the terms of each call."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            shutil.rmtree(room.engine._workspace.registry_path)
            await asyncio.sleep(60)
            await room.ask(CreateCampaign(campaign=Campaign(name="other", trunk="main")), OPAL)
            await room.campaign([number(1)])
            with pytest.raises(Problem, match="needs the role admin"):
                await room.ask(SetCampaign(name="spring", fields={"registry_exempt": WHY}), OPAL)
            await asyncio.sleep(60)
            assert room.backend.prepared == []
            at = room.clock.time()
            await room.ask(SetCampaign(name="spring", fields={"registry_exempt": WHY}))
            assert exempt(room) == (WHY, "maria", at)
            assert any("maria made spring exempt from every" in a.sentence for a in room.engine.floor.notices.all())
            await asyncio.sleep(60)
            assert room.backend.numbers == [number(1)], "who was held is looked at again"
            (attempt,) = await room.ledger.attempts()
            report = await room.ask(ShowCall(attempt=attempt.attempt))
            assert report.evidence is not None
            (found,) = [check for check in report.evidence.checks if check.check is CheckName.REGISTRY]
            assert found.sentence == f"No registry was asked: the campaign's owner maria exempts it ({WHY})."
            connection = open_for_reading(room.path / "workspace" / "ledger.db")
            terms, _ = reading.terms(connection, attempt.attempt)
            connection.close()
            assert terms is not None
            assert (terms.registry_exempt, terms.registry_exempt_by, terms.registry_exempt_at) == (WHY, "maria", at)

    virtual(main)


def test_other_edits_leave_it_and_anybody_who_may_edit_ends_it(tmp_path: Path) -> None:
    """An operator's edit is not an exemption of theirs; an end of it makes the rules stricter, so it needs no admin."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            doc = Campaign(
                name="spring", trunk="main", registry_exempt=WHY, registry_exempt_by="somebody", registry_exempt_at=1.0
            )
            with pytest.raises(Problem, match="needs the role admin"):
                await room.ask(CreateCampaign(campaign=doc), OPAL)
            await room.ask(CreateCampaign(campaign=doc))
            at = room.clock.time()
            assert exempt(room) == (WHY, "maria", at), "whatever the request says"
            (entry,) = await room.ask(ListAudit(limit=1))
            assert (entry.who, entry.action) == ("maria", "campaign created")
            assert entry.new == f"trunk main; exempt from every do-not-call registry: {WHY}"
            await asyncio.sleep(60)
            await room.ask(SetCampaign(name="spring", fields={"weight": "3", "registry_exempt": WHY}), OPAL)
            assert exempt(room) == (WHY, "maria", at)
            await room.ask(SetCampaign(name="spring", fields={"registry_exempt": ""}), OPAL)
            assert exempt(room) == ("", "", 0.0)
            with pytest.raises(Problem, match="no setting 'registry_exempt_by'"):
                await room.ask(SetCampaign(name="spring", fields={"registry_exempt_by": "maria"}))

    virtual(main)


def test_a_test_call_is_exempted_by_whoever_attests_the_consent(tmp_path: Path) -> None:
    """An operator may, since it is one call to somebody who agreed; the evidence names them."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            placed = await room.ask(PlaceTestCall(number=number(1), trunk="main", consent=ConsentBasis.WRITTEN), OPAL)
            await asyncio.sleep(60)
            report = await room.ask(ShowCall(attempt=placed.attempt))
            assert report.evidence is not None
            assert any(
                "owner opal exempts it (written consent, attested by opal)" in check.sentence
                for check in report.evidence.checks
            )

    virtual(main)


def test_documents_from_before_names_were_kept_are_read() -> None:
    """The exemption holds, and nobody's name stands with it."""
    old = msgspec.convert({"name": "spring", "trunk": "main", "registry_exempt": WHY}, Campaign)
    assert (old.registry_exempt_by, old.registry_exempt_at) == ("", 0.0)
    fields = {
        "caller_identity": "", "opt_out_line": "", "client": "", "purpose": "survey", "voice": "human",
        "registry_exempt": WHY, "started_by": "maria", "started_at": NOON_EAST.timestamp(),
    }  # fmt: skip
    assert msgspec.convert(fields, CallTerms).registry_exempt_by == ""
