"""``dialconsole limits`` and ``trunk``."""

from __future__ import annotations

from cli.conftest import Shell


def test_show(spring: Shell) -> None:
    """All limits in one table, or those of one trunk or campaign."""
    assert {(row["kind"], row["name"]) for row in spring.json("limits", "show")} == {
        ("trunk", "main"),
        ("campaign", "spring"),
    }
    [row] = spring.json("limits", "show", "main")
    assert row["limits"]["calls_per_minute"] == 12
    assert "A MINUTE" in spring("limits", "show")


def test_set_keeps_what_is_not_given(spring: Shell) -> None:
    """Only what was given changes; "none" takes a limit away; the version goes up."""
    spring("limits", "set", "main", "--concurrency", "4", "--calls-per-second", "none")
    [row] = spring.json("limits", "show", "main")
    assert row["limits"] == {"max_concurrent": 4, "calls_per_minute": 12, "calls_per_second": None}
    assert row["version"] == 2


def test_conflict(spring: Shell) -> None:
    """A change based on an old version is refused with both values."""
    spring("limits", "set", "main", "--calls-per-minute", "20")
    spring("limits", "set", "main", "--calls-per-minute", "30", "--if-version", "1", code=1)
    assert "20 a minute" in spring.err
    assert "30 a minute" in spring.err


def test_name_of_both(spring: Shell) -> None:
    """A name that a trunk and a campaign share must say which is meant."""
    spring("campaign", "create", "main")
    spring("limits", "set", "main", "--concurrency", "1", code=1)
    assert "trunk:main" in spring.err
    spring("limits", "set", "campaign:main", "--concurrency", "1")
    assert spring.json("limits", "show", "campaign:main")[0]["limits"]["max_concurrent"] == 1
    assert spring.json("limits", "show", "trunk:main")[0]["limits"]["max_concurrent"] == 10


def test_nothing_to_set(spring: Shell) -> None:
    """Setting nothing is a usage error."""
    spring("limits", "set", "main", code=2)


def test_unknown_name(spring: Shell) -> None:
    """A name that is neither is told with those there are."""
    spring("limits", "show", "backup", code=1)
    assert "trunk:main" in spring.err


def test_trunks(shell: Shell) -> None:
    """Trunks are added, listed, changed and removed."""
    shell("trunk", "add", "main", "--scenario", "busy_evening", "--caller-id", "+15550100007")
    [trunk] = shell.json("trunk", "list")
    assert (trunk["name"], trunk["scenario"], trunk["caller_ids"]) == ("main", "busy_evening", ["+15550100007"])
    shell("trunk", "set", "main", "scenario=basic")
    assert shell.json("trunk", "list")[0]["scenario"] == "basic"
    assert "+15550100007" in shell("trunk", "list")
    shell("trunk", "remove", "main")
    assert "No trunks" in shell("trunk", "list")
