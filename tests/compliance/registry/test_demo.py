"""The registry of demonstrations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dialconsole.compliance.registry.demo import LISTED, write_demo_registry
from dialconsole.compliance.registry.registry import Registry
from dialconsole.compliance.registry.upkeep import verify
from dialconsole.model.errors import Problem
from kit.registry import NOON, import_numbers


def test_it_covers_every_area_code_and_says_demo(tmp_path: Path) -> None:
    """A few fictional numbers are listed; whoever reads the evidence sees what it was."""
    header = write_demo_registry(tmp_path / "r", NOON)
    assert (header.demo, header.numbers, str(header.obtained)) == (True, len(LISTED), "2026-11-02")
    registry = Registry.open(tmp_path / "r")
    assert registry.demo
    kinds = {registry.lookup(10**10 + code * 10**7 + 5_550_100, NOON).kind for code in range(200, 1000)}
    assert kinds == {"registry_not_listed"}
    found = [registry.lookup(10**10 + number, NOON) for number in LISTED]
    assert {answer.kind for answer in found} == {"registry_listed"}
    assert found[0].demo
    assert found[0].sentence.startswith("Listed on the DEMO national do-not-call registry (version 1 of 2026-11-02")
    registry.close()
    assert verify(tmp_path / "r") == (header,)


def test_its_numbers_are_fictional() -> None:
    """555-0100 to 555-0199, so that no real person is called listed."""
    assert all(number % 10**7 // 100 == 55_501 for number in LISTED)


def test_a_demo_may_replace_a_demo_but_no_real_registry(tmp_path: Path) -> None:
    """A workspace that holds the FTC's list keeps it."""
    write_demo_registry(tmp_path / "r", NOON)
    assert write_demo_registry(tmp_path / "r", NOON).version == 2
    real = import_numbers(tmp_path / "r", [2_015_550_100])
    with pytest.raises(Problem, match="There is a real registry"):
        write_demo_registry(tmp_path / "r", NOON)
    assert verify(tmp_path / "r") == (real,)


def test_a_demo_and_a_look_up_need_no_numpy(tmp_path: Path) -> None:
    """An engine that looks numbers up keeps 30 MB and a quarter of a second."""
    code = (
        "import sys; from pathlib import Path\n"
        "from dialconsole.compliance.registry.demo import write_demo_registry\n"
        "from dialconsole.compliance.checks.registry import RegistryCheck\n"
        "from dialconsole.compliance.registry.registry import Registry\n"
        f"write_demo_registry(Path({str(tmp_path / 'r')!r}), {NOON})\n"
        f"assert Registry.open(Path({str(tmp_path / 'r')!r})).lookup(12015550100, {NOON}).kind\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
