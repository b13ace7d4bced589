"""Campaigns: create, start, pause, drain, change, hang up, delete."""

from __future__ import annotations

from dialconsole.model.campaign import Campaign
from dialconsole.model.request.request import Done, Request
from dialconsole.model.view import Role


class CreateCampaign(Request[Done], frozen=True, kw_only=True):
    campaign: Campaign


class StartCampaign(Request[Done], frozen=True, kw_only=True):
    """Start or resume."""

    name: str
    reason: str = ""


class PauseCampaign(Request[Done], frozen=True, kw_only=True):
    """No new call from this instant; calls in progress go on. Always wins."""

    name: str
    reason: str = ""


class PauseAll(Request[Done], frozen=True, kw_only=True):
    reason: str = ""


class DrainCampaign(Request[Done], frozen=True, kw_only=True):
    name: str
    reason: str = ""


class DeleteCampaign(Request[Done], frozen=True, kw_only=True):
    """Forget a draft or finished campaign and its contacts. Attempts and opt-outs stay: they are records."""

    ROLE = Role.ADMIN
    name: str


class SetCampaign(Request[Done], frozen=True, kw_only=True):
    """Change settings of a campaign: field name (``retry.busy_s``, ``window.opens``) -> value as typed."""

    name: str
    fields: dict[str, str]
    version: int | None = None
    reason: str = ""


class HangUpCampaign(Request[Done], frozen=True, kw_only=True):
    """Hang up every live call of a campaign, and pause it."""

    name: str
    reason: str = ""


class HangUpCall(Request[Done], frozen=True, kw_only=True):
    attempt: str
    reason: str = ""
