"""``dialconsole campaign``, on a workspace that no engine serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Shell


def test_create_on_the_only_trunk(shell: Shell) -> None:
    """A campaign takes the only trunk there is, and starts as a draft with the settings given."""
    shell("trunk", "add", "main")
    done = shell.json(
        "campaign", "create", "spring", "--calls-per-minute", "6", "--set", "window.opens=10:00", "--set", "weight=3"
    )
    assert done["changed"]
    report = shell.json("campaign", "show", "spring")
    doc = report["campaign"]
    assert (doc["trunk"], doc["state"], doc["weight"], doc["version"]) == ("main", "draft", 3, 1)
    assert doc["window"]["opens"] == "10:00:00"
    assert doc["limits"]["calls_per_minute"] == 6
    assert doc["created_at"].endswith("Z")


def test_create_with_what_it_is_for(shell: Shell) -> None:
    """What a campaign is for and who calls are options, and shown; text that steers a terminal is not kept."""
    shell("trunk", "add", "main")
    shell(
        "campaign", "create", "spring", "--purpose", "debt_collection", "--voice", "human", "--caller-identity",
        "Hillside\x1b[31m Clinic", "--opt-out-line", "+12125550199", "--client", "acme",
    )  # fmt: skip
    doc = shell.json("campaign", "show", "spring")["campaign"]
    assert (doc["purpose"], doc["voice"], doc["client"]) == ("debt_collection", "human", "acme")
    assert "\x1b" not in doc["caller_identity"]
    text = shell("campaign", "show", "spring")
    assert "calls     debt collection, human voice" in text
    assert "for acme; opt-out line +12125550199" in text
    shell("campaign", "create", "autumn", "--voice", "robot", code=2)


def test_artificial_voice_must_say_who_calls(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """A campaign with an AI voice does not start before it says who calls and how to stop it."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "spring")
    assert "opt-out line not said" in shell("campaign", "show", "spring")
    shell("list", "import", str(write_list("phone\n212-555-0143\n")), "--campaign", "spring", "--attest", "written")
    shell("campaign", "start", "spring", code=1)
    assert "caller_identity" in shell.err
    shell("campaign", "set", "spring", "caller_identity=Hillside Clinic", "opt_out_line=+12125550199")
    shell("campaign", "start", "spring")


def test_create_without_a_trunk(shell: Shell) -> None:
    """Without any trunk the command says which one comes first."""
    shell("campaign", "create", "spring", code=1)
    assert "dialconsole trunk add" in shell.err


def test_create_with_several_trunks(shell: Shell) -> None:
    """With several trunks one must be named."""
    shell("trunk", "add", "main")
    shell("trunk", "add", "backup")
    shell("campaign", "create", "spring", code=1)
    assert "main, backup" in shell.err
    shell("campaign", "create", "spring", "--trunk", "backup")
    assert shell.json("campaign", "show", "spring")["campaign"]["trunk"] == "backup"


def test_create_with_a_setting_there_is_not(shell: Shell) -> None:
    """A mistyped setting names the nearest one, and nothing is created."""
    shell("trunk", "add", "main")
    shell("campaign", "create", "spring", "--set", "weigth=3", code=1)
    assert "weight" in shell.err
    assert shell.json("campaign", "list") == []


def test_list_and_show(spring: Shell) -> None:
    """List and show name the campaign, its figures and its lists, in tables without loose ends."""
    assert "spring" in spring("campaign", "list")
    text = spring("campaign", "show", "spring")
    assert "list.csv" in text
    assert "retry.max_attempts" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_empty(shell: Shell) -> None:
    """Without campaigns the list says how to make one."""
    shell("trunk", "add", "main")
    assert "campaign create" in shell("campaign", "list")


def test_states(spring: Shell) -> None:
    """Start, pause, resume, drain: each says what is true now, and saying it twice changes nothing."""
    assert spring.json("campaign", "start", "spring")["changed"]
    assert not spring.json("campaign", "start", "spring")["changed"]
    assert spring.json("campaign", "pause", "spring", "--reason", "script under review")["changed"]
    assert "script under review" in spring("campaign", "show", "spring")
    assert spring.json("campaign", "resume", "spring")["changed"]
    assert spring.json("campaign", "pause", "--all")["changed"]
    assert spring.json("campaign", "drain", "spring")["changed"]
    assert [c["state"] for c in spring.json("campaign", "list")] == ["finished"]


def test_pause_needs_one_or_all(spring: Shell) -> None:
    """Pause without a name could mean anything; it is a usage error, and so is a name beside --all."""
    spring("campaign", "pause", code=2)
    spring("campaign", "pause", "spring", "--all", code=2)


def test_set(spring: Shell) -> None:
    """Settings change one by one, and a version that is out of date changes nothing."""
    spring("campaign", "set", "spring", "retry.busy_s=600", "weight=2")
    doc = spring.json("campaign", "show", "spring")["campaign"]
    assert (doc["retry"]["busy_s"], doc["weight"], doc["version"]) == (600.0, 2, 2)
    spring("campaign", "set", "spring", "weight=5", "--if-version", "1", code=1)
    assert "meanwhile" in spring.err
    assert spring.json("campaign", "show", "spring")["campaign"]["weight"] == 2


@pytest.mark.parametrize("words", [["set", "spring", "weight"], ["set", "spring"], ["start", "Two Words"]])
def test_usage(spring: Shell, words: list[str]) -> None:
    """What cannot be meant is a usage error, before anything is opened."""
    spring("campaign", *words, code=2)


def test_unknown_campaign(spring: Shell) -> None:
    """A name that is not there is told with those that are."""
    spring("campaign", "start", "sprin", code=1)
    assert "spring" in spring.err


def test_hang_up_and_delete(spring: Shell) -> None:
    """A campaign is hung up, paused and deleted; its name is then gone."""
    spring("campaign", "start", "spring")
    assert "paused" in spring("campaign", "hangup", "spring")
    spring("campaign", "delete", "spring")
    assert spring.json("campaign", "list") == []


def test_check_before_a_start(spring: Shell) -> None:
    """How many may be called and why not the others: here nobody, because no registry was imported."""
    report = spring.json("campaign", "check", "spring")
    assert (report["state"], report["total"], report["ready"], report["waiting"]) == ("draft", 2, 0, 2)
    [reason] = report["reasons"]
    assert (reason["code"], reason["count"], reason["until"]) == ("registry_none", 2, None)
    text = spring("campaign", "check", "spring")
    assert "registry_none" in text and "was imported, so nothing is dialed" in text
    assert "campaign check spring --reason REASON" in text


def test_check_lists_the_contacts_of_a_reason(spring: Shell, tmp_path: Path) -> None:
    """Each with its line and every reason; `ready` and final statuses are reasons too, an unknown one lists nobody."""
    spring("dnc", "add", "212-555-0143", "--reason", "asked")
    [ana] = spring.json("campaign", "check", "spring", "--reason", "opted_out")
    assert (ana["number"], ana["name"], ana["line"]) == ("+12125550143", "Ana", 2)
    assert any("registry" in reason for reason in ana["reasons"])
    assert "Bo" in spring("campaign", "check", "spring", "--reason", "registry_none", "--limit", "1")
    assert spring.json("campaign", "check", "spring", "--reason", "completed") == []
    assert "No contact of spring is counted under" in spring("campaign", "check", "spring", "--reason", "moon_phase")
    spring("campaign", "check", "autumn", code=1)
    assert "autumn" in spring.err


def test_start_says_first_how_many_may_be_called(spring: Shell) -> None:
    """In a line before the answer; not in the JSON, whose shape is a promise."""
    first, second = spring("campaign", "start", "spring").splitlines()[:2]
    assert first == "Of 2 contacts: 0 may be called now, 2 held until something changes."
    assert second.startswith("spring started.")
    assert spring.json("campaign", "start", "spring")["changed"] is False
    spring("campaign", "start", "autumn", code=1)


def test_an_opt_out_line_is_a_telephone_number(shell: Shell) -> None:
    """Callees are told to call it; what is none is refused when it is set, and none may be taken away again."""
    shell("trunk", "add", "main")
    for said in ("foo", "2125550199", "+1 212 555 0199", "https://example.com/stop"):
        shell("campaign", "create", "other", "--opt-out-line", said, code=1)
        assert "cannot be an opt-out line" in shell.err
    shell("campaign", "create", "spring", "--opt-out-line", "+12125550199")
    shell("campaign", "set", "spring", "opt_out_line=foo", code=1)
    assert "cannot be an opt-out line" in shell.err
    assert shell.json("campaign", "show", "spring")["campaign"]["opt_out_line"] == "+12125550199"
    shell("campaign", "set", "spring", "opt_out_line=")
