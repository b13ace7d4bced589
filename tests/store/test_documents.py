"""Campaigns, trunks and operators: in the file first, in memory when it is durable."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from dialconsole.clock import run_virtual
from dialconsole.model.campaign import CallingWindow, Campaign, Limits, Operator, Trunk, WorkspaceInfo, changed
from dialconsole.model.errors import Problem
from dialconsole.store import atomic_storage, durable_file
from dialconsole.store.documents import Documents

INFO = WorkspaceInfo("0a1b2c3d", "clinic", 1, 1_763_800_000.5)
CAMPAIGN = Campaign("spring", "main", window=CallingWindow(time(9, 30), time(17, 0), (0, 1, 2)), limits=Limits(3, 20))


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return Documents.create(tmp_path / "workspace.json", INFO)


def _reopened(tmp_path: Path) -> Documents:
    return Documents.open(tmp_path / "workspace.json")


def test_documents_come_back(documents: Documents, tmp_path: Path) -> None:
    """What was put is there after opening again, equal in every field."""

    async def main() -> None:
        await documents.put_campaign(CAMPAIGN)
        await documents.put_trunk(Trunk("main"))
        await documents.put_operator(Operator(1001, "maria", "operator"))

    run_virtual(main)
    again = _reopened(tmp_path)
    assert again.info == INFO
    assert again.campaigns == documents.campaigns == {"spring": CAMPAIGN}
    assert again.trunks == documents.trunks == {"main": Trunk("main")}
    assert again.operators == documents.operators == {1001: Operator(1001, "maria", "operator")}


def test_document_is_replaced_and_removed(documents: Documents, tmp_path: Path) -> None:
    """A second put replaces, a removal removes, also after a restart; removing what is not there is no error."""

    async def change(them: Documents) -> None:
        await them.put_campaign(changed(CAMPAIGN, limits=Limits(), reason="calm"))
        await them.put_campaign(Campaign("autumn", "main"))
        await them.remove_campaign("autumn")
        await them.remove_campaign("nobody's")
        await them.remove_trunk("nobody's")
        await them.remove_operator(77)

    run_virtual(lambda: documents.put_campaign(CAMPAIGN))
    run_virtual(lambda: change(_reopened(tmp_path)))
    assert _reopened(tmp_path).campaigns == {"spring": changed(CAMPAIGN, limits=Limits(), reason="calm")}


def test_full_disk_changes_nothing(documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, memory and file stay as they were, and the next change goes through."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def main() -> None:
        await documents.put_campaign(CAMPAIGN)
        monkeypatch.setattr(atomic_storage, "replace_file", full)
        with pytest.raises(Problem, match=r"could not be written \(No space left on device\): the change was not made"):
            await documents.put_campaign(changed(CAMPAIGN, weight=7))
        with pytest.raises(Problem, match="the change was not made"):
            await documents.remove_campaign("spring")
        with pytest.raises(Problem, match="the change was not made"):
            await documents.put_trunk(Trunk("main"))
        assert documents.campaigns == {"spring": CAMPAIGN}
        assert documents.trunks == {}
        monkeypatch.undo()
        await documents.put_campaign(changed(CAMPAIGN, weight=8))

    run_virtual(main)
    assert _reopened(tmp_path).campaigns["spring"].weight == 8
    assert _reopened(tmp_path).trunks == {}


def test_changes_are_written_one_after_the_other(documents: Documents, tmp_path: Path) -> None:
    """Changes made at once all get into the file; the last put of a name wins in file and memory alike."""

    async def main() -> None:
        await asyncio.gather(*(documents.put_campaign(changed(CAMPAIGN, weight=w)) for w in range(1, 20)))
        await asyncio.gather(*(documents.put_trunk(Trunk(f"trunk{i}")) for i in range(20)))

    run_virtual(main)
    again = _reopened(tmp_path)
    assert again.campaigns == documents.campaigns
    assert again.campaigns["spring"].weight == 19
    assert len(again.trunks) == 20


def test_memory_waits_for_the_file(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees a change before it is durable, and a caller who is cancelled meanwhile cannot part the two."""
    writing, may_write = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> None:
        writing.set()
        may_write.wait(10)
        durable_file.replace_file(*arguments)

    async def main() -> None:
        monkeypatch.setattr(atomic_storage, "replace_file", slow)
        putting = asyncio.create_task(documents.put_campaign(CAMPAIGN))
        assert await asyncio.get_running_loop().run_in_executor(None, writing.wait, 10)
        assert documents.campaigns == {}
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        may_write.set()
        await documents.put_trunk(Trunk("main"))
        assert documents.campaigns == {"spring": CAMPAIGN}

    run_virtual(main)


def test_file_is_made_once(documents: Documents, tmp_path: Path) -> None:
    """Creating over an existing file is refused."""
    with pytest.raises(Problem, match=r"There is a workspace\.json in .* already"):
        Documents.create(tmp_path / "workspace.json", INFO)


def test_entry_removed_by_hand_is_written_again(documents: Documents, tmp_path: Path) -> None:
    """A change to an entry that somebody took out of the file meanwhile is not lost silently."""
    run_virtual(lambda: documents.put_campaign(CAMPAIGN))
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "campaigns": {}}))
    run_virtual(lambda: documents.put_campaign(changed(CAMPAIGN, weight=5)))
    assert _reopened(tmp_path).campaigns["spring"].weight == 5
