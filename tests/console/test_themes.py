"""Themes: found, read, refused with a sentence, and readable by people."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import Monochrome
from textual.widgets import Static

from dialconsole.console.roles import BASE_COLORS, ROLES
from dialconsole.console.theme_file import Look, parse_look
from dialconsole.console.themes import (
    DEFAULT_THEME,
    available_themes,
    check_theme,
    load_theme,
    theme_folders,
    theme_variable_defaults,
)
from dialconsole.model.errors import Problem
from dialconsole.resources import folder

SHIPPED = sorted(folder("themes").glob("*.toml"))
SHIPPED_NAMES = [path.stem for path in SHIPPED]
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""

GOOD = """\
[theme]
name = "night"
inherit = "dark"

[roles]
state-talking = "bold #7CE0B0"
"""


def own_folder() -> Path:
    place = theme_folders()[-1]
    place.mkdir(parents=True, exist_ok=True)
    return place


def a_file(text: str, name: str = "night.toml") -> Path:
    path = own_folder() / name
    path.write_text(text, encoding="utf-8")
    return path


# -- the themes that ship -------------------------------------------------------------------------------------------


def luminance(color: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, behind: str) -> float:
    darker, lighter = sorted(luminance(Color.parse(c)) for c in (text, behind))
    return (lighter + 0.05) / (darker + 0.05)


def backgrounds(name: str, role: str) -> dict[str, str]:
    """Everything the text of a role may stand on: its own background, or wherever rows and panes are."""
    theme = load_theme(name)
    own = theme.variables[f"{role}-background"]
    if own != "transparent":
        return {"its own background": own}
    assert theme.background and theme.surface and theme.panel
    return {
        "background": theme.background,
        "surface": theme.surface,
        "panel": theme.panel,
        "cursor": theme.variables["cursor-background"],
        "cursor-blurred": theme.variables["cursor-blurred-background"],
    }


def test_contrast_is_measured_as_the_standard_says() -> None:
    """The two ends of the scale, and a grey known from the standard's own examples."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_two_themes_ship() -> None:
    """dark and mono are there, under the names of their files."""
    assert {"dark", "mono"} <= set(SHIPPED_NAMES)
    assert [load_theme(path).name for path in SHIPPED] == SHIPPED_NAMES


@pytest.mark.parametrize("path", SHIPPED, ids=SHIPPED_NAMES)
def test_a_shipped_theme_is_complete(path: Path) -> None:
    """A theme that ships has no faults and says every role itself: none is left to a base colour."""
    assert check_theme(path) == []
    text = path.read_text(encoding="utf-8")
    assert [role for role in ROLES if not re.search(rf"^{role} = ", text, re.MULTILINE)] == []


@pytest.mark.parametrize("role", [*ROLES, "accent", "foreground", "success", "warning", "error"])
@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_every_role_can_be_read(name: str, role: str) -> None:
    """Text of every role has enough contrast wherever it may stand."""
    theme = load_theme(name)
    text = theme.variables.get(role) or getattr(theme, role)
    places = backgrounds(name, role if role in ROLES else "dim")
    low = {place: round(contrast(text, color), 2) for place, color in places.items()}
    assert {place: ratio for place, ratio in low.items() if ratio < LEAST_CONTRAST} == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_sixteen_colours_stay_readable(name: str, role: str) -> None:
    """On a terminal of 16 colours no text takes the colour of what is behind it."""
    text = on_sixteen(load_theme(name).variables[role])
    for place, color in backgrounds(name, role).items():
        assert on_sixteen(color) != text, place


def on_sixteen(color: str) -> int | None:
    return RichColor.parse(color).downgrade(ColorSystem.STANDARD).number


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_no_color_stays_readable(name: str) -> None:
    """Under NO_COLOR Textual turns colours into greys; every role keeps its contrast there too."""
    low = {
        (role, place): round(contrast(grey(load_theme(name).variables[role]), grey(color)), 2)
        for role in ROLES
        for place, color in backgrounds(name, role).items()
    }
    assert {what: ratio for what, ratio in low.items() if ratio < LEAST_CONTRAST} == {}


def grey(color: str) -> str:
    """The grey that Textual's filter for NO_COLOR makes of a colour."""
    filtered = Monochrome().apply([Segment(" ", Style(color=color))], Color.parse("black"))
    style = filtered[0].style
    assert style is not None and style.color is not None
    return style.color.get_truecolor().hex


def test_mono_has_no_hue() -> None:
    """Every colour of mono, base or role, is a grey."""
    theme = load_theme("mono")
    colors = [getattr(theme, name) for name in BASE_COLORS] + list(theme.variables.values())
    seen = [Color.parse(color) for color in colors if color and color.startswith("#")]
    assert len(seen) > len(ROLES)
    assert [color.hex for color in seen if not color.r == color.g == color.b] == []


def test_mono_tells_its_alarms_by_weight() -> None:
    """Without hue, what wants a hand is heavier than what does not."""
    looks = load_theme("mono").variables
    for loud, quiet in (("state-failed", "state-ended"), ("alert-error", "alert-info"), ("gauge-full", "gauge-ok")):
        assert looks[f"{loud}-style"] != "none"
        assert looks[f"{quiet}-style"] == "none"


# -- finding ----------------------------------------------------------------------------------------------------------


def test_shipped_themes_are_found_by_name() -> None:
    """What is installed is available, each name with its file."""
    assert set(SHIPPED_NAMES) <= set(available_themes())
    assert available_themes()["dark"] == folder("themes") / "dark.toml"


def test_a_persons_theme_is_found_by_the_name_in_it() -> None:
    """The name in the file counts, not the file's."""
    path = a_file(GOOD, "whatever.toml")
    assert available_themes()["night"] == path
    assert load_theme("night").name == "night"


def test_a_persons_theme_takes_the_place_of_an_installed_one() -> None:
    """A later folder wins by name, and may build on what it hides."""
    a_file('[theme]\nname = "dark"\ninherit = "dark"\n[roles]\nstate-talking = "#ABCDEF"\n')
    variables = load_theme("dark").variables
    assert variables["state-talking"] == "#ABCDEF"
    assert variables["state-ringing"] == load_theme(folder("themes") / "dark.toml").variables["state-ringing"]


def test_without_xdg_the_home_folder_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without XDG_CONFIG_HOME a person's themes are in ~/.config."""
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert theme_folders()[-1] == Path(os.environ["HOME"]) / ".config" / "dialconsole" / "themes"


def test_the_working_directory_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A theme beside where somebody stands is not found by name, only by its path."""
    (tmp_path / "themes").mkdir()
    for place in (tmp_path, tmp_path / "themes"):
        (place / "night.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "night" not in available_themes()
    assert load_theme("night.toml").name == "night"


def test_an_unknown_theme_is_told_with_those_there_are() -> None:
    """The sentence names the themes to choose from, and where own ones go."""
    with pytest.raises(Problem, match=r"no theme 'drak'.* dark, mono; your own .*/dialconsole/themes"):
        load_theme("drak")


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_theme_inherits_what_it_does_not_say() -> None:
    """Colours, roles and darkness come from the parent; what is said here holds."""
    a_file(GOOD + '[colors]\nbackground = "#000000"\n')
    theme, dark = load_theme("night"), load_theme("dark")
    assert (theme.background, theme.primary, theme.dark) == ("#000000", dark.primary, True)
    assert theme.variables["state-talking"] == "#7CE0B0"
    assert theme.variables["state-talking-style"] == "bold"
    assert theme.variables["banner-demo-background"] == dark.variables["banner-demo-background"]


def test_a_theme_of_a_few_lines_has_every_role() -> None:
    """Roles that a theme leaves out take its base colours, and those Textual's."""
    a_file('[theme]\nname = "night"\ndark = false\n[colors]\nprimary = "#004488"\nwarning = "#8A6D00"\n')
    theme = load_theme("night")
    assert set(theme.variables) == set(theme_variable_defaults())
    assert theme.variables["state-ringing"] == "#004488"
    assert theme.variables["campaign-paused"] == "#8A6D00"
    assert theme.variables["campaign-paused-style"] == "bold"
    assert theme.dark is False


@pytest.mark.parametrize(
    ("look", "parsed"),
    [
        ("#7FC8FF", Look("#7FC8FF")),
        ("bold #FFFFFF", Look("#FFFFFF", "", "bold")),
        ("bold underline #FFF on #203040", Look("#FFF", "#203040", "bold underline")),
        ("red", Look("red")),
        ("", None),
        ("bold", None),
        ("dim #FFFFFF", None),
        ("#FFFFFF on", None),
        ("#FFFFFF over #000000", None),
        ("#7FC8FF80", None),
        ("transparent", None),
        ("auto", None),
        ("#GGGGGG", None),
        (7, None),
    ],
)
def test_a_look_is_a_colour_with_words_and_a_background(look: object, parsed: Look | None) -> None:
    """What can be drawn is taken apart; what cannot is refused, see-through colours too."""
    assert parse_look(look) == parsed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[theme]\n", r"night.toml, line 1: \[theme\] name is missing; a theme is chosen by it\."),
        ('[theme]\nname = "Night Shift"\n', r"line 2: \[theme\] name must be lower-case letters"),
        ('[theme]\nname = "n"\ndark = "yes"\n', r"line 3: \[theme\] dark must be true or false\."),
        ('[theme]\nname = "n"\nauthor = 7\n', r"line 3: \[theme\] author must be text in quotes\."),
        ('[theme]\nname = "n"\n', r"\[colors\] primary is missing; Textual needs it"),
        (
            GOOD + '\nstate-ringin = "#FFFFFF"\n',
            r"line 8: \[roles\] state-ringin is no key .* nearest there is: state-ri",
        ),
        (GOOD + 'xyzzy = "#FFFFFF"\n', r"line 7: \[roles\] xyzzy is no key of a theme; there are: state-preparing, "),
        (GOOD + 'dim = "grey on"\n', r'line 7: \[roles\] dim "grey on" is no look; write one as "#7FC8FF" or '),
        (GOOD + '[colors]\naccent = "blueish"\n', r'line 8: \[colors\] accent "blueish" is no colour; write one as '),
        (
            GOOD + '[colours]\naccent = "blue"\n',
            r"line 7: \[colours\] is no table of a theme; the nearest .*: colors\.",
        ),
        ("theme = 1\n", r"\[theme\] must be a table: write \[theme\] on a line of its own\."),
        ("[theme\n", r"night.toml: is not TOML: .*line 1"),
        (GOOD.replace('"dark"', '"drak"'), r"\[theme\] inherit: there is no theme 'drak'; there are: dark, mono"),
        (GOOD.replace('"dark"', '"night"'), r"'night' inherits from this theme in turn; take one of the two out\."),
        (GOOD + 'dim = "\\u001B]52;c;eA==\\u0007[/b]"\n', r'dim "\]52;c;eA==\[/b\]" is no look'),
    ],
)
def test_a_fault_is_a_sentence_with_its_place(text: str, sentence: str) -> None:
    """Every fault names the file, the line where it is known, what is wrong and what would be right."""
    path = a_file(text)
    faults = check_theme(path)
    assert any(re.search(sentence, fault) for fault in faults), faults
    assert all(fault.startswith(str(path)) and fault.endswith(".") and fault.isprintable() for fault in faults)
    with pytest.raises(Problem) as refused:
        load_theme(path)
    assert str(refused.value) == "\n".join(faults)


def test_all_faults_are_told_at_once() -> None:
    """Nobody mends a file one run at a time."""
    faults = check_theme(a_file('[theme]\nnam = "n"\n[colors]\nred = "x"\nprimary = "y"\n[roles]\ndim = 1\n'))
    assert len(faults) == 6


def test_a_circle_of_two_is_found() -> None:
    """Two themes that inherit from one another are a fault, not an endless search."""
    a_file(GOOD.replace('"dark"', '"day"'))
    path = a_file(GOOD.replace('"night"', '"day"').replace('"dark"', '"night"'), "day.toml")
    assert any("inherits from this theme in turn" in fault for fault in check_theme(path))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """No file, a folder, or bytes that are no text: a sentence, not a traceback."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in check_theme(tmp_path / "none.toml")[0]
    assert "cannot be read" in check_theme(tmp_path)[0]
    assert "is not UTF-8 text" in check_theme(binary)[0]


def test_a_bad_file_is_listed_and_hurts_no_other() -> None:
    """A broken theme can be found by its file's name; the others still load."""
    path = a_file("[theme\n", "broken.toml")
    assert available_themes()["broken"] == path
    assert load_theme("dark").name == "dark"
    with pytest.raises(Problem, match="is not TOML"):
        load_theme("broken")


def test_the_defaults_are_those_that_came_with_the_program() -> None:
    """A person's broken ``dark`` does not keep the console from starting in another theme."""
    a_file("[theme", "dark.toml")
    assert theme_variable_defaults() == load_theme(folder("themes") / f"{DEFAULT_THEME}.toml").variables


@pytest.mark.parametrize("theme", ["dark", "mono", "textual-light"])
async def test_style_sheets_may_use_every_role(theme: str) -> None:
    """Each role's three variables work in CSS, under our themes and Textual's own."""
    rules = "".join(
        f".{role} {{ color: ${role}; background: ${role}-background; text-style: ${role}-style; }}\n" for role in ROLES
    )

    class Styled(App[None]):
        CSS = rules

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return theme_variable_defaults()

        def compose(self) -> ComposeResult:
            yield Static("x", classes="banner-demo")

    app = Styled()
    for name in ("dark", "mono"):
        app.register_theme(load_theme(name))
    app.theme = theme
    async with app.run_test():
        wanted = app.theme_variables["banner-demo-background"]
        assert app.query_one(Static).styles.background == Color.parse(wanted)


def test_the_document_lists_every_role() -> None:
    """docs/themes.md has each role with its meaning, and none that is not there."""
    text = (folder("themes").parent / "docs" / "themes.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", text, re.MULTILINE))
    assert listed == {name: role.meaning for name, role in ROLES.items()}
    assert all(f"`{color}`" in text for color in BASE_COLORS)
