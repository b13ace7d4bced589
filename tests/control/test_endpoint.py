"""The socket file: private, taken over from the dead only."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from dialconsole.control.endpoint import MAX_PATH, listen, peer_of, release
from dialconsole.model.errors import Problem


def test_modes(path: Path) -> None:
    """The folder is made 0700 and the socket 0600, whatever the umask; the umask itself is left as it was."""
    before = os.umask(0o000)
    try:
        with listen(path):
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.umask(0o000) == 0o000
    finally:
        os.umask(before)


def test_folder_shared_with_a_group(path: Path) -> None:
    """A folder with the set-group-id bit is an administrator's wish to let a group in: the socket is 0660."""
    path.parent.mkdir()
    path.parent.chmod(0o2750)
    with listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_group_readable_folder_is_not_shared(path: Path) -> None:
    """A folder that a lax umask opened to a group lets nobody in."""
    path.parent.mkdir()
    path.parent.chmod(0o755)
    with listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_folder_open_to_everybody(path: Path) -> None:
    """In a folder where everybody may write, somebody could put a socket in our place: refused."""
    path.parent.mkdir()
    path.parent.chmod(0o777)
    with pytest.raises(Problem, match="not safe"):
        listen(path)


def test_socket_of_a_dead_engine(path: Path) -> None:
    """A socket file that nobody listens at is replaced."""
    listen(path).close()
    assert path.exists()
    with listen(path), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_socket_of_a_living_engine(path: Path) -> None:
    """A socket that is answered is left alone, and the second engine is told so."""
    with listen(path):
        inode = path.stat().st_ino
        with pytest.raises(Problem, match="Another engine already answers") as caught:
            listen(path)
        assert caught.value.code == "engine_runs"
        assert path.stat().st_ino == inode


def test_busy_engine_counts_as_living(path: Path) -> None:
    """An engine too busy to accept is not taken for dead."""
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        waiting = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(str(path))
        with pytest.raises(Problem, match="Another engine"):
            listen(path)
        for one in waiting:
            one.close()


def test_something_else_in_the_way(path: Path) -> None:
    """A file that is no socket is somebody's property: it is named, not removed."""
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(Problem, match="no socket"):
        listen(path)
    assert path.read_text() == "mine"


def test_long_path(tmp_path: Path) -> None:
    """A path longer than the system allows is refused with the reason, not cut."""
    with pytest.raises(Problem, match=str(MAX_PATH)):
        listen(tmp_path / ("x" * MAX_PATH))


def test_release_spares_a_successor(path: Path) -> None:
    """Only the socket file we made is removed."""
    with listen(path):
        inode = path.stat().st_ino
        release(path, inode + 1)
        assert path.exists()
        release(path, inode)
        assert not path.exists()
        release(path, inode)


def test_peer() -> None:
    """The kernel tells who is at the other end."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert peer_of(ours) == (os.getpid(), os.getuid())
