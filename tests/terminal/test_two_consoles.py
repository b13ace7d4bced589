"""Two people at one engine, and a third who types commands: each sees what the others do."""

from __future__ import annotations

import pytest

from dialconsole.model.request.looking import ListAudit
from kit.terminal import LARGE, SMALL, Tmux
from terminal.engines import ME, Site

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]


def test_two_consoles_see_each_other(tmux: Tmux, clinic: Site) -> None:
    """Presence, a pause with its name, a throttle by key and one by command are on both screens, and in the audit.

    What one has paused the other does not resume by the same key in the same moment.
    """
    wide, narrow, shell = tmux.pane(LARGE), tmux.pane(SMALL), tmux.pane(SMALL)
    wide.run(clinic.command)
    wide.wait_for(f"{ME}, admin +engine ●", "RUNNING +reminders")
    narrow.run(clinic.command)
    narrow.wait_for(rf"{ME}, admin +(with {ME}|\+1)", "RUNNING +reminders")
    wide.wait_for(f"{ME}, admin +with {ME}, admin")

    wide.press("p")
    narrow.wait_for(f"PAUSED +reminders .* by {ME}", "^ p resume")

    narrow.press("p")  # from fingers that had seen it running
    narrow.wait_for("Somebody else paused reminders a moment ago")
    narrow.wait_for(rf"PAUSED +reminders .* {ME}, ([3-9]\d s|\d+ min)")  # on a clock ten times as fast

    # In one breath: a change of state must not be taken for somebody else's change of the limits.
    narrow.press("p", "-")
    wide.wait_for("RUNNING +reminders", "^ p pause", r"└ reminders .*\d/15 ")

    shell.run(f"dialconsole limits set main --calls-per-minute 18 --reason quiet --workspace {clinic.path}")
    shell.wait_for_prompt()
    for pane in (wide, narrow):
        pane.wait_for(r"▸main .*\d/18 ")

    changes = clinic.ask(ListAudit(limit=4))
    assert {entry.who for entry in changes} == {ME}
    touched = [entry.subject.rpartition(" ")[2] for entry in reversed(changes)]
    assert touched == ["reminders", "reminders", "reminders", "main"]
    narrow.press("q")
    wide.wait_for(f"{ME}, admin +engine ●")
