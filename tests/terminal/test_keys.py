"""Every key in a real terminal, at the least and at the full size, and what the terminal is like afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from kit.terminal import DIALCONSOLE, LARGE, SMALL, Pane, Pty, Size, Tmux, alive, eventually, processes_with
from terminal.engines import Site

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x45"])

OPERATIONS = r"^.?TRUNK ─|  TRUNK ─"


def pause(pane: Pane) -> None:
    pane.press("p")
    pane.wait_for(r"PAUSED +reminders", r"^ p resume")
    pane.press("p")
    pane.wait_for(r"RUNNING +reminders", r"^ p pause")


def pause_all(pane: Pane) -> None:
    pane.press("P")
    pane.wait_for(r"PAUSED +reminders", r"PAUSED +outcomes", r"PAUSED +arrears", "Everything is paused")
    pane.press("u")
    pane.wait_for(r"Resume \d campaigns paused together\?")
    pane.press("y")
    pane.wait_for(r"RUNNING +reminders", "Resumed: reminders", r"PAUSED +survey")


def pace(pane: Pane) -> None:
    pane.press("-")
    pane.wait_for(r"└ reminders .*/15 ", "20 a minute → 15 a minute", "u undo")
    pane.press("+")
    pane.wait_for(r"└ reminders .*/20 ", "15 a minute → 20 a minute")


def other_pane(pane: Pane) -> None:
    """The same key acts on what has the focus now: the trunk."""
    pane.press("Tab")
    pane.wait_for(r"e edit  r reset")
    pane.press("-")
    pane.wait_for(r"main .*/25 ", "main: 30 a minute → 25 a minute")
    pane.press("+")
    pane.wait_for(r"main .*/30 ", "main: 25 a minute → 30 a minute")
    pane.press("BTab")


def edit_limits(pane: Pane) -> None:
    pane.press("e")
    pane.wait_for("Limits of trunk main", "Calls a minute +30")
    leave(pane, "Limits of trunk")


def create(pane: Pane) -> None:
    pane.press("c")
    pane.wait_for("New campaign", "Call list")
    leave(pane, "New campaign")


def drain(pane: Pane) -> None:
    pane.press("s")
    pane.wait_for(r"Drain reminders\?", "Cancel")
    leave(pane, "Drain reminders")


def open_campaign(pane: Pane) -> None:
    pane.press("Enter")
    pane.wait_for("^ campaign reminders", "CONTACTS")
    leave(pane, "^ campaign reminders")


def find(pane: Pane) -> None:
    pane.press("/")
    pane.wait_for("enter keep the filter")
    pane.type("ringing")
    pane.press("Enter")
    pane.wait_for(r"CALLS .*find ringing", r"esc all calls  .*q detach")
    leave(pane, "find ringing")
    pane.press("Tab")  # a filter leaves the focus on what it found


def problems(pane: Pane) -> None:
    pane.press("z")
    pane.wait_for("problems only")
    pane.press("z")
    pane.wait_for("CALLS", without="problems only")


def freeze(pane: Pane) -> None:
    pane.press("f")
    pane.wait_for("CALLS .*FROZEN")
    pane.press("f")
    pane.wait_for("CALLS", without="FROZEN")


def hang_up_all(pane: Pane) -> None:
    pane.press("X")
    pane.wait_for(r"Hang up \d+ calls? of reminders\?", "Type reminders to confirm")
    leave(pane, "Type reminders")


def hang_up(pane: Pane) -> None:
    """Of the call under the cursor, in the third pane."""
    pane.press("Tab")
    pane.press("Tab")
    pane.wait_for(r"^▸. (set up|dialing|ringing|who\?|talking|machine|ended|failed)")
    pane.press("x")
    pane.wait_for(r"Hang up the call to \+1|has ended")
    leave(pane, r"Hang up the call to")
    pane.press("BTab")
    pane.press("BTab")


def do_not_call(pane: Pane) -> None:
    pane.press("d")
    pane.wait_for("DO NOT CALL +[0-9]+ entries", "WOULD THIS NUMBER BE CALLED")
    leave(pane, "DO NOT CALL")


def why_not(pane: Pane) -> None:
    """The counts, the contacts behind one of them, and the way back."""
    pane.press("w")
    pane.wait_for("WHO MAY BE CALLED +reminders", r"^▸. (now|waits|refused|done)")
    pane.press("Enter")
    pane.wait_for("contacts? of reminders", "WHY THIS CONTACT", r"^▸\+1 ")
    pane.press("Enter")
    pane.wait_for(r"WHY THIS CONTACT", r"^ \+1 .*(yes, now|not now|✗ no)")
    pane.press("Escape")
    pane.wait_for("WHO MAY BE CALLED", without="WHY THIS CONTACT")
    leave(pane, "WHO MAY BE CALLED")


def show_help(pane: Pane) -> None:
    pane.press("?")
    pane.wait_for("KEYS: Operations", "Pause the campaign under the cursor")
    pane.press("q")
    pane.wait_for(OPERATIONS, without="KEYS: Operations")


def leave(pane: Pane, gone: str) -> None:
    """Escape, and wait until it was understood: what comes right behind an escape is a different key to a terminal."""
    pane.press("Escape")
    pane.wait_for(OPERATIONS, without=gone)


KEYS: dict[str, Callable[[Pane], None]] = {
    "p": pause,
    "+/-": pace,
    "P": pause_all,
    "e": edit_limits,
    "c": create,
    "s": drain,
    "enter": open_campaign,
    "/": find,
    "z": problems,
    "f": freeze,
    "X": hang_up_all,
    "d": do_not_call,
    "w": why_not,
    "?": show_help,
    "tab": other_pane,
    "x": hang_up,
}
"""What each key must do on the Operations screen, and the way back to where it began."""


def footer_keys(screen: str) -> list[str]:
    """The keys that the last line promises."""
    footer = screen.rstrip().splitlines()[-1]
    return [hint.split()[0] for hint in re.split(r" {2,}", footer.strip())]


@SIZES
def test_every_key_of_the_footer(tmux: Tmux, tmp_path: Path, size: Size) -> None:
    """Every key that the footer shows, and those it has no room for, does what it says; q ends the demonstration.

    Afterwards there is no engine, no folder, no mouse reporting and no second screen.
    """
    pane = tmux.pane(size)
    pane.run("dialconsole demo --seed 1")
    screen = pane.wait_for(r"DEMO", r"RUNNING +reminders", r"CALLS +[1-9]\d* live", r"q detach$")
    assert pane.ask("alternate_on") == "1"
    assert set(footer_keys(screen)) <= {*KEYS, "q"}
    temporary = tmp_path / "temporary"
    (folder,) = temporary.iterdir()
    for act in KEYS.values():
        act(pane)
    pane.press("q")
    pane.wait_for_prompt()
    assert (pane.ask("alternate_on"), pane.ask("mouse_any_flag"), pane.ask("cursor_flag")) == ("0", "0", "1")
    assert not list(temporary.iterdir())
    assert not processes_with(str(folder))


def test_keys_in_one_go_go_where_each_was_meant(tmux: Tmux, clinic: Site) -> None:
    """What a quick finger or a slow line brings at once is for the line or form it opened, never for what is behind."""
    pane = tmux.pane(SMALL)
    pane.run(clinic.command)
    pane.wait_for("RUNNING +reminders", OPERATIONS, "q detach *$")
    pane.type("/pause")
    pane.wait_for("find pause", "enter keep the filter", "RUNNING +reminders", without="Limits of")
    leave(pane, "find pause")
    pane.press("Tab", "e", "C-u", "2", "4", "Enter")
    pane.wait_for("main: 30 a minute.*→ 24 a minute", OPERATIONS, without="Limits of")
    pane.press("C-c")
    pane.wait_for("q detaches", without="Do you want to quit")
    pane.type("sn")
    pane.wait_for("RUNNING +reminders", OPERATIONS, without="Drain reminders")


@SIZES
def test_nothing_is_drawn_beyond_the_edge(tmux: Tmux, clinic: Site, size: Size) -> None:
    """In a terminal that is larger than the console was told, nothing is found outside of what it was told."""
    pane = tmux.pane(Size(size.width + 20, size.height + 6))
    pane.run(f"COLUMNS={size.width} LINES={size.height} {clinic.command}")
    seen = [pane.wait_for("RUNNING +reminders", OPERATIONS, r"q detach *$")]
    for key, there, gone in (
        ("e", "Limits of trunk", "Limits of trunk"),
        ("Enter", "^ campaign reminders", "^ campaign reminders"),
        ("d", "DO NOT CALL", "DO NOT CALL"),
        ("w", "WHO MAY BE CALLED", "WHO MAY BE CALLED"),
        ("?", "KEYS: Operations", "KEYS: Operations"),
    ):
        pane.press(key)
        seen.append(pane.wait_for(there))
        leave(pane, gone)
    for screen in seen:
        lines = screen.splitlines()
        assert len(lines[0]) > size.width - 10, "the console has not drawn at the size it was told"
        assert "\n".join(lines[size.height :]).strip() == ""
        assert [line for line in lines if cell_len(line.rstrip()) > size.width] == []


def test_leaving_restores_the_terminal(clinic: Site) -> None:
    """Every mode that the console switched is as it was, and so is the line discipline; the engine goes on."""
    console = Pty([*DIALCONSOLE, "attach", "--workspace", str(clinic.path)])
    try:
        console.wait_for("reminders")
        assert not console.is_restored()
        console.press("q")
        assert console.wait_for_end() == 0
        assert console.is_restored()
    finally:
        console.end()
    assert clinic.status().engine.demo


def test_leaving_run_leaves_the_engine(tmux: Tmux, spring: Site) -> None:
    """The engine that ``run`` has started goes on with its calls when the console is left, until ``stop``."""
    pane = tmux.pane(SMALL)
    pane.run(f"dialconsole run --workspace {spring.path}")
    pane.wait_for("RUNNING +spring", "q detach$")
    pid = spring.pid()
    spring.wait_for_calls()
    pane.press("q")
    pane.wait_for_prompt()
    before = set(spring.attempts())
    eventually(lambda: set(spring.attempts()) - before, lambda: "no call was made after the console was left")
    assert spring.pid() == pid
    pane.run(f"dialconsole stop --drain 0 --workspace {spring.path}")
    eventually(lambda: not alive(pid), lambda: f"engine {pid} did not stop")
