"""The command line as a whole: what it lists, how it fails, what its exit codes mean."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from dialconsole import __version__
from dialconsole.cli.root import SECTIONS, cli, run
from dialconsole.model.errors import Problem

COMMANDS = {name: text for section in SECTIONS.values() for name, (_, text) in section.items()}


def all_commands() -> list[tuple[str, click.Command]]:
    """Every command with its full name, groups and what is in them."""
    found = []
    with click.Context(cli) as context:
        for name in cli.list_commands(context):
            command = cli.get_command(context, name)
            assert command is not None
            found.append((name, command))
            if isinstance(command, click.Group):
                found += [(f"{name} {child}", command.commands[child]) for child in command.commands]
    return found


EVERY = all_commands()


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    """--help names every command with its one line."""
    assert run(["--help"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    for name, text in COMMANDS.items():
        assert f"{name} {text}" in words


@pytest.mark.parametrize("name", COMMANDS)
def test_one_line_help_is_the_commands_own(name: str) -> None:
    """The line that --help shows without importing the command is the first one of the command's own help."""
    command = dict(EVERY)[name]
    assert (command.help or "").strip().splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_every_command_has_help(name: str, command: click.Command) -> None:
    """Each command says what it does in a sentence, and each of its options too."""
    assert command.help
    assert command.help.strip().splitlines()[0].endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "limit":
            assert parameter.help or parameter.name in {"calls_per_minute", "concurrency"}, parameter.name


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version says which dialconsole this is."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"dialconsole {__version__}\n"


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped command is a usage error (2) that names the nearest one."""
    assert run(["campain"]) == 2
    assert "Did you mean 'campaign'?" in capsys.readouterr().err


def test_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown option is a usage error."""
    assert run(["status", "--jsn"]) == 2
    assert "--jsn" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What ``dialconsole status`` raises."""
    errors: list[BaseException] = []

    @click.command()
    def status() -> None:
        raise errors[0]

    monkeypatch.setattr("dialconsole.cli.status.status", status)
    return errors


def test_problem(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """A problem is a sentence on stderr and exit code 1; nothing is on stdout, which programs read."""
    failing.append(Problem("The disk is full. Make room."))
    assert run(["status"]) == 1
    assert capsys.readouterr() == ("", "dialconsole: The disk is full. Make room.\n")


def test_interrupt(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends a command without a word."""
    failing.append(KeyboardInterrupt())
    assert run(["status"]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_our_own_fault(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours is a sentence that says how to report it; the traceback comes only when it is asked for."""
    failing.append(ZeroDivisionError("division by zero"))
    monkeypatch.delenv("DIALCONSOLE_DEBUG", raising=False)
    assert run(["status"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.setenv("DIALCONSOLE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["status"])


def test_reader_that_has_had_enough() -> None:
    """Output into a pipe that closes early (``| head -1``) ends the command without complaint."""
    # The help is small enough for any pipe's buffer, so the reader must be gone before it is written.
    program = "import sys; sys.stdin.read(); from dialconsole.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "--help"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.close()
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait() == 1


def test_file_that_may_not_be_used(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """What the system refuses is told with the file it is about."""
    failing.append(PermissionError(13, "Permission denied", "/srv/clinic/workspace.json"))
    assert run(["status"]) == 1
    assert capsys.readouterr().err == "dialconsole: /srv/clinic/workspace.json: Permission denied.\n"
