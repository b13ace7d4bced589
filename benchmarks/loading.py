"""An engine that opens a workspace of 1,000,000 contacts: time until it could dial, and what it keeps in memory."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.row import Row

CONTACTS = 1_000_000

_OPEN = """
import asyncio, json, resource, sys, time
from pathlib import Path
from dialconsole.clock import RealClock
from dialconsole.engine.engine import Engine
from dialconsole.store.workspace import Workspace
async def main():
    before = time.perf_counter()
    engine = await Engine.open(Workspace.open(Path(sys.argv[1])), RealClock(), dialing=True)
    ready = time.perf_counter() - before
    rss = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
    await engine.close()
    print(json.dumps({"ready": ready, "rss": rss, "queued": len(engine.floor.queue)}))
asyncio.run(main())
"""


async def _fill(path: Path) -> None:
    from dialconsole.clock import RealClock
    from dialconsole.engine.engine import Engine
    from dialconsole.model.campaign import Campaign, Trunk
    from dialconsole.model.contact import Contact, ZoneSource
    from dialconsole.model.request.campaigns import CreateCampaign
    from dialconsole.model.request.request import Caller
    from dialconsole.model.request.trunks import AddTrunk
    from dialconsole.model.view import Role
    from dialconsole.store.workspace import Workspace

    zones = [("America/New_York",), ("America/Chicago",), ("America/Denver",), ("America/Boise", "America/Los_Angeles")]
    caller = Caller(user="bench", uid=-1, pid=0, role=Role.ADMIN)
    engine = await Engine.open(Workspace.create(path, at=0.0), RealClock(), dialing=False)
    await engine.handle(AddTrunk(trunk=Trunk(name="main")), caller)
    await engine.handle(CreateCampaign(campaign=Campaign(name="big", trunk="main")), caller)
    rows = (
        Contact(i + 2, f"+1{2_012_000_000 + i * 7}", f"Person {i}", zones[i % 4], ZoneSource.NUMBER, {})
        for i in range(CONTACTS)
    )
    await engine.floor.ledger.add_list("big", "big.csv", "", 0.0, rows)
    await engine.close()


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workspace"
        asyncio.run(_fill(path))
        done = subprocess.run([sys.executable, "-c", _OPEN, str(path)], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert seen["queued"] == CONTACTS
    return [
        Row("engine with 1,000,000 contacts: ready to dial", seen["ready"], "s", "<= 3"),
        Row("  resident memory", seen["rss"], "MB", "<= 250"),
    ]
