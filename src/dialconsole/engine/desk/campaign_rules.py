"""What a campaign may be, and may become, beside what its struct allows. Each raises ``Problem``, changes nothing."""

from __future__ import annotations

import shlex

from dialconsole.engine.floor import Floor
from dialconsole.engine.numbers import must_be_caller_ids, must_be_opt_out_line
from dialconsole.model.campaign import TEST_CALLS, Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.optout import client_scope
from dialconsole.model.outcome import CampaignState
from dialconsole.model.text import safe_text


def must_exist(floor: Floor, name: str) -> Campaign:
    doc = floor.campaigns.get(name)
    if doc is None:
        there = ", ".join(sorted(floor.campaigns)) or "none yet"
        raise Problem(f"There is no campaign {safe_text(name)!r}; there are: {there}.", code="unknown_campaign")
    return doc


def must_be_new(floor: Floor, doc: Campaign) -> None:
    """A campaign that is to be made."""
    if doc.name in floor.campaigns:
        raise Problem(f"There is a campaign {doc.name!r} already; choose another name.", code="exists")
    _trunk_must_exist(floor, doc.trunk)
    must_be_caller_ids(filter(None, [doc.caller_id]))
    must_be_opt_out_line(doc.opt_out_line)


def may_become(floor: Floor, old: Campaign, new: Campaign, *, at_work: bool) -> None:
    """An edit of a campaign, which ``at_work`` says runs or drains, or is about to."""
    if new.trunk != old.trunk:
        _trunk_may_change(floor, old, new.trunk)
    if new.zone_authoritative is not old.zone_authoritative:
        _zones_may_change(floor, old)
    must_be_caller_ids(filter(None, [new.caller_id]))
    if new.opt_out_line != old.opt_out_line:  # an older document may have something else, until it is started
        must_be_opt_out_line(new.opt_out_line)
    _opt_outs_must_stay(floor, old, new)
    if at_work:
        must_be_complete(new)


def must_be_for_lists(name: str) -> None:
    if name == TEST_CALLS:
        raise Problem(
            f"{TEST_CALLS} is the campaign of test calls (dialconsole call), which each of them makes anew; choose "
            "another name.",
            code="reserved",
        )


def must_be_complete(doc: Campaign) -> None:
    """An artificial voice says at the start who calls, and gives a number to stop it (47 CFR 64.1200(b))."""
    missing = [
        key
        for key, value in (("caller_identity", doc.caller_identity), ("opt_out_line", doc.opt_out_line))
        if not value
    ]
    if doc.voice.artificial and missing:
        raise Problem(
            f"{doc.name} calls with an artificial voice ({doc.voice.value}), so it must say who calls and how to stop "
            f"it: dialconsole campaign set {doc.name} {' '.join(f'{key}=...' for key in missing)}",
            code="incomplete",
        )
    if doc.voice.artificial:
        must_be_opt_out_line(doc.opt_out_line)


def _trunk_must_exist(floor: Floor, trunk: str) -> None:
    if trunk not in floor.trunks:
        there = ", ".join(sorted(floor.trunks)) or "none yet (dialconsole trunk add)"
        raise Problem(f"There is no trunk {safe_text(trunk)!r}; there are: {there}.", code="unknown_trunk")


def _trunk_may_change(floor: Floor, doc: Campaign, trunk: str) -> None:
    _trunk_must_exist(floor, trunk)
    if doc.state is CampaignState.RUNNING or floor.standings[doc.name].live:
        raise Problem(f"{doc.name} is at work on trunk {doc.trunk}; pause it and let its calls end first.", code="busy")


def _zones_may_change(floor: Floor, doc: Campaign) -> None:
    """Where a contact may be is decided when its list is read, so contacts that are there would keep the old zones.

    Rejected: working them out anew, because the ledger keeps what a row came to and not its cells.
    """
    if floor.standings[doc.name].total or arriving(floor, doc.name):
        raise Problem(
            f"{doc.name} has contacts that were imported with zone_authoritative "
            f"{'on' if doc.zone_authoritative else 'off'}, and they would keep the time zones found then. "
            "Import the list again into a new campaign. Nothing was changed.",
            code="has_contacts",
        )


def arriving(floor: Floor, campaign: str) -> str:
    """The name of a list that is on its way into a campaign; empty if there is none."""
    return next((view.list for view in floor.imports.values() if view.campaign == campaign), "")


def _opt_outs_must_stay(floor: Floor, old: Campaign, new: Campaign) -> None:
    """Who must not be called for the campaign's client must not be called by it under another label either.

    A new label is as often a better spelling as another client, and nobody here can tell. Raises ``Problem``.
    """
    scope = client_scope(old.client)
    if not old.client.strip() or client_scope(new.client) == scope:
        return
    lost = floor.safeguards.opt_outs.unbound(scope, old.name, new.client)
    if not lost:
        return
    label = new.client.strip()
    to = f"--client {shlex.quote(label)}" if label else f"--campaign {old.name}"
    raise Problem(
        f"{lost:,} do-not-call {'entry binds' if lost == 1 else 'entries bind'} {old.name} as a campaign of the "
        f"client {old.client!r} and would bind it no longer. Nothing was changed. Have them bind it under the new "
        f"setting first, then repeat this: dialconsole dnc copy --from-client {shlex.quote(old.client)} {to}",
        code="opt_outs",
    )
