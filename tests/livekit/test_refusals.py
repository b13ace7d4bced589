"""Errors of dials, as real servers word them: what is recorded is what they say.

``DIALCONSOLE_RECORD_REFUSALS=1`` writes the fixture anew from what they said; what each row comes to stays a person's
to say, in the same file. ``tests/telephony/livekit/test_refusal.py`` compares that with the mapping.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from kit import refusals
from kit.livekit.recording import Recorder, Said, versions
from kit.livekit.stack import Stack
from kit.refusals import RECORDED, Row

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(300)]


async def test_every_recorded_refusal_is_what_the_servers_say(own_stack: Stack, tmp_path: Path) -> None:
    """Code, HTTP status, text and metadata of each row that loopback can produce, word for word."""
    known = refusals.load()
    said = await Recorder(own_stack, tmp_path, known.rows).record()
    if os.environ.get("DIALCONSOLE_RECORD_REFUSALS"):
        known = refusals.Refusals(versions(), tuple(_taken(row, said.get(row.name)) for row in known.rows))
        refusals.write(known)
    recorded = {row.name: Said(row.code, row.http, row.msg, row.meta) for row in known.rows if row.source == RECORDED}
    assert said == recorded


def _taken(row: Row, said: Said | None) -> Row:
    """A row as it was just heard; one that was not stays as it is."""
    if said is None:
        return row
    heard = msgspec.structs.asdict(said)
    return msgspec.structs.replace(row, source=RECORDED, **heard)
