"""The kit is imported by other people's workers, and by tests that have no LiveKit: it must weigh nothing."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json, sys
import dialconsole.agentkit
print(json.dumps(sorted(sys.modules)))
"""


def test_importing_the_kit_loads_nothing_of_livekit() -> None:
    """Nor numpy, nor any room of the engine but the detection."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=20, check=True)
    names = set(json.loads(done.stdout))
    assert not {name for name in names if name.partition(".")[0] in ("livekit", "numpy", "aiohttp", "sqlite3")}
    ours = {".".join(name.split(".")[:2]) for name in names if name.startswith("dialconsole.")}
    assert ours == {"dialconsole.agentkit", "dialconsole.model", "dialconsole.telephony"}
