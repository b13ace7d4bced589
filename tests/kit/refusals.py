"""Errors that LiveKit servers answer with, as they stand on the wire, and what each must come to.

The file beside it is recorded from real servers (``kit.livekit.recording``); a row that no server on loopback can be
brought to says where it is from instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from dialconsole.model.outcome import Outcome
from kit.livekit_cast import Refusal

FILE: Final = Path(__file__).parents[1] / "fixtures/livekit/refusals.json"

RECORDED: Final = "recorded"


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """As it stands on the wire, and what it comes to."""

    name: str
    source: str
    """``recorded``, or why it is not and where it is known from."""
    code: str
    http: int
    msg: str
    meta: dict[str, str]
    outcome: Outcome
    sip_code: int | None
    says: str
    """Words that the sentence must have."""
    stops_trunk: bool
    lost: bool
    note: str = ""

    @property
    def refusal(self) -> Refusal:
        return Refusal(self.code, self.http, self.msg, self.meta)


class Refusals(Struct, frozen=True, forbid_unknown_fields=True):
    versions: dict[str, str]
    """Of the programs that the recorded rows were recorded from."""
    rows: tuple[Row, ...]


def load() -> Refusals:
    return msgspec.json.decode(FILE.read_bytes(), type=Refusals)


def write(refusals: Refusals) -> None:
    """One row a line, so that a change of a server's words is a change of one line."""
    rows = ",\n".join("  " + json.dumps(msgspec.to_builtins(row), ensure_ascii=False) for row in refusals.rows)
    versions = json.dumps(refusals.versions, ensure_ascii=False)
    FILE.write_text(f'{{\n "versions": {versions},\n "rows": [\n{rows}\n ]\n}}\n', "utf-8")
