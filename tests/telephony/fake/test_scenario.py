"""Scenario files: the ones that come with the program, and mistakes in one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.model.errors import Problem
from dialconsole.telephony.fake.behaviour import Behaviour
from dialconsole.telephony.fake.scenario import load_scenario, read_scenario, scenarios

PAGE = Path(__file__).parents[3] / "docs" / "fake-backend.md"
GOOD = 'title = "T"\nteaches = "L"\n[weights]\nanswered = 1\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(Problem) as caught:
        read_scenario(written(folder, text))
    assert caught.value.code == "bad_scenario"
    assert "mine.toml" in str(caught.value)
    return str(caught.value)


def test_the_scenarios_that_come_along() -> None:
    """Four, each with a title and what it teaches."""
    listed = scenarios()
    assert [scenario.name for scenario in listed] == ["basic", "busy_evening", "carrier_trouble", "voicemail_heavy"]
    assert all(scenario.title and scenario.teaches.endswith(".") for scenario in listed)


def test_basic_shows_every_behaviour() -> None:
    """The first scenario a person sees holds every kind of call."""
    assert set(load_scenario("basic").weights) == set(Behaviour)


def test_the_page_lists_the_scenarios() -> None:
    """docs/fake-backend.md names each scenario with its title and what it teaches."""
    page = PAGE.read_text(encoding="utf-8")
    for scenario in scenarios():
        assert f"| `{scenario.name}` | {scenario.title} | {scenario.teaches} |" in page


def test_the_page_lists_every_key() -> None:
    """Whoever writes a scenario finds each weight, time and trouble on the page."""
    page = PAGE.read_text(encoding="utf-8")
    basic = load_scenario("basic")
    keys = [*basic.weights, *basic.times.__struct_fields__, *basic.carrier.__struct_fields__]
    assert [key for key in keys if f"`{key}`" not in page] == []


def test_the_page_gives_the_default_times() -> None:
    """The figures on the page are the figures of the code."""
    page = PAGE.read_text(encoding="utf-8")
    times = load_scenario("basic").times
    for key in times.__struct_fields__:
        least, most = getattr(times, key)
        assert f"| `{key}` | {least:g}–{most:g} |" in page


def test_unknown_name_names_the_nearest() -> None:
    """A typing error is answered with what was meant, and with all there is."""
    with pytest.raises(Problem) as caught:
        load_scenario("voicemail_heavvy")
    assert caught.value.code == "unknown_scenario"
    assert "did you mean 'voicemail_heavy'?" in str(caught.value)
    assert "basic, busy_evening, carrier_trouble, voicemail_heavy" in str(caught.value)


def test_unknown_name_is_shown_harmlessly() -> None:
    """The name a person typed may hold anything."""
    with pytest.raises(Problem) as caught:
        load_scenario("\x1b[31mred")
    assert "\x1b" not in str(caught.value)


def test_a_scenario_of_ones_own(tmp_path: Path) -> None:
    """A path that ends in .toml is read as it is; what is left out has its default."""
    mine = load_scenario(str(written(tmp_path, GOOD + "[times]\nring_s = [1, 2]\n")))
    assert (mine.title, mine.times.ring_s, mine.carrier.max_cps) == ("T", (1.0, 2.0), None)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (GOOD.replace("teaches", "teachs"), ["unknown key 'teachs'", "the top level", "'teaches'"]),
        (GOOD + "answerd = 2\n", ["unknown key 'answerd'", "[weights]", "'answered'"]),
        (GOOD + "[times]\nring = [1, 2]\n", ["unknown key 'ring'", "[times]", "'ring_s'"]),
        (GOOD + "[carrier]\nagnts = 3\n", ["unknown key 'agnts'", "[carrier]", "'agents'"]),
        (GOOD + "[carier]\nagents = 3\n", ["unknown key 'carier'", "'carrier'"]),
        (GOOD + '[times]\nring_s = ["a", 2]\n', ["[times]", "'ring_s'", "Expected `float`, got `str`"]),
        (GOOD + "[times]\nring_s = [1]\n", ["[times]", "'ring_s'", "length 2"]),
        (GOOD + "[times]\nring_s = [9, 2]\n", ["[times]", "ring_s", "least (9) above its most (2)"]),
        (GOOD + "[times]\nring_s = [-1, 2]\n", ["[times]", "'ring_s'", ">= 0"]),
        (GOOD + "[carrier]\nmax_cps = 0\n", ["[carrier]", "'max_cps'", "> 0"]),
        (GOOD + "[carrier]\noutage_every_s = 60.0\noutage_for_s = 60.0\n", ["[carrier]", "never works"]),
        (GOOD.replace("= 1", "= -1"), ["[weights]", "'answered'", ">= 0"]),
        (GOOD + 'busy = "often"\n', ["[weights]", "'busy'", "Expected `float`, got `str`"]),
        (GOOD.replace("= 1", "= 0"), ["add up to nothing"]),
        ('title = "T"\nteaches = "L"\n', ["missing required field `weights`"]),
        ('teaches = "L"\n[weights]\nbusy = 1\n', ["missing required field `title`"]),
        ('title = 3\nteaches = "L"\n[weights]\nbusy = 1\n', ["key 'title'", "Expected `str`, got `int`"]),
        (GOOD.replace("[weights]\nanswered = 1", "weights = 3"), ["[weights]", "Expected `object`, got `int`"]),
        ('title = "T"\nteaches 3\n', ["is not TOML", "line 2"]),
    ],
)
def test_mistakes_are_placed(tmp_path: Path, text: str, parts: list[str]) -> None:
    """File, table and key, and the nearest key there is."""
    sentence = refusal(tmp_path, text)
    assert [part for part in parts if part not in sentence] == [], sentence


def test_weights_may_not_be_infinite(tmp_path: Path) -> None:
    """TOML knows inf and nan; neither is a weight or a time."""
    for value in ("inf", "nan"):
        refusal(tmp_path, GOOD.replace("= 1", f"= {value}"))
        refusal(tmp_path, GOOD + f"[times]\nring_s = [0.0, {value}]\n")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, or not text: a sentence, no traceback."""
    with pytest.raises(Problem, match=r"cannot be read: No such file"):
        read_scenario(tmp_path / "none.toml")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Problem, match="is not UTF-8 text"):
        read_scenario(path)


def test_titles_are_made_harmless(tmp_path: Path) -> None:
    """A title is shown on a screen; escapes in it are not obeyed."""
    mine = read_scenario(written(tmp_path, GOOD.replace('"T"', '"\\u001b[31mT"')))
    assert "\x1b" not in mine.title
