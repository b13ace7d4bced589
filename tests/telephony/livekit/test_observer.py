"""The engine's own ear: it joins unseen, listens to the callee alone, and leaves, whatever happens."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import jwt
import pytest

from dialconsole.clock import run_virtual
from dialconsole.model.errors import Problem
from dialconsole.telephony.detection import Clue, Detection
from dialconsole.telephony.livekit import observer
from dialconsole.telephony.livekit.access import Access
from dialconsole.telephony.livekit.observer import CalleeListener, socket_url, token
from kit.rooms import FakeRoom, audio

ACCESS = Access("http://127.0.0.1:7880", "key", "a secret of more than thirty-two characters")


class ConnectError(Exception):
    """The SDK's."""


class Place(FakeRoom):
    """A room that is joined and left."""

    def __init__(self) -> None:
        super().__init__()
        self.connected = False
        self.joined: list[tuple[str, SimpleNamespace]] = []
        self.leaves = 0
        self.refuses = False

    async def connect(self, url: str, token: str, options: SimpleNamespace) -> None:
        if self.refuses:
            raise ConnectError("engine: 401 Unauthorized")
        self.joined.append((url, options))
        self.connected = True

    async def disconnect(self) -> None:
        self.connected = False
        self.leaves += 1


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    """The room that the SDK would make."""
    made = Place()
    rtc = SimpleNamespace(Room=lambda: made, RoomOptions=SimpleNamespace, ConnectError=ConnectError)
    monkeypatch.setattr(observer, "import_module", lambda name: rtc)
    monkeypatch.setattr("livekit.rtc.AudioStream", audio((0.3, 1.0)))
    return made


def listen(place: Place, *, answered_at: float = 2.0, limit_s: float = 30.0) -> tuple[Detection | None, float]:
    """The decision, and when."""

    async def body() -> tuple[Detection | None, float]:
        loop = asyncio.get_running_loop()
        loop.call_later(answered_at, lambda: place.status(place.dialed(), "active"))
        found = await CalleeListener().listen(ACCESS, "at-1", "at-1", 3.5, limit_s)
        return found, loop.time()

    return run_virtual(body)


def test_it_hears_a_person_and_leaves(place: Place) -> None:
    """Joined without subscribing to everybody; gone when it is decided."""
    found, at = listen(place)
    assert found is not None
    assert found.clue is Clue.SHORT_SPEECH
    assert at == pytest.approx(3.5, abs=0.1)
    ((url, options),) = place.joined
    assert url == "ws://127.0.0.1:7880"
    assert options.auto_subscribe is False
    assert place.leaves == 1


def test_it_gives_up_at_the_limit_and_leaves(place: Place) -> None:
    """A call that is never answered holds no connection."""
    found, at = listen(place, answered_at=100.0, limit_s=10.0)
    assert found is None
    assert at == pytest.approx(10.0, abs=0.01)
    assert place.leaves == 1


def test_a_call_that_ends_is_none(place: Place) -> None:
    """Nobody was heard, which is no decision."""

    async def body() -> Detection | None:
        asyncio.get_running_loop().call_later(1.0, place.close)
        return await CalleeListener().listen(ACCESS, "at-1", "at-1", 3.5, 30.0)

    assert run_virtual(body) is None
    assert place.leaves == 1


def test_a_server_that_lets_nobody_in_is_a_sentence(place: Place) -> None:
    """Which says where, and not with which key."""
    place.refuses = True
    with pytest.raises(Problem, match=r"could not join a call at http://127.0.0.1:7880: engine: 401") as raised:
        listen(place)
    assert ACCESS.secret not in str(raised.value)
    assert place.leaves == 1


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install, and how to do without."""

    def missing(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(observer, "import_module", missing)
    with pytest.raises(Problem, match=r"pip install 'dialconsole\[observer\]'"):
        run_virtual(CalleeListener().listen(ACCESS, "at-1", "at-1", 3.5, 5.0))


def test_the_token_opens_one_room_to_listen_in() -> None:
    """Hidden, and no right but to subscribe."""
    claims = jwt.decode(token(ACCESS, "at-1"), ACCESS.secret, algorithms=["HS256"])
    assert claims["video"] == {
        "roomJoin": True,
        "room": "at-1",
        "hidden": True,
        "canPublish": False,
        "canPublishData": False,
        "canSubscribe": True,
    }
    assert claims["exp"] - claims["nbf"] == 600


@pytest.mark.parametrize(
    ("url", "socket"),
    [("http://127.0.0.1:7880", "ws://127.0.0.1:7880"), ("https://p.livekit.cloud", "wss://p.livekit.cloud")],
)
def test_rooms_are_joined_where_the_server_is(url: str, socket: str) -> None:
    """Encrypted where the server API is."""
    assert socket_url(url) == socket
