"""Virtual time for tests whose two ends talk over loopback sockets in one loop.

A bare virtual loop jumps to the next timer as soon as nothing is ready, and what the other end has just written may
not be ready yet. This one gives the kernel a moment before each jump, so a slow machine makes a test slow, not wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from dialconsole.clock import VirtualLoop

T = TypeVar("T")

KERNEL_S = 0.001
"""Real seconds for bytes to cross loopback; they take microseconds."""


class SocketLoop(VirtualLoop):
    def _wait(self) -> None:
        if not self._ready and not self._stopping and len(self._polled) > 1 and self._timers:
            self._process_events(self._selector.select(KERNEL_S))  # type: ignore[attr-defined]
            if self._ready:
                return
        super()._wait()


def run_with_sockets(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=SocketLoop) as runner:
        return runner.run(main())
