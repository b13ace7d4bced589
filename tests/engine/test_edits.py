"""Changing a setting by its name, as a person types it."""

from __future__ import annotations

from datetime import time

import pytest

from dialconsole.engine.edits import edited, settings
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem

CAMPAIGN = Campaign(name="c", trunk="t", client="Hillside", registry_exempt="a survey", caller_id="+12125550101")


@pytest.mark.parametrize(
    ("key", "text", "read"),
    [
        ("retry.busy_s", "600", lambda c: c.retry.busy_s == 600.0),
        ("retry.max_attempts", "5", lambda c: c.retry.max_attempts == 5),
        ("window.opens", "9:30", lambda c: c.window.opens == time(9, 30)),
        ("window.closes", "18:00:00", lambda c: c.window.closes == time(18)),
        ("window.days", "mon-fri", lambda c: c.window.days == (0, 1, 2, 3, 4)),
        ("window.days", "sat,sun,mon", lambda c: c.window.days == (0, 5, 6)),
        ("window.days", "fri-mon", lambda c: c.window.days == (0, 4, 5, 6)),
        ("limits.max_concurrent", "4", lambda c: c.limits.max_concurrent == 4),
        ("limits.max_concurrent", "none", lambda c: c.limits.max_concurrent is None),
        ("on_machine", "hang_up", lambda c: c.on_machine == "hang_up"),
        ("caller_id", "+12125550100", lambda c: c.caller_id == "+12125550100"),
        ("caller_id", "none", lambda c: c.caller_id is None),
        ("client", "Acme", lambda c: c.client == "Acme"),
        ("client", "", lambda c: c.client == ""),
        ("registry_exempt", "none", lambda c: c.registry_exempt == ""),
    ],
)
def test_values_are_read_as_people_write_them(key: str, text: str, read: object) -> None:
    """Hours with one digit, days by name and range, ``none`` for no limit."""
    new, _, words = edited(CAMPAIGN, {key: text})
    assert callable(read)
    assert read(new)
    assert new.version == CAMPAIGN.version + 1
    assert words == f"{key}={text}"


def test_the_old_value_is_told_in_words() -> None:
    """The answer to an edit and the audit name both."""
    _, old, new = edited(CAMPAIGN, {"retry.busy_s": "60", "weight": "3"})
    assert (old, new) == ("retry.busy_s=900.0, weight=1", "retry.busy_s=60, weight=3")


def test_an_unknown_setting_names_the_nearest() -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(Problem, match=r"no setting 'retry.bussy_s'; did you mean 'retry.busy_s'"):
        edited(CAMPAIGN, {"retry.bussy_s": "1"})


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("ring_timeout_s", "5"),
        ("ring_timeout_s", "soon"),
        ("silence_after_s", "9"),
        ("window.opens", "25:00"),
        ("window.days", "someday"),
        ("weight", "0"),
        ("limits.calls_per_minute", "-1"),
    ],
)
def test_values_that_do_not_fit_change_nothing(key: str, text: str) -> None:
    """The same structs that read the workspace judge the edit, so it can always be loaded again."""
    with pytest.raises(Problem):
        edited(CAMPAIGN, {key: text})


@pytest.mark.parametrize("key", ["name", "state", "version", "created_at", "changed_by", "reason"])
def test_what_is_no_setting_cannot_be_set(key: str) -> None:
    """States have commands of their own; names are keys."""
    assert key not in settings(CAMPAIGN)
    with pytest.raises(Problem):
        edited(CAMPAIGN, {key: "x"})


def test_trunks_are_edited_the_same_way() -> None:
    """Caller IDs are a list with commas."""
    new, _, _ = edited(Trunk(name="t"), {"caller_ids": "+12125550100, +12125550101", "limits.calls_per_second": "2.5"})
    assert new.caller_ids == ("+12125550100", "+12125550101")
    assert new.limits.calls_per_second == 2.5
