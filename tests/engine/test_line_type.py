"""The kind of line that a list names decides which rules bind."""

from __future__ import annotations

from pathlib import Path

from dialconsole.model.campaign import Campaign
from dialconsole.model.purpose import Purpose
from dialconsole.model.request.campaigns import CreateCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import Explain
from kit.engine import open_room, virtual


def test_a_landline_needs_no_consent_to_an_informational_call(tmp_path: Path) -> None:
    """A mobile does, and so does a line of which the list says nothing plain (47 CFR 64.1200(a)(1)(iii), (a)(3))."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            campaign = Campaign(name="spring", trunk="main", purpose=Purpose.INFORMATIONAL)
            await room.ask(CreateCampaign(campaign=campaign))
            path = tmp_path / "spring.csv"
            path.write_text(
                "phone,line type\n+12125550100,landline\n+12125550101,mobile\n+12125550102,voip\n", encoding="utf-8"
            )
            await room.ask(ImportList(campaign="spring", path=str(path)))
            codes = []
            for number in ("+12125550100", "+12125550101", "+12125550102"):
                verdict = (await room.ask(Explain(number=number, campaign="spring"))).verdict
                codes.append(next(check.code for check in verdict.checks if check.check == "consent"))
            assert codes == ["no_consent_needed", "consent_missing", "consent_missing"]

    virtual(main)
