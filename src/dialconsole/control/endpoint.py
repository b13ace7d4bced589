"""The socket file: made so that nobody else can reach it, taken over from the dead, never from the living.

Only people whose uid the engine knows are answered, but the file's mode already keeps strangers from connecting. The
folder is 0700 and the socket 0600. To let colleagues with accounts of their own in, an administrator prepares the
folder with a group and the set-group-id bit (``install -d -m 2750 -g dialers DIR``): the socket then belongs to that
group and is 0660. The bit is asked for because a umask can make a folder group-readable by accident, but not that.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
from pathlib import Path

from dialconsole.model.errors import Problem

MAX_PATH = 107
"""Bytes of a unix socket's path (``sun_path`` without its NUL); Linux cuts or refuses longer ones."""

_CONNECT_TEST_S = 0.2


def listen(path: Path) -> socket.socket:
    """A listening socket at ``path``. Raises ``Problem`` if another engine answers there or the place is unsafe."""
    if len(os.fsencode(path)) > MAX_PATH:
        raise Problem(
            f"The path of the control socket is longer than the {MAX_PATH} bytes the system allows: {path}. Put the "
            "workspace into a folder with a shorter path.",
            code="socket",
        )
    shared = _prepare_folder(path.parent)
    _clear(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The mode must be right from the first instant, so it is the umask's doing and not a chmod's.
    before = os.umask(0o117 if shared else 0o177)
    try:
        server.bind(os.fspath(path))
    except OSError as error:
        server.close()
        raise Problem(f"The control socket {path} cannot be made: {error.strerror}.", code="socket") from None
    finally:
        os.umask(before)
    server.listen(64)
    server.setblocking(False)
    return server


def release(path: Path, inode: int) -> None:
    """Remove the socket file, if it is still the one with this inode and not a successor's."""
    try:
        if path.lstat().st_ino == inode:
            path.unlink()
    except FileNotFoundError:
        return


def peer_of(connected: socket.socket) -> tuple[int, int]:
    """(pid, uid) of the process at the other end, as the kernel knows them (``SO_PEERCRED``)."""
    packed = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _gid = struct.unpack("3i", packed)
    return pid, uid


def answers(path: Path) -> bool:
    """Whether somebody listens at ``path``. May take a moment; raises ``Problem`` if that cannot be found out."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as test:
        test.settimeout(_CONNECT_TEST_S)
        try:
            test.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except (TimeoutError, BlockingIOError):
            return True  # somebody listens, but is too busy to accept
        except OSError as error:
            raise Problem(f"The control socket {path} cannot be tested: {error.strerror}.", code="socket") from None
    return True


def _prepare_folder(folder: Path) -> bool:
    """Make the folder private; whether an administrator has shared it with a group."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise Problem(f"The folder of the control socket, {folder}, cannot be used: {error.strerror}.") from None
    if found.st_uid not in (os.geteuid(), 0) or found.st_mode & stat.S_IWOTH:
        raise Problem(
            f"The folder of the control socket, {folder}, is not safe: it belongs to somebody else, or everybody may "
            f"write to it. Make it yours alone: chown and chmod 700 {folder}.",
            code="socket",
        )
    return bool(found.st_mode & stat.S_ISGID and found.st_mode & stat.S_IXGRP)


def _clear(path: Path) -> None:
    """Remove what a dead engine left at ``path``."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise Problem(
            f"{path} is in the way: it is no socket, so it is not removed. Move it away and start again.",
            code="socket",
        )
    if not answers(path):
        path.unlink(missing_ok=True)
        return
    raise Problem(f"Another engine already answers at {path}. Attach to it, or stop it first.", code="engine_runs")
