"""Exempting a campaign from every do-not-call registry: an admin's word, with a reason, kept with name and time."""

from __future__ import annotations

import msgspec

from dialconsole.compliance.registry.exemption import says_why
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller
from dialconsole.model.text import safe_text
from dialconsole.model.view import Role


def with_exemption(doc: Campaign, before: Campaign | None, caller: Caller, now: float) -> Campaign:
    """``doc`` as ``caller`` may have it: who exempted it, and when, is what is true and not what the request says.

    Raises ``Problem`` for an exemption by anybody but an admin, and for a reason that is none. Whoever may change the
    campaign may take its exemption away: the registries then bind.
    """
    reason = safe_text(doc.registry_exempt)
    if before is not None and reason == before.registry_exempt:
        return _stamped(doc, reason, before.registry_exempt_by, before.registry_exempt_at)
    if not reason:
        return _stamped(doc, "", "", 0.0)
    if not says_why(reason):
        raise Problem(
            f"{reason!r} is no reason for an exemption from every do-not-call registry, so nothing was changed. Say in "
            "some words why none binds these calls (an opinion survey, no sales; list screened at the TPS on "
            "2026-11-20). To have the registries bind, leave it empty: registry_exempt=",
            code="no_reason",
        )
    if not caller.role.covers(Role.ADMIN):
        raise Problem(
            f"You are {caller.role.value} here, and exempting a campaign from the do-not-call registries needs the "
            f"role {Role.ADMIN.value}. Nothing was changed.",
            code="role",
        )
    return _stamped(doc, reason, caller.user, now)


def exemption_words(doc: Campaign) -> str:
    """For the audit and the alert; empty if the registries bind."""
    return f"exempt from every do-not-call registry: {doc.registry_exempt}" if doc.registry_exempt else ""


def _stamped(doc: Campaign, reason: str, by: str, at: float) -> Campaign:
    return msgspec.structs.replace(doc, registry_exempt=reason, registry_exempt_by=by, registry_exempt_at=at)
