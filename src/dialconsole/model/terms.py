"""On which terms a call was placed: what the campaign said of itself when the call was claimed.

Settings are edited and campaigns deleted; a record that is read years later must say what held at the call. The ledger
interns these, since all calls between two edits of a campaign share them.
"""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.campaign import Campaign
from dialconsole.model.purpose import Purpose, Voice


class CallTerms(Struct, frozen=True, cache_hash=True, gc=False):
    caller_identity: str
    opt_out_line: str
    client: str
    purpose: Purpose
    voice: Voice
    registry_exempt: str
    started_by: str
    """Who started or resumed the campaign last."""
    started_at: float
    """POSIX seconds."""
    registry_exempt_by: str = ""
    """Who exempted the campaign, with ``registry_exempt_at`` (POSIX seconds); empty where that was not kept yet."""
    registry_exempt_at: float = 0.0


def terms_of(campaign: Campaign) -> CallTerms:
    """The terms of a call that a running campaign places now."""
    return CallTerms(
        caller_identity=campaign.caller_identity,
        opt_out_line=campaign.opt_out_line,
        client=campaign.client,
        purpose=campaign.purpose,
        voice=campaign.voice,
        registry_exempt=campaign.registry_exempt,
        started_by=campaign.changed_by,
        started_at=campaign.changed_at,
        registry_exempt_by=campaign.registry_exempt_by,
        registry_exempt_at=campaign.registry_exempt_at,
    )
