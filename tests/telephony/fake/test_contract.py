"""The fake backend keeps every promise of the protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from contracts.backend import CLAUSES, Clause, clause_name
from contracts.backend_rig import Rig, Situation
from dialconsole.clock import LoopClock, run_virtual
from dialconsole.telephony.backend import Backend
from dialconsole.telephony.fake import FakeBackend, FakeNetwork, load_scenario

TUESDAY = datetime(2026, 3, 3, 15, tzinfo=UTC)


class FakeRig(Rig):
    """Number patterns are the known callees; a shared network outlives its backends."""

    def __init__(self) -> None:
        self._network: FakeNetwork | None = None

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        run_virtual(main)

    def backend(self) -> Backend:
        scenario, clock = load_scenario("basic"), LoopClock(TUESDAY)
        self._network = self._network or FakeNetwork(scenario.carrier, clock)
        return FakeBackend(scenario, seed=7, clock=clock, network=self._network)

    def kill(self, backend: Backend) -> None:
        assert isinstance(backend, FakeBackend)
        backend.crash()

    def number(self, situation: Situation) -> str:
        endings = {Situation.TALKS: "10", Situation.GREETS: "11", Situation.RINGS: "21", Situation.BUSY: "14"}
        return f"+121255501{endings[situation]}"


@pytest.mark.parametrize("clause", CLAUSES, ids=clause_name)
def test_contract(clause: Clause) -> None:
    """Each clause of the backend contract holds for the fake, on the virtual clock."""
    rig = FakeRig()
    rig.run(lambda: clause(rig))
