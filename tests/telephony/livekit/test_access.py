"""Addresses and keys: every way to give them, every way to give them wrongly, and that a secret goes nowhere."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.model.campaign import LiveKitSettings
from dialconsole.model.errors import Problem
from dialconsole.telephony.livekit.access import KEY_VARIABLE, SECRET_VARIABLE, Access, read_access, server_url

KEY, SECRET = "APIdevkey", "s3cret-with=equals:and-colon-of-32-characters"
URL = "wss://clinic.livekit.cloud"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)


def keys_file(folder: Path, text: str, mode: int = 0o600) -> LiveKitSettings:
    path = folder / "livekit.keys"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return LiveKitSettings(url=URL, keys_file="livekit.keys")


def refused(settings: LiveKitSettings, folder: Path) -> Problem:
    """The problem with which the keys are refused. It never holds the secret."""
    with pytest.raises(Problem) as caught:
        read_access(settings, folder)
    assert SECRET not in caught.value.sentence
    return caught.value


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("wss://clinic.livekit.cloud", "https://clinic.livekit.cloud"),
        ("https://clinic.livekit.cloud/", "https://clinic.livekit.cloud"),
        ("ws://127.0.0.1:7880", "http://127.0.0.1:7880"),
        (" http://Media.Example:7880 ", "http://media.example:7880"),
        ("ws://[::1]:7880", "http://[::1]:7880"),
    ],
)
def test_addresses_as_people_have_them(given_url: str, url: str) -> None:
    """ws and http mean the same server; a slash at the end and blanks around do no harm."""
    assert server_url(given_url) == url


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "nothing is no address"),
        ("clinic.livekit.cloud", "write it like"),
        ("127.0.0.1:7880", "write it like"),
        ("sip:trunk.example", "write it like"),
        ("ftp://clinic.example", "write it like"),
        ("wss://", "write it like"),
        ("wss://clinic.example/rtc", "leave the rest out"),
        ("wss://clinic.example/#x", "leave the rest out"),
        ("wss://clinic.example:port", "a port that is no number"),
        ("wss://clinic.example:99999", "a port that is no number"),
        ("wss://[::1", "bracket"),
        ("wss://project..livekit.cloud", "an empty part in its name"),
        ("wss://.livekit.cloud", "an empty part in its name"),
        (f"wss://{'a' * 64}.livekit.cloud", "longer than 63"),
    ],
)
def test_addresses_that_are_none(url: str, word: str) -> None:
    """Each mistake is told with what was written."""
    with pytest.raises(Problem, match=word) as caught:
        server_url(url)
    assert caught.value.code == "bad_url"


@pytest.mark.parametrize("url", [f"wss://{KEY}:{SECRET}@clinic.example", f"wss://clinic.example/?secret={SECRET}"])
def test_no_keys_in_an_address(url: str) -> None:
    """Keys written into the address are refused, and not repeated."""
    with pytest.raises(Problem, match="do not belong in it") as caught:
        server_url(url)
    assert SECRET not in caught.value.sentence


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    """Whatever is written comes to an http address without a path, or to a problem."""
    for url in (text, f"wss://{text}"):
        try:
            found = server_url(url)
        except Problem:
            continue
        assert found.startswith(("http://", "https://"))
        assert "/" not in found.partition("://")[2]


def test_keys_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a keys file the engine's environment has them."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SECRET_VARIABLE, f" {SECRET}\n")
    access = read_access(LiveKitSettings(url=URL), tmp_path)
    assert (access.url, access.key, access.secret) == ("https://clinic.livekit.cloud", KEY, SECRET)


def test_half_a_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two is missing is said; both, if both are."""
    problem = refused(LiveKitSettings(url=URL), tmp_path)
    assert f"{KEY_VARIABLE} and {SECRET_VARIABLE}" in problem.sentence
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    problem = refused(LiveKitSettings(url=URL), tmp_path)
    assert problem.code == "no_keys"
    assert SECRET_VARIABLE not in problem.sentence


@pytest.mark.parametrize(
    "text",
    [
        f"{KEY_VARIABLE}={KEY}\n{SECRET_VARIABLE}={SECRET}\n",
        f"\ufeff# the clinic's\n\nexport {KEY_VARIABLE}='{KEY}'\r\nexport {SECRET_VARIABLE}=\"{SECRET}\"\r\n",
        f"{KEY}: {SECRET}\n",
        f'"{KEY}": "{SECRET}"',
        f"# old: keys\n{KEY}: {SECRET}",
        f"{SECRET_VARIABLE}={SECRET}\n{KEY_VARIABLE}={KEY}\nLIVEKIT_URL=ws://127.0.0.1:7880\n",
    ],
    ids=["variables", "shell", "yaml", "quoted", "comment", "with-url"],
)
def test_keys_from_a_file(tmp_path: Path, text: str) -> None:
    """As variables, as a shell script, or as livekit-server's own configuration has them."""
    access = read_access(keys_file(tmp_path, text), tmp_path)
    assert (access.key, access.secret) == (KEY, SECRET)


def test_file_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trunk that names a file means it: two trunks may have keys of their own."""
    monkeypatch.setenv(KEY_VARIABLE, "other")
    monkeypatch.setenv(SECRET_VARIABLE, "other")
    assert read_access(keys_file(tmp_path, f"{KEY}: {SECRET}"), tmp_path).key == KEY


def test_file_elsewhere(tmp_path: Path) -> None:
    """An absolute path, and one from the home folder, are taken as they are."""
    home = Path.home()
    home.mkdir(parents=True, exist_ok=True)
    keys_file(home, f"{KEY}: {SECRET}")
    for name in ("~/livekit.keys", str(home / "livekit.keys")):
        assert read_access(LiveKitSettings(url=URL, keys_file=name), tmp_path).key == KEY


@pytest.mark.parametrize("name", ["~nobody-of-that-name/livekit.keys", "livekit\0keys"])
def test_path_that_cannot_be(tmp_path: Path, name: str) -> None:
    """The home of somebody who has none, a name that no file can have: a sentence, and the engine comes up."""
    problem = refused(LiveKitSettings(url=URL, keys_file=name), tmp_path)
    assert problem.code == "no_keys"
    assert "keys file" in problem.sentence


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_file_that_others_may_read(tmp_path: Path, mode: int) -> None:
    """It is not used, and the sentence has the command that mends it."""
    problem = refused(keys_file(tmp_path, f"{KEY}: {SECRET}", mode), tmp_path)
    assert problem.code == "open_keys"
    assert f"chmod 600 {tmp_path / 'livekit.keys'}" in problem.sentence


def test_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owns it can read it, and change it."""
    settings = keys_file(tmp_path, f"{KEY}: {SECRET}")
    (tmp_path / "livekit.keys").chmod(0o600)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    owner = (tmp_path / "livekit.keys").stat().st_uid
    if owner == 0:
        assert read_access(settings, tmp_path).key == KEY  # root reads everything anyway
    else:
        assert refused(settings, tmp_path).code == "open_keys"


def test_files_that_are_none(tmp_path: Path) -> None:
    """Missing, a folder, a pipe (which must not be waited for), no text, empty, half of it: each is a sentence."""
    folder, pipe, binary = tmp_path / "folder", tmp_path / "pipe", tmp_path / "binary"
    folder.mkdir(mode=0o700)
    os.mkfifo(pipe, 0o600)
    binary.write_bytes(b"\xff\xfe\x00")
    binary.chmod(0o600)
    for name in ("missing", "folder", "pipe", "binary"):
        problem = refused(LiveKitSettings(url=URL, keys_file=name), tmp_path)
        assert problem.code == "no_keys"
        assert name in problem.sentence
    for text in (
        "",
        "\n# nothing\n",
        f"{KEY_VARIABLE}={KEY}",
        f"{KEY_VARIABLE}=\n{SECRET_VARIABLE}={SECRET}",
        "onlyone",
    ):
        assert "lacks a key or a secret" in refused(keys_file(tmp_path, text), tmp_path).sentence


def test_secret_is_not_printed() -> None:
    """Neither ``repr`` nor ``str`` nor a formatted traceback's arguments show it; it cannot be pickled by mistake."""
    access = Access("https://clinic.livekit.cloud", KEY, SECRET)
    for shown in (repr(access), str(access), f"{access}", f"{[access]}"):
        assert SECRET not in shown
        assert KEY not in shown
    with pytest.raises(TypeError):
        pickle.dumps(access)
