"""Changing a setting by its name, as a person types it."""

from __future__ import annotations

from datetime import time

import pytest

from dialconsole.engine.edits import edited, settings
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.shape import shape

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
        ("window.opens", "9", lambda c: c.window.opens == time(9)),
        ("retry.no_answer_s", "2h", lambda c: c.retry.no_answer_s == 7200.0),
        ("retry.busy_s", "15m", lambda c: c.retry.busy_s == 900.0),
        ("retry.busy_s", "1h 30m", lambda c: c.retry.busy_s == 5400.0),
        ("retry.busy_s", "90S", lambda c: c.retry.busy_s == 90.0),
        ("retry.voicemail_s", "1.5d", lambda c: c.retry.voicemail_s == 129_600.0),
        ("ring_timeout_s", "1 min", lambda c: c.ring_timeout_s == 60.0),
        ("default_region", "de", lambda c: c.default_region == "DE"),
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


@pytest.mark.parametrize(
    ("key", "text", "may_be"),
    [
        ("window.opens", "quarter past", "a time like 9:00"),
        ("window.closes", "25:00", "a time like 9:00"),
        ("window.opens", "09:00:00+02:00", "a time like 9:00"),
        ("window.closes", "20:00:00Z", "a time like 9:00"),
        ("window.days", "none", "days like mon-fri or sat,sun"),
        ("silence_after_s", "9", "seconds, 3 to 4"),
        ("min_gap_s", "2d", "seconds, 0 to 86,400"),
        ("retry.busy_s", "soon", "seconds, or a time like 90s, 15m or 2h, 365 days at most"),
        ("retry.busy_s", "-5", "seconds, or a time like 90s, 15m or 2h, 365 days at most"),
        ("retry.busy_s", "nan", "seconds, or a time like 90s, 15m or 2h, 365 days at most"),
        ("retry.no_answer_s", "99999999999999", "seconds, or a time like 90s, 15m or 2h, 365 days at most"),
        ("retry.voicemail_s", "366d", "seconds, or a time like 90s, 15m or 2h, 365 days at most"),
        ("retry.busy_growth", "nan", "a number, 0 to 10"),
        ("retry.busy_growth", "inf", "a number, 0 to 10"),
        ("retry.busy_growth", "-1", "a number, 0 to 10"),
        ("max_call_s", "0", "seconds, 1 to 86,400"),
        ("max_call_s", "99999999999999999999", "seconds, 1 to 86,400"),
        ("retry.once", "maybe", "yes or no"),
        ("on_machine", "foo", "one of: leave_message, hang_up"),
        ("weight", "2.5", "a whole number, 1 to 1,000"),
        ("limits.calls_per_minute", "-1", "a whole number, 0 to 1,000,000, or none"),
        ("limits.calls_per_second", "0", "a number above 0, 20,000 at most, or none"),
    ],
)
def test_a_value_that_does_not_fit_is_answered_with_what_would(key: str, text: str, may_be: str) -> None:
    """In words of whoever types it: which setting, what was typed, what it takes, and that nothing happened."""
    with pytest.raises(Problem) as caught:
        edited(CAMPAIGN, {key: text})
    assert caught.value.sentence == f"{key}: {text!r} does not fit, it takes {may_be}. Nothing was changed."


def test_an_address_with_a_password_is_not_repeated() -> None:
    """What is refused for holding a secret must not stand in a log for it."""
    with pytest.raises(Problem, match="without a user or password") as caught:
        edited(Trunk(name="t"), {"livekit.url": "wss://me:secret@host"})
    assert "secret" not in caught.value.sentence


@pytest.mark.parametrize("doc", [CAMPAIGN, Trunk(name="t")])
def test_every_setting_has_a_shape_in_words(doc: Campaign | Trunk) -> None:
    """None is answered with the name of a type."""
    for key in settings(doc):
        owner: object = doc
        *path, leaf = key.split(".")
        for part in path:
            owner = getattr(owner, part)
        words = shape(type(owner), leaf)  # type: ignore[arg-type]
        assert words and not any(part in words for part in ("float", "int ", "str", "RFC", "$", "<", "typing"))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"window.opens": "21:00"}, "it closes before it opens"),
        ({"window.opens": "20:00"}, "it closes before it opens"),
        ({"window.opens": "19:59:40"}, "a call rings up to 30 s"),
        ({"window.opens": "21:30", "window.closes": "22:00"}, "calls are lawful from 8:00 to 21:00 only"),
        ({"window.opens": "19:59:15", "ring_timeout_s": "1m"}, "a call rings up to 60 s"),
    ],
)
def test_hours_in_which_nobody_could_ever_be_called_are_refused(fields: dict[str, str], why: str) -> None:
    """Such a campaign would wait without end, and look as if it were only early."""
    with pytest.raises(Problem, match="never opens") as caught:
        edited(CAMPAIGN, fields)
    assert why in caught.value.sentence


def test_both_ends_of_a_window_may_move_at_once() -> None:
    """What matters is the window that comes of it, not the order of the settings."""
    new, _, _ = edited(CAMPAIGN, {"window.opens": "20:10", "window.closes": "20:50"})
    assert (new.window.opens, new.window.closes) == (time(20, 10), time(20, 50))


@pytest.mark.parametrize(("text", "meant"), [("UK", "GB"), ("usa", "US"), ("DEU", "DE"), ("??", "US")])
def test_an_unknown_region_names_the_nearest(text: str, meant: str) -> None:
    """Without it, no number without a country code could be read any more."""
    with pytest.raises(Problem, match=f"Did you mean {meant}"):
        edited(CAMPAIGN, {"default_region": text})


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
