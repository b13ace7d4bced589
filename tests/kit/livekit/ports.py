"""Ports for servers of a test: chosen at run time, and not from where the kernel takes those of outgoing connections.

A port below the ephemeral range stays free while its server is down, so a server that is killed comes back on it.
"""

from __future__ import annotations

import random
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"

FIRST, LAST = 10_000, 32_000
TRIES: Final = 10_000

_random = random.Random()
_given: set[int] = set()


def free_port() -> int:
    """A port free for TCP and UDP alike, given to nobody else in this process."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of ``count`` ports in a row that nobody else in this process gets; the first one is free."""
    for _ in range(TRIES):
        first = _random.randrange(FIRST, LAST - count)
        wanted = range(first, first + count)
        if _given.isdisjoint(wanted) and _free(first):
            _given.update(wanted)
            return first
    raise AssertionError(f"no {count} ports in a row are left between {FIRST} and {LAST}")


def listens(port: int) -> bool:
    """Whether somebody takes TCP connections there."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                return False
    return True
