"""What the gate looks things up in, while it changes: registries age and are imported, rules break and are mended."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.registry.bits import BitFile
from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.compliance.registry.header import Header
from dialconsole.compliance.registry.proof import Proof, prove
from dialconsole.compliance.registry.upkeep import verify
from dialconsole.compliance.rules.book import FOLDER, RuleBook
from dialconsole.engine.safeguards import proposed
from dialconsole.model.campaign import CallingWindow, Campaign, RetryPolicy, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState, Outcome
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.request.campaigns import PauseCampaign, SetCampaign, StartCampaign
from dialconsole.model.request.rules import AddDay, ListCalendar, ReloadRegistry, RemoveDay, ShowRegistry
from kit.engine import Callee, Room, ScriptedBackend, number, open_room, virtual

DAY = 86_400.0
BEFORE_HOURS = datetime(2026, 3, 3, 11, tzinfo=UTC)


def remove_registry(room: Room) -> None:
    shutil.rmtree(room.engine._workspace.registry_path)


async def codes(room: Room) -> list[str]:
    return [code for code, _, _ in room.engine.floor.queue.counts("spring", room.clock.time()).holds]


def test_without_a_registry_nothing_is_dialed_until_one_is_imported(tmp_path: Path) -> None:
    """Held with exactly that reason, for every contact; dialing goes on by itself when there is one."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            remove_registry(room)
            await asyncio.sleep(60)
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            assert await codes(room) == ["registry_none"]
            write_demo_registry(room.engine._workspace.registry_path, room.clock.time())
            await asyncio.sleep(600)
            assert len(room.backend.dialed) == 3

    virtual(main)


def test_a_registry_that_gets_too_old_is_warned_of_and_then_holds_every_call(tmp_path: Path) -> None:
    """31 days; nobody touched a file. Warnings come 7, 3 and 1 days before, each once."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await asyncio.sleep(33 * DAY)
            told = [alert.sentence for alert in room.engine.floor.notices.all() if alert.severity == "warning"]
            assert len(told) == len(set(told)) >= 4
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            assert await codes(room) == ["registry_too_old"]
            report = await room.ask(ShowRegistry())
            assert report.lists[0].demo
            assert report.warnings

    virtual(main)


def test_a_day_of_the_calendar_holds_its_place_and_no_other(tmp_path: Path) -> None:
    """In force at once, by the callee's local date; taking it off lets the calls go on."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddDay(jurisdiction="LA", day=date(2026, 3, 3), reason="proclamation"))
            await room.campaign([number(1, "504"), number(2, "212")], zone="America/Chicago")
            await asyncio.sleep(600)
            assert room.backend.numbers == [number(2, "212")]
            (day,) = await room.ask(ListCalendar())
            assert (day.jurisdiction, day.by) == ("US-LA", "maria")
            await room.ask(RemoveDay(jurisdiction="Louisiana", day=date(2026, 3, 3)))
            await asyncio.sleep(600)
            assert sorted(room.backend.numbers) == [number(2, "212"), number(1, "504")]

    virtual(main)


def test_a_day_that_is_entered_anew_while_it_is_taken_off_stays(tmp_path: Path) -> None:
    """In memory, where calls are judged by it, as on disk; and whoever took it off is told."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            day = AddDay(jurisdiction="LA", day=date(2026, 3, 3), reason="proclamation")
            await room.ask(day)
            off, on = await asyncio.gather(room.ask(RemoveDay(jurisdiction="LA", day=date(2026, 3, 3))), room.ask(day))
            assert on.changed and not off.changed and "anew meanwhile" in off.sentence
            days = await room.ask(ListCalendar())
            assert len(days) == len(room.engine._workspace.documents.calendar) == 1
            await room.campaign([number(1, "504")], zone="America/Chicago")
            await asyncio.sleep(600)
            assert room.backend.numbers == []
            both = (room.ask(RemoveDay(jurisdiction="LA", day=date(2026, 3, 3))) for _ in range(2))
            assert sorted(done.changed for done in await asyncio.gather(*both)) == [False, True]
            assert not await room.ask(ListCalendar())

    virtual(main)


@pytest.mark.parametrize(("text", "said"), [("CA", "Canada or California"), ("Atlantis", "no place")])
def test_a_place_that_is_not_clear_is_not_guessed(tmp_path: Path, text: str, said: str) -> None:
    """CA is two places; Atlantis is none."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            with pytest.raises(Problem, match=said):
                await room.ask(AddDay(jurisdiction=text, day=date(2026, 3, 3), reason="x"))

    virtual(main)


def test_an_artificial_voice_that_does_not_say_who_calls_cannot_start(tmp_path: Path) -> None:
    """And the sentence says which settings are missing."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            with pytest.raises(Problem, match=r"campaign set spring opt_out_line=\.\.\."):
                await room.campaign([number(1)], opt_out_line="")
            assert room.engine.floor.campaigns["spring"].caller_identity == "A test"
            with pytest.raises(Problem):
                await room.ask(StartCampaign(name="spring"))

    virtual(main)


def test_nobody_takes_that_away_while_calls_are_made(tmp_path: Path) -> None:
    """What a campaign must say to start it must go on saying; paused, it may be rewritten, and not started then."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)])
            for fields in ({"opt_out_line": ""}, {"caller_identity": "none"}):
                with pytest.raises(Problem, match="must say who calls"):
                    await room.ask(SetCampaign(name="spring", fields=fields))
            await room.ask(PauseCampaign(name="spring"))
            await room.ask(SetCampaign(name="spring", fields={"opt_out_line": ""}))
            with pytest.raises(Problem, match="must say who calls"):
                await room.ask(StartCampaign(name="spring"))

    virtual(main)


@pytest.mark.parametrize("lost", ["caller_identity", "opt_out_line"])
def test_what_runs_without_that_when_an_engine_comes_up_is_paused(tmp_path: Path, lost: str) -> None:
    """An older version, or a hand in the file, may have left it so; the reason says what is missing, aloud too."""

    async def main() -> None:
        async with open_room(tmp_path, start=BEFORE_HOURS) as room:
            await room.campaign([number(1)])
            await room.campaign([number(2)], name="person", voice=Voice.HUMAN)
            for name in ("spring", "person"):
                doc = structs.replace(room.engine.floor.campaigns[name], **{lost: ""})
                await room.engine._workspace.documents.put_campaign(doc)
        async with open_room(tmp_path) as room:
            await asyncio.sleep(600)
            assert room.backend.numbers == [number(2)]
            doc = room.engine.floor.campaigns["spring"]
            assert doc.state is CampaignState.PAUSED
            assert f"{lost}=..." in doc.reason
            assert any(f"{lost}=..." in alert.sentence for alert in room.engine.floor.notices.all())
            await room.ask(SetCampaign(name="spring", fields={lost: "+12125550199"}))
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(600)
            assert room.backend.numbers == [number(2), number(1)]

    virtual(main)


def test_marketing_by_an_artificial_voice_calls_nobody_without_written_consent(tmp_path: Path) -> None:
    """Refused, counted, and never dialed; with consent attested they are called."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1), number(2)], consent=ConsentBasis.ORAL, purpose=Purpose.MARKETING)
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            assert room.engine.floor.refusals == {"consent_missing": 2}
        async with open_room(tmp_path / "again") as room:
            await room.campaign([number(1), number(2)], consent=ConsentBasis.WRITTEN, purpose=Purpose.MARKETING)
            await asyncio.sleep(600)
            assert len(room.backend.dialed) == 2

    virtual(main)


def test_a_rule_book_that_cannot_be_read_holds_every_call_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine starts all the same, says why nothing is dialed, and goes on by itself."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            book = room.engine.floor.safeguards.book
            folder = book._folder
            book._folder = tmp_path / "nowhere"
            with pytest.raises(Problem):
                book.load()
            await room.campaign([number(1)])
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            book._folder = folder
            await asyncio.sleep(600)
            assert len(room.backend.dialed) == 1

    virtual(main)


def flip_a_bit(room: Room, listed: int) -> None:
    """As a failing disk does: one bit, and the file's time as it was."""
    (path,) = room.engine._workspace.registry_path.glob("national-*.bits")
    before, place = path.stat().st_mtime_ns, (listed - 2_000_000_000) >> 3
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0] ^ 1 << (listed & 7)
        file.seek(place)
        file.write(bytes([byte]))
    os.utime(path, ns=(before, before))


@pytest.mark.parametrize("by", ["itself", "verify"])
def test_a_registry_that_lost_a_bit_holds_every_call(tmp_path: Path, by: str) -> None:
    """Found by the engine itself or told it by whoever verified it; until it is imported anew, also after a restart."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            flip_a_bit(room, 212_555_0199)
            if by == "verify":
                with pytest.raises(Problem, match="wrong checksum"):
                    verify(room.engine._workspace.registry_path)
                await room.ask(ReloadRegistry(what="verified, and not whole"))
            else:
                await asyncio.sleep(60)
            await room.campaign([number(99), number(1)])
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            assert await codes(room) == ["registry_unreadable"]
            assert any("is damaged (wrong checksum)" in alert.sentence for alert in room.engine.floor.notices.all())
        async with open_room(tmp_path, registry=lambda folder, at: None) as room:
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            write_demo_registry(room.engine._workspace.registry_path, room.clock.time())
            await room.ask(ReloadRegistry(what="anew"))
            await asyncio.sleep(600)
            assert room.backend.numbers

    virtual(main)


def test_rules_that_were_mended_are_answered_from_all_calls_they_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book that nobody could read counted no days; the calls of the longest window are then read once more."""

    async def main() -> None:
        folder, broken = tmp_path / "rules", "broken = ["
        shutil.copytree(FOLDER, folder)
        good = (folder / "us.toml").read_text("utf-8")
        monkeypatch.setattr("dialconsole.engine.safeguards.RuleBook", lambda calendar: RuleBook(calendar, folder))
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)], purpose=Purpose.DEBT_COLLECTION)
            await asyncio.sleep(600)
            assert len(room.backend.dialed) == 1
        (folder / "us.toml").write_text(broken, "utf-8")
        async with open_room(tmp_path) as room:
            await room.campaign([number(1), number(2)], name="other", purpose=Purpose.DEBT_COLLECTION)
            await asyncio.sleep(600)
            (folder / "us.toml").write_text(good, "utf-8")
            await asyncio.sleep(6 * DAY)
            assert room.backend.numbers == [number(2)]
            await asyncio.sleep(2 * DAY)
            assert room.backend.numbers == [number(2), number(1)]

    virtual(main)


def test_a_registry_that_was_damaged_while_no_engine_ran_is_found_at_the_start(tmp_path: Path) -> None:
    """Before the first call, whatever the file's time and size say."""

    async def main() -> None:
        async with open_room(tmp_path, dialing=False) as room:
            await room.campaign([number(1)])
            flip_a_bit(room, 212_555_0101)
        async with open_room(tmp_path, registry=lambda folder, at: None) as room:
            await asyncio.sleep(600)
            assert room.backend.prepared == []
            assert await codes(room) == ["registry_unreadable"]

    virtual(main)


def test_a_large_registry_holds_its_calls_and_not_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is up while a slow disk is read; what the list binds waits until it was."""
    read = threading.Event()

    def slowly(folder: Path, header: Header, bits: BitFile) -> Proof:
        read.wait(10)
        return prove(folder, header, bits)

    monkeypatch.setattr("dialconsole.engine.safeguards.prove", slowly)
    monkeypatch.setattr("dialconsole.engine.engine.FIRST_PROOF_S", 0.0)

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)])
            for _ in range(100):  # turns of the loop: time stands still while a thread works
                await asyncio.sleep(0)
            assert room.backend.prepared == []
            assert await codes(room) == ["registry_unproven"]
            read.set()
            await asyncio.sleep(60)
            assert room.backend.numbers == [number(1)]

    virtual(main)


@pytest.mark.parametrize(
    ("settings", "hour", "held", "change"),
    [
        ({"purpose": Purpose.MARKETING}, 14.1, "before_hours", {"purpose": "informational"}),
        ({"min_gap_s": 7200.0}, 17.0, "too_soon", {"min_gap_s": "60"}),
        (
            {"voice": Voice.HUMAN, "purpose": Purpose.SURVEY},
            17.0,
            "registry_elsewhere",
            {"registry_exempt": "screened at the TPS"},
        ),
    ],
)
def test_an_edit_lets_those_go_whom_it_concerns(
    tmp_path: Path, settings: dict[str, object], hour: float, held: str, change: dict[str, str]
) -> None:
    """Held by hours, a gap or a registry, with a time or without: each is looked at again when a setting changes."""

    async def main() -> None:
        start = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(hours=hour)
        async with open_room(tmp_path, start=start) as room:
            callee = "+442079460123" if held == "registry_elsewhere" else "+15025550142"
            zone = "Europe/London" if held == "registry_elsewhere" else "America/New_York"
            if held == "too_soon":
                await room.campaign([callee], name="first", zone=zone)
                await asyncio.sleep(600)
            before = len(room.backend.dialed)
            await room.campaign([callee], zone=zone, **settings)  # type: ignore[arg-type]
            await asyncio.sleep(60)
            assert await codes(room) in ([held], ["hours"])
            await room.ask(SetCampaign(name="spring", fields=change))
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == before + 1

    virtual(main)


def test_the_gate_is_told_everything_under_its_own_name() -> None:
    """Each setting of the campaign and each fact of the contact stands in the field that the checks read."""
    campaign = Campaign(
        name="spring",
        trunk="main",
        window=CallingWindow(days=(1, 2)),
        ring_timeout_s=21.0,
        retry=RetryPolicy(max_attempts=5),
        min_gap_s=1234.0,
        purpose=Purpose.SURVEY,
        voice=Voice.HUMAN,
        registry_exempt="a survey",
        registry_exempt_by="maria",
        client="Example Clinic",
    )
    place = Place(zones=("America/Boise",), jurisdictions=("US-ID",))
    facts = ContactFacts(consent=ConsentBasis.ORAL, last_purchase=11.0, last_inquiry=12.0)
    trunk = Trunk(name="main", backend="livekit", allowed_numbers=("+12085550100",))
    assert proposed(campaign, CampaignState.PAUSED, 12085550100, place, facts, 2, trunk) == ProposedCall(
        number=12085550100,
        zones=place.zones,
        campaign="spring",
        state=CampaignState.PAUSED,
        window=campaign.window,
        ring_timeout_s=21.0,
        attempts=2,
        max_attempts=5,
        min_gap_s=1234.0,
        jurisdictions=place.jurisdictions,
        purpose=Purpose.SURVEY,
        voice=Voice.HUMAN,
        line=LineType.UNKNOWN,
        consent=ConsentBasis.ORAL,
        last_purchase=11.0,
        last_inquiry=12.0,
        registry_exempt="a survey",
        client="Example Clinic",
        trunk="main",
        allowed=frozenset({12085550100}),
        rehearsed=False,
        registry_exempt_by="maria",
    )
    fake = proposed(campaign, CampaignState.PAUSED, 12085550100, place, facts, 2, Trunk(name="main"))
    assert (fake.allowed, fake.rehearsed) == (None, True)
    assert not proposed(campaign, CampaignState.PAUSED, 12085550100, place, facts, 2, None).rehearsed


@pytest.mark.parametrize("restarts", [False, True])
def test_a_cap_counts_a_call_from_when_its_phone_rang(tmp_path: Path, restarts: bool) -> None:
    """Florida: three in 24 hours. The first waited 100 s for its agent, so it was claimed that much before it was made;
    also after a restart the fourth must not come a day after the claim, but a day after the call."""
    backend = ScriptedBackend(
        lambda order: Callee(Outcome.NO_ANSWER, ring_s=5, setup_s=100 if order.attempt_no == 1 else 0.1)
    )
    again = RetryPolicy(no_answer_s=60, max_attempts=6)

    async def main() -> None:
        async with open_room(tmp_path, backend=backend) as room:
            await room.campaign([number(1, "305")], retry=again, min_gap_s=0.0, purpose=Purpose.MARKETING)
            await asyncio.sleep(3600 if restarts else 30 * 3600)
            passed = room.clock.time()
        if restarts:
            async with open_room(tmp_path, backend=backend, start=datetime.fromtimestamp(passed, UTC)):
                await asyncio.sleep(29 * 3600)

    virtual(main)
    made = [at for at, _ in backend.dialed]
    assert len(made) > 3
    assert all(later - earlier >= DAY for earlier, later in zip(made, made[3:], strict=False))


@pytest.mark.parametrize("restarts", [False, True])
def test_the_gap_is_measured_from_when_the_phone_rang(tmp_path: Path, restarts: bool) -> None:
    """The first call waited 100 s for its agent; the next one rings 15 minutes after it, not after its claim."""
    backend = ScriptedBackend(
        lambda order: Callee(Outcome.NO_ANSWER, ring_s=5, setup_s=100 if order.attempt_no == 1 else 0.1)
    )

    async def main() -> None:
        async with open_room(tmp_path, backend=backend) as room:
            again = RetryPolicy(no_answer_s=60, max_attempts=2)
            await room.campaign([number(1)], retry=again, min_gap_s=900.0)
            await asyncio.sleep(120 if restarts else 3600)
            passed = room.clock.time()
        if restarts:
            async with open_room(tmp_path, backend=backend, start=datetime.fromtimestamp(passed, UTC)):
                await asyncio.sleep(3600)

    virtual(main)
    first, second = (at for at, _ in backend.dialed)
    assert second - first >= 900
