"""A process for ``test_kill``: claims and settles for ever, and says so only when a change was acknowledged.

Prints ``c SEQ`` after each claim and ``s SEQ`` after each settlement that returned; run with the ledger's path.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from contracts.ledger import claim, settlement
from dialconsole.model.outcome import Outcome
from dialconsole.store.sqlite_ledger import SqliteLedger

CALLERS = 8


async def _calls(ledger: SqliteLedger, contact: int, seqs: itertools.count[int]) -> None:
    while True:
        seq = next(seqs)
        await ledger.claim(claim(seq, contact))
        os.write(1, f"c {seq}\n".encode())
        await ledger.settle(settlement(seq, contact, Outcome.BUSY))
        os.write(1, f"s {seq}\n".encode())


async def main(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    seqs = itertools.count(await ledger.next_seq())
    busy = {left.contact for left in await ledger.unfinished()}
    free = [contact for contact in range(1, 200) if contact not in busy][:CALLERS]
    await asyncio.gather(*(_calls(ledger, contact, seqs) for contact in free))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
