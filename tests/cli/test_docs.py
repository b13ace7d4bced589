"""The page of commands is made from the commands."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_page_is_up_to_date() -> None:
    """docs/commands.md is what tools/make_command_docs.py makes of the commands as they are now."""
    spec = importlib.util.spec_from_file_location("make_command_docs", ROOT / "tools" / "make_command_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert page == module.render(), "run: python tools/make_command_docs.py"
