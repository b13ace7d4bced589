"""Looking: status, campaigns, calls, the ladder of one call, the audit, and why a number may or may not be called."""

from __future__ import annotations

from collections.abc import Callable

from dialconsole.engine.board import Board
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.explain import Explainer
from dialconsole.engine.floor import Floor
from dialconsole.engine.numbers import e164
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import (
    AuditEntry,
    CallPage,
    CallReport,
    CampaignReport,
    Explain,
    Explanation,
    GetStatus,
    ListAudit,
    ListCalls,
    ShowCall,
    ShowCampaign,
    StatusReport,
)
from dialconsole.model.request.request import Caller
from dialconsole.model.text import safe_text

MOST_ROWS = 10_000
"""The most rows that one request may ask for."""


class LookingSection:
    def __init__(self, floor: Floor, board: Board, make_explainer: Callable[[], Explainer]) -> None:
        self._floor = floor
        self._board = board
        self._make_explainer = make_explainer

    def handlers(self) -> Handlers:
        return {
            GetStatus: self.status,
            ShowCampaign: self.campaign,
            ListCalls: self.calls,
            ShowCall: self.call,
            Explain: self.explain,
            ListAudit: self.audit,
        }

    async def status(self, request: GetStatus, caller: Caller) -> StatusReport:
        board, floor = self._board, self._floor
        foreseen = await board.foresee(list(floor.campaigns)) if request.foresee else {}
        return StatusReport(
            engine=board.engine(),
            campaigns=tuple(board.campaign(name, foreseen.get(name)) for name in floor.campaigns),
            trunks=tuple(board.trunk(name) for name in floor.trunks),
            people=board.people,
        )

    async def campaign(self, request: ShowCampaign, caller: Caller) -> CampaignReport:
        lists = await self._floor.ledger.lists(request.name)
        foreseen = await self._board.foresee([request.name])
        doc = self._floor.campaigns.get(request.name)
        if doc is None:
            raise Problem(f"There is no campaign {safe_text(request.name)!r}.", code="unknown_campaign")
        return CampaignReport(
            campaign=doc, view=self._board.campaign(doc.name, foreseen.get(doc.name)), lists=tuple(lists)
        )

    async def calls(self, request: ListCalls, caller: Caller) -> CallPage:
        limit = max(1, min(request.limit, MOST_ROWS))
        found = await self._floor.ledger.attempts(
            campaign=request.campaign,
            outcome=request.outcome,
            number=e164(request.number) if request.number else None,
            before_seq=request.before_seq,
            limit=limit + 1,
        )
        return CallPage(attempts=tuple(found[:limit]), more=len(found) > limit)

    async def call(self, request: ShowCall, caller: Caller) -> CallReport:
        ledger = self._floor.ledger
        attempt = await ledger.attempt(request.attempt)
        if attempt is None:
            raise Problem(f"There is no call {safe_text(request.attempt)!r} on record.", code="unknown_call")
        return CallReport(
            attempt=attempt,
            events=tuple(await ledger.events(request.attempt)),
            evidence=await ledger.evidence(request.attempt),
        )

    async def explain(self, request: Explain, caller: Caller) -> Explanation:
        return await self._make_explainer().explain(request)

    async def audit(self, request: ListAudit, caller: Caller) -> tuple[AuditEntry, ...]:
        limit = max(1, min(request.limit, MOST_ROWS))
        return tuple(await self._floor.ledger.audit(limit, request.subject))
