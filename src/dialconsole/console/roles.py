"""The roles: every meaning a colour may have on our screens. A theme is a colour for each.

Screens and cells name roles, never colours; what has no role has no colour of its own. A role that a theme leaves out
takes one of its base colours (``Role.base``), so a theme of ten lines works and no later role breaks an old theme.
"""

from __future__ import annotations

from typing import NamedTuple

BASE_COLORS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
    "success",
    "warning",
    "error",
)
"""Textual's own; keys of a theme's ``[colors]``."""

TEXT_STYLES = ("bold", "italic", "reverse", "underline")
"""Words that may stand before a role's colour. Not ``dim``: what it does to contrast is each terminal's choice."""


class Role(NamedTuple):
    """``base`` and ``on`` are the base colours a theme without this role uses for the text and behind it."""

    meaning: str
    base: str
    on: str = ""
    style: str = ""


ROLES: dict[str, Role] = {
    "state-preparing": Role("a call being set up; no phone rings yet", "foreground"),
    "state-dialing": Role("a call sent to the trunk", "foreground"),
    "state-ringing": Role("the callee's phone rings", "primary"),
    "state-listening": Role("answered; person or machine not yet known", "warning"),
    "state-talking": Role("a person talks with the agent", "success"),
    "state-machine": Role("a machine answered", "secondary"),
    "state-ended": Role("a call that ended as calls do", "foreground"),
    "state-failed": Role("a call that ended because of our side: trunk, network, agent", "error"),
    "campaign-draft": Role("a campaign not started", "foreground"),
    "campaign-running": Role("a campaign that dials", "success"),
    "campaign-paused": Role("a campaign somebody paused", "warning", style="bold"),
    "campaign-draining": Role("a campaign that finishes its calls", "warning"),
    "campaign-held": Role("a campaign that waits: hours, limits, nothing ready", "primary"),
    "campaign-finished": Role("a campaign that is done", "foreground"),
    "gauge-ok": Role("the filled part of a gauge", "success"),
    "gauge-warn": Role("a gauge that is nearly full", "warning"),
    "gauge-full": Role("a gauge at its limit", "error"),
    "gauge-empty": Role("the empty part of a gauge", "foreground"),
    "trunk-stopped": Role("a trunk through which no call goes", "error", style="bold"),
    "trunk-limited": Role("a trunk that is on trial, slowed, or locked to its allow list", "warning"),
    "check-clear": Role("a check that says yes", "success"),
    "check-held": Role("a check that says not now", "warning"),
    "check-refused": Role("a check that says no", "error"),
    "zone-open": Role("a zone where calls are allowed now", "success"),
    "zone-closed": Role("a zone where they are not", "foreground"),
    "alert-info": Role("an alert worth knowing", "foreground"),
    "alert-warning": Role("an alert that wants a look", "warning"),
    "alert-error": Role("an alert that wants a hand", "error", style="bold"),
    "banner-demo": Role("the sign that nothing here is real", "background", "warning", "bold"),
    "banner-paused": Role("the sign that everything is paused", "background", "warning", "bold"),
    "banner-stale": Role("the sign that the engine is gone and the data old", "background", "error", "bold"),
    "cursor": Role("the row under the cursor", "foreground", "panel", "bold"),
    "cursor-blurred": Role("that row while another place has the keys", "foreground", "surface"),
    "table-header": Role("the titles of columns", "foreground", style="bold"),
    "title": Role("the title of a pane", "foreground", style="bold"),
    "key": Role("a key to press", "accent", style="bold"),
    "dim": Role("what is there but matters less", "foreground"),
    "stale": Role("data of an engine that does not answer", "foreground"),
}
