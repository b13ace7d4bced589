"""Real servers for real calls. Where a program is missing, every test here skips and says which.

One set of servers serves the whole run; a test that breaks some has a set of its own. When a test fails, the ends of
the servers' logs are part of its report.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from kit.livekit.programs import programs_missing

if not (MISSING := programs_missing()):
    from kit.livekit.stack import Stack, running_stack

SHOWN = pytest.StashKey["Stack"]()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The servers of this run, all up."""
    if MISSING:
        pytest.skip(MISSING)
    with running_stack(tmp_path_factory.mktemp("livekit") / "servers") as stack:
        yield stack


@pytest.fixture
def stack(servers: Stack, request: pytest.FixtureRequest) -> Stack:
    """The same, for a test that leaves them as they are."""
    request.node.stash[SHOWN] = servers
    return servers


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Servers of the test's own, for it to kill."""
    if MISSING:
        pytest.skip(MISSING)
    with running_stack(tmp_path_factory.mktemp("livekit") / "servers") as stack:
        request.node.stash[SHOWN] = stack
        yield stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and call.excinfo is not None and SHOWN in item.stash:
        report.sections.append(("servers", item.stash[SHOWN].told()))
    return report
