"""A ``workspace.json`` that does not fit is refused with file, table, entry, key and the nearest known key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialconsole.clock import run_virtual
from dialconsole.model.campaign import Campaign, Operator, Trunk, WorkspaceInfo
from dialconsole.model.errors import Problem
from dialconsole.store.documents import Documents


@pytest.fixture
def file(tmp_path: Path) -> Path:
    documents = Documents.create(tmp_path / "workspace.json", WorkspaceInfo("0a1b2c3d", "clinic", 1, 0.0))

    async def fill() -> None:
        await documents.put_campaign(Campaign("spring", "main"))
        await documents.put_campaign(Campaign("autumn", "main"))
        await documents.put_trunk(Trunk("main"))
        await documents.put_operator(Operator(1001, "maria", "operator"))

    run_virtual(fill)
    return tmp_path / "workspace.json"


def _refusal(file: Path) -> str:
    """The sentence of the refusal; asserts that the file was left alone."""
    before = file.read_bytes()
    with pytest.raises(Problem) as problem:
        Documents.open(file)
    assert file.read_bytes() == before
    assert problem.value.sentence.startswith(str(file))
    return problem.value.sentence.removeprefix(f"{file}: ")


def _edited(file: Path, edit: Callable[[Any], object]) -> str:
    tables = json.loads(file.read_text())
    edit(tables)
    file.write_text(json.dumps(tables))
    return _refusal(file)


@pytest.mark.parametrize(
    ("edit", "start"),
    [
        (
            lambda t: t["campaigns"]["1"].update(wieght=3),
            "table 'campaigns', entry '1' (spring): there is no key 'wieght'; did you mean 'weight'?",
        ),
        (
            lambda t: t["campaigns"]["2"]["limits"].update(max_concurent=3),
            "table 'campaigns', entry '2' (autumn): there is no key 'max_concurent' in limits; "
            "did you mean 'max_concurrent'?",
        ),
        (
            lambda t: t["campaigns"]["1"]["retry"].update(max_attempts=99),
            "table 'campaigns', entry '1' (spring): key 'retry.max_attempts': expected `int` <= 20.",
        ),
        (
            lambda t: t["trunks"]["1"]["limits"].update(calls_per_minute="30"),
            "table 'trunks', entry '1' (main): key 'limits.calls_per_minute': expected `int | null`, got `str`.",
        ),
        (
            lambda t: t["campaigns"]["1"]["window"].update(opens="9 o'clock"),
            "table 'campaigns', entry '1' (spring): key 'window.opens': invalid RFC3339 encoded time.",
        ),
        (
            lambda t: t["campaigns"]["1"].pop("trunk"),
            "table 'campaigns', entry '1' (spring): object missing required field `trunk`.",
        ),
        (
            lambda t: t["operators"].update({"x": t["operators"].pop("1")}),
            "table 'operators', entry 'x' (maria): entries are numbered.",
        ),
        (lambda t: t.update(campaings={}), "there is no table 'campaings'; did you mean 'campaigns'?"),
        (
            lambda t: t["campaigns"]["2"].update(name="spring"),
            "table 'campaigns': entries 1 and 2 are both called 'spring'.",
        ),
        (lambda t: t.pop("workspace"), "table 'workspace' must hold exactly one entry."),
        (lambda t: t["workspace"]["1"].update(schema="1"), "table 'workspace': its schema must be a whole number"),
        (lambda t: t.update(trunks=[]), "it must hold tables of numbered entries."),
        (lambda t: t["trunks"].update({"1": 5}), "table 'trunks', entry '1': expected `object`, got `int`."),
    ],
)
def test_fault_is_named(file: Path, edit: Callable[[Any], object], start: str) -> None:
    """Each mistake of a hand edit is told with its place, and with the way back."""
    sentence = _edited(file, edit)
    assert sentence.startswith(start)
    assert sentence.endswith("Nothing was changed. Mend that place in an editor, or put a copy of the file back.")


def test_newer_file_is_left_alone(file: Path) -> None:
    """A file of a newer version is refused for its version, whatever else is unknown in it."""
    sentence = _edited(file, lambda t: (t["workspace"]["1"].update(schema=2), t.update(regions={})))
    assert "was written by a newer dialconsole (schema 2; this one knows up to 1). Nothing was changed." in sentence


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"", "line 1, column 1: Expecting value."),
        (b'{"workspace": {"1": {"id": "0a', "line 1, column 28: Unterminated string starting at."),
        (b"\xff\xfe{}", "it is no UTF-8 text (byte 0)."),
        (b"[1, 2]", "it must hold tables of numbered entries."),
    ],
)
def test_broken_file_is_named(file: Path, content: bytes, start: str) -> None:
    """A file that is no JSON, or was cut off, is refused with the line and column."""
    file.write_bytes(content)
    assert _refusal(file).startswith(start)


def test_hostile_key_reaches_no_terminal(file: Path) -> None:
    """Escape bytes in a key are not part of the sentence."""
    sentence = _edited(file, lambda t: t["campaigns"]["1"].update({"\x1b[2J\u202eevil": 1}))
    assert "\x1b" not in sentence and "\u202e" not in sentence


def test_missing_file(tmp_path: Path) -> None:
    """A folder without the file is no workspace."""
    with pytest.raises(Problem, match="There is no workspace at"):
        Documents.open(tmp_path / "workspace.json")
