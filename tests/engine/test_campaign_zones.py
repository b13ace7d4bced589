"""A zone column that somebody declared to be right cannot be taken back under the contacts that rest on it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from dialconsole.model.campaign import CallingWindow
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import SetCampaign
from kit.engine import open_room, virtual

LOS_ANGELES = "+12135550100"


def test_contacts_do_not_outlive_the_word_their_zone_rests_on(tmp_path: Path) -> None:
    """A number of Los Angeles was dialed at 6:00 there, hours after its New York column had been declared wrong."""

    async def main() -> None:
        async with open_room(tmp_path, start=datetime(2026, 3, 3, 12, 0, tzinfo=UTC)) as room:
            wide = CallingWindow(opens=time(8), closes=time(21))
            await room.campaign([LOS_ANGELES], zone_authoritative=True, zone="America/New_York", window=wide)
            with pytest.raises(Problem, match="new campaign") as refused:
                await room.ask(SetCampaign(name="spring", fields={"zone_authoritative": "off"}))
            assert refused.value.code == "has_contacts"
            assert room.engine.floor.campaigns["spring"].zone_authoritative
            await asyncio.sleep(1)

    virtual(main)
