"""Every request there is, as one type: what an engine decodes. A console, which only asks, need not load it."""

from __future__ import annotations

from dialconsole.model.request.campaigns import (
    CreateCampaign,
    DeleteCampaign,
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    SetCampaign,
    StartCampaign,
)
from dialconsole.model.request.lists import CancelImport, ImportList
from dialconsole.model.request.looking import (
    Explain,
    GetStatus,
    ListAudit,
    ListCalls,
    ListTrunks,
    ListUndialable,
    ShowCall,
    ShowCampaign,
    ShowDialable,
)
from dialconsole.model.request.optouts import AddOptOut, CopyOptOuts, ImportOptOuts, ListOptOuts, RemoveOptOut
from dialconsole.model.request.people import GrantRole, ListOperators, StopEngine
from dialconsole.model.request.rules import AddDay, ListCalendar, ReloadRegistry, RemoveDay, ShowRegistry
from dialconsole.model.request.trunks import (
    AddTrunk,
    CheckTrunk,
    LockTrunk,
    PlaceTestCall,
    ReleaseTrunk,
    RemoveTrunk,
    ResetTrunk,
    SetLimits,
    SetTrunk,
    ShowTrunk,
)

AnyRequest = (
    GetStatus | ShowCampaign | ListTrunks | ListCalls | ShowCall | Explain | ListAudit
    | ShowDialable | ListUndialable
    | CreateCampaign | ImportList | CancelImport
    | StartCampaign | PauseCampaign | PauseAll | DrainCampaign | DeleteCampaign
    | SetCampaign | HangUpCampaign | HangUpCall
    | AddTrunk | RemoveTrunk | SetTrunk | SetLimits | ShowTrunk | ResetTrunk | ReleaseTrunk | LockTrunk
    | CheckTrunk | PlaceTestCall
    | ListOptOuts | AddOptOut | RemoveOptOut | ImportOptOuts | CopyOptOuts
    | ListCalendar | AddDay | RemoveDay | ShowRegistry | ReloadRegistry
    | ListOperators | GrantRole | StopEngine
)  # fmt: skip
