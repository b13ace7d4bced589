"""The LiveKit backend keeps every promise of the protocol."""

from __future__ import annotations

import pytest

from contracts.backend import CLAUSES, Clause, clause_name
from kit.livekit_rig import LiveKitRig


@pytest.mark.parametrize("clause", CLAUSES, ids=clause_name)
def test_contract(clause: Clause) -> None:
    """Each clause of the backend contract holds for LiveKit, over the fake server and in virtual time."""
    rig = LiveKitRig()
    rig.run(lambda: clause(rig))
