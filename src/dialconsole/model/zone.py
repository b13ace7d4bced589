"""What a number alone says about where its callee may be: every candidate zone, or why it is nobody's line to call.

It stands here because two rooms that do not know each other speak of it: ``compliance`` finds it out, ``lists`` is
handed the function that does.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class NumberFault(StrEnum):
    """Why a number is not called, whatever the campaign."""

    INVALID = "invalid_number"
    """Malformed, or in a block that its country has assigned to nobody."""
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    PERSONAL = "personal"
    """Follow-me numbers (+1 5xx, +44 70): the callee may be anywhere, often at the caller's expense."""
    NON_GEOGRAPHIC = "non_geographic"
    """Ranges for Internet telephony only, which belong to no place."""
    SERVICE = "service_number"
    """Pagers, company-wide access numbers, voicemail access."""
    NEW_AREA_CODE = "new_area_code"
    """Assigned, but younger than the table of area codes: nobody can say where it rings."""
    PLACELESS = "placeless"
    """Valid, but of a worldwide network (satellite, +800, +883): no zone can be named."""


class NumberZones(Struct, frozen=True):
    """Zones of one number, or the reason why it has none that count. Exactly one of the two is there."""

    zones: tuple[str, ...]
    """Every IANA zone the number may ring in, sorted; empty if the number is refused."""
    fault: NumberFault | None = None
    sentence: str = ""
    """For people, without the number itself; empty if the number may be called."""

    @property
    def callable(self) -> bool:
        return self.fault is None
