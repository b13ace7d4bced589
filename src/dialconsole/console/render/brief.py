"""What holds a campaign in so few words that they fit beside its bar on a terminal of 80.

The engine's own words stand wherever there is room, and in the sentence below the panes; a table by code, because words
that are cut where the room ends say something else than they began with.
"""

from __future__ import annotations

BRIEF: dict[str, str] = {
    "hours": "outside hours",
    "before_hours": "too early",
    "after_hours": "too late",
    "outside_days": "no calling day",
    "no_hours": "window too short",
    "no_common_hours": "no common hours",
    "zone_unknown": "zone unknown",
    "too_soon": "called minutes ago",
    "in_a_call": "in a call now",
    "gap_unknown": "last call unknown",
    "not_on_allow_list": "not on allow list",
    "check_failed": "a check failed",
    "no_engine": "no engine",
    "retry": "next try not due",
    "no_calls_day": "no calls that day",
    "calendar": "calendar says no",
    "consent_missing": "without consent",
    "opted_out": "do-not-call",
    "attempts_used": "attempts used up",
    "cap_reached": "legal cap reached",
    "quiet_after_conversation": "spoken to lately",
    "caps_unknown": "history too short",
    "registry_listed": "on a registry",
    "registry_not_covered": "area not covered",
    "registry_too_old": "registry too old",
    "registry_ahead": "registry in future",
    "registry_unreadable": "registry unread",
    "registry_unproven": "reading registry",
    "registry_demo": "demo registry",
    "registry_none": "no registry",
    "registry_elsewhere": "foreign registry",
    "place_unknown": "place unknown",
    "no_rules": "no rules there",
    "rules_unreadable": "rules unreadable",
    "trunk_open": "trunk stopped",
    "trunk_trial": "trunk on trial",
    "trunk_waits": "carrier says wait",
    "caller_ids_rest": "caller IDs rest",
}
"""At most 18 cells. Codes of a newer engine are not here; they keep their own words."""
