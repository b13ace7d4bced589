"""Trunks and limits: who may be dialed through and how fast, looking a trunk over, one call to try it."""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.campaign import Limits, Trunk
from dialconsole.model.finding import Finding
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.request import Done, Request
from dialconsole.model.view import Role, TrunkView


class AddTrunk(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    trunk: Trunk


class RemoveTrunk(Request[Done], frozen=True, kw_only=True):
    ROLE = Role.ADMIN
    name: str


class SetTrunk(Request[Done], frozen=True, kw_only=True):
    """Change settings of a trunk other than its limits (those are ``SetLimits``)."""

    ROLE = Role.ADMIN
    name: str
    fields: dict[str, str]
    version: int | None = None


class TrunkReport(Struct, frozen=True):
    """A trunk's settings beside its figures."""

    trunk: Trunk
    view: TrunkView


class ShowTrunk(Request[TrunkReport], frozen=True, kw_only=True):
    ROLE = Role.OBSERVER
    RESULT = TrunkReport
    name: str


class ResetTrunk(Request[Done], frozen=True, kw_only=True):
    """Somebody mended the trunk: close its circuit and give it its whole pace. Its backend is made again if need be."""

    name: str
    reason: str = ""


class ReleaseTrunk(Request[Done], frozen=True, kw_only=True):
    """Let a trunk call numbers outside its allow list. ``typed`` is its name once more, as the admin typed it."""

    ROLE = Role.ADMIN
    name: str
    typed: str
    reason: str = ""


class LockTrunk(Request[Done], frozen=True, kw_only=True):
    """Only numbers of its allow list again, from this instant. Calls in progress go on."""

    ROLE = Role.ADMIN
    name: str
    reason: str = ""


class TrunkCheck(Struct, frozen=True):
    """What was found out about a trunk, in the order in which things break."""

    trunk: str
    backend: str
    findings: tuple[Finding, ...]


class CheckTrunk(Request[TrunkCheck], frozen=True, kw_only=True):
    """Look a trunk over where its keys are. No phone rings; it may take as long as an agent may take to be ready."""

    RESULT = TrunkCheck
    name: str


class PlacedCall(Struct, frozen=True):
    """A test call that has begun: follow it with ``ShowCall``."""

    attempt: str
    number: str
    trunk: str
    campaign: str


class PlaceTestCall(Request[PlacedCall], frozen=True, kw_only=True):
    """One call to one number through everything that a campaign's call goes through, answered when it has begun.

    Refused with the gate's reasons if the number may not be called now. It is never tried a second time.
    """

    RESULT = PlacedCall
    number: str
    """As typed."""
    trunk: str | None = None
    """``None``: the campaign's."""
    campaign: str | None = None
    """Call as this campaign does: its agent, rings, caller ID, purpose and voice."""
    consent: ConsentBasis | None = None
    """The person who asks attests that the callee has consented so."""


class SetLimits(Request[Done], frozen=True, kw_only=True):
    """Replace the limits of a trunk or a campaign.

    ``version`` is the one the change was based on; if somebody else was faster the answer is a conflict that names
    both values. ``None`` does not ask.
    """

    kind: str
    """``trunk`` or ``campaign``."""
    name: str
    limits: Limits
    version: int | None = None
    reason: str = ""
