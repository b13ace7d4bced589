"""Who may do what, as the engine tells it to the control server."""

from __future__ import annotations

from pathlib import Path

from dialconsole.model.request.people import GrantRole
from dialconsole.model.view import Role
from kit.engine import MARIA, open_room, virtual

UID = 61_234


def test_whoever_takes_a_role_away_is_named_until_it_is_given_back(tmp_path: Path) -> None:
    """The console of the person says by whom; who never had a role was refused by nobody."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(GrantRole(uid=UID, name="ned", role=Role.OBSERVER))
            assert room.engine.role_of(UID) == ("ned", Role.OBSERVER)
            assert room.engine.taken_away_by(UID) == ""
            await room.ask(GrantRole(uid=UID, name="ned", role=None))
            assert room.engine.role_of(UID) is None
            assert room.engine.taken_away_by(UID) == MARIA.user
            await room.ask(GrantRole(uid=UID, name="ned", role=Role.OPERATOR))
            assert room.engine.taken_away_by(UID) == ""

    virtual(main)
