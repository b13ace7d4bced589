"""``trunk check`` asks real servers, and no phone rings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dialconsole.clock import RealClock
from dialconsole.model.finding import FindingKind
from dialconsole.telephony.livekit.preflight import preflight
from kit.livekit.calls import faults, real_trunk, write_keys
from kit.livekit.configs import WRONG_SECRET
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(120)]


async def test_all_is_well(stack: Stack, tmp_path: Path) -> None:
    """On servers that work nothing is found wrong, and nothing is left out but what plain http has not."""
    write_keys(tmp_path)
    before = len(stack.callees.calls())
    findings = await preflight(real_trunk(stack), clock=RealClock(), folder=tmp_path, ring_timeout_s=30.0)
    told = {finding.name: finding for finding in findings}
    assert [finding for finding in findings if finding.kind is FindingKind.FAULT] == []
    for name in ("server", "key", "sip_trunk", "version", "sip_node", "agent_job"):
        assert told[name].kind in (FindingKind.OK, FindingKind.WARNING), told[name]
    assert len(stack.callees.calls()) == before


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"agent": "nobody-of-this-name", "agent_ready_s": 2.0}, "agent_job"),
        ({"sip_trunk_id": "ST_nobodyknows"}, "sip_trunk"),
        ({"secret": WRONG_SECRET}, "key"),
    ],
    ids=["agent", "trunk", "key"],
)
async def test_one_cause_one_fault(stack: Stack, tmp_path: Path, settings: dict[str, Any], found: str) -> None:
    """An agent that does not exist, an unknown trunk and a wrong key are each told by their name alone."""
    assert await faults(stack, tmp_path, **settings) == [found]
