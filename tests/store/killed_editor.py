"""A process for ``test_kill``: puts a campaign of ever changing size into ``workspace.json`` for ever.

Prints the campaign's version after each change that was acknowledged; run with the file's path.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from dialconsole.model.campaign import Campaign
from dialconsole.store.documents import Documents


async def main(path: Path) -> None:
    documents = Documents.open(path)
    known = documents.campaigns.get("spring")
    for version in itertools.count(known.version + 1 if known else 1):
        await documents.put_campaign(Campaign("spring", "main", reason="x" * (version % 7 * 700), version=version))
        os.write(1, f"{version}\n".encode())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
