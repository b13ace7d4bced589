"""Options and argument types that many commands share, so that each is spelled and explained in one way."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from dialconsole.model.purpose import ConsentBasis, Purpose, Voice

F = TypeVar("F", bound=Callable[..., Any])

NO_LIMIT = -1.0
"""What ``COUNT`` and ``RATE`` give for "none"; ``None`` already means that the option was not used."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")


# Types are functions, not subclasses of click.ParamType: that class became generic in a minor release. They are written
# in capitals because click shows their names: --trunk NAME.


def NAME(value: str) -> str:
    """Name of a campaign or trunk."""
    if _NAME.fullmatch(value):
        return value
    raise click.BadParameter(f"{value!r}: a name has lower-case letters, digits, '_', '.' and '-', at most 40.")


def ISO(value: str) -> datetime:
    """ISO 8601 to an aware datetime. Without an offset it is UTC, like every time these commands print for programs;
    stderr says so, because most people mean their own hour."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time; write it like 2026-03-03T15:10:00Z.") from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
        there = instant.astimezone(ZoneInfo("America/New_York"))
        eastern = instant.replace(tzinfo=there.tzinfo).isoformat(timespec="minutes")
        click.echo(
            f"{value} is taken as UTC: {there:%H:%M} in New York. Write {eastern} for that hour in New York, or "
            f"{instant:%Y-%m-%dT%H:%M}Z for UTC.",
            err=True,
        )
    return instant


def DATE(value: str) -> date:
    """A day, ``2026-12-24``."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date; write it like 2026-12-24.") from None


def COUNT(value: str) -> float:
    """A whole number, or ``none`` for no limit."""
    return _limit(value, int)


def RATE(value: str) -> float:
    """A number, or ``none`` for no limit."""
    return _limit(value, float)


def SETTING(value: str) -> tuple[str, str]:
    """``key=value``, taken apart."""
    key, equals, text = value.partition("=")
    if not (key.strip() and equals):
        raise click.BadParameter(f"{value!r}: write KEY=VALUE.")
    return key.strip(), text.strip()


def _limit(value: str, number: type[int] | type[float]) -> float:
    if value.lower() == "none":
        return NO_LIMIT
    with suppress(ValueError):
        if 0 <= (limit := number(value)) < float("inf"):
            return limit
    raise click.BadParameter(f"{value!r} is neither a {'whole ' if number is int else ''}number nor 'none'.")


FILE = click.Path(path_type=Path, readable=False)
"""A path; whether it can be read is said by whoever reads it, in one sentence for all ways to ask."""

workspace_option = click.option(
    "--workspace",
    type=FILE,
    metavar="DIR",
    envvar="DIALCONSOLE_WORKSPACE",
    help="The workspace's folder.  [default: $DIALCONSOLE_WORKSPACE, else your own]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why; kept in the audit.")
map_option = click.option(
    "--map",
    "columns",
    type=SETTING,
    multiple=True,
    metavar="ROLE=COLUMN",
    help="Which column is which, where the header does not say it: phone='Tel. privat'.",
)

ignore_option = click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="COLUMN",
    help="A column that sounds like a consent, a wish not to be called or a country and says nothing of it.",
)
sheet_option = click.option(
    "--sheet", metavar="NAME", help="Of a workbook (.xlsx, needs dialconsole[xlsx]).  [default: the first]"
)

PURPOSE = click.Choice([purpose.value for purpose in Purpose])
VOICE = click.Choice([voice.value for voice in Voice])

CONSENT = click.Choice([basis.value for basis in ConsentBasis if basis is not ConsentBasis.UNKNOWN])
"""What somebody can say of a callee's consent; that nobody knows is what saying nothing means."""

purpose_option = click.option(
    "--purpose",
    type=PURPOSE,
    default=Purpose.MARKETING.value,
    show_default=True,
    help="What the calls are for; decides which rules bind.",
)
voice_option = click.option(
    "--voice",
    type=VOICE,
    default=Voice.AI.value,
    show_default=True,
    help="Who speaks; decides which rules bind.",
)


def limit_options(command: F) -> F:
    """The three limits, named alike wherever limits are set."""
    for option in (
        click.option("--calls-per-second", "--cps", type=RATE, help="Smoothing: the most starts in a second."),
        click.option("--calls-per-minute", type=COUNT, help="The most starts in any 60 seconds."),
        click.option("--concurrency", "--max-concurrent", type=COUNT, help="The most calls at once."),
    ):
        command = option(command)
    return command
