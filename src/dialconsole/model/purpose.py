"""What a campaign's calls are for and who speaks in them: which rules bind depends on nothing else as much."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    MARKETING = "marketing"
    INFORMATIONAL = "informational"
    DEBT_COLLECTION = "debt_collection"
    SURVEY = "survey"
    POLITICAL = "political"


class Voice(StrEnum):
    AI = "ai"
    """An artificial voice in the sense of the TCPA, also when it converses (FCC 24-17)."""
    PRERECORDED = "prerecorded"
    HUMAN = "human"

    @property
    def artificial(self) -> bool:
        return self is not Voice.HUMAN


class LineType(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    UNKNOWN = "unknown"
    """In North America the number does not tell. Rules for mobiles then bind."""


class ConsentBasis(StrEnum):
    WRITTEN = "written"
    """Prior express written consent (47 CFR 64.1200(f)(9))."""
    ORAL = "oral"
    """Prior express consent."""
    NONE = "none"
    UNKNOWN = "unknown"
    """The list does not say. Counts as none."""
