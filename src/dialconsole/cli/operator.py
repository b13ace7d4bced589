"""``dialconsole operator``: who may look at this engine, and who may act."""

from __future__ import annotations

import pwd
from pathlib import Path

import click

from dialconsole.cli.grouping import Commands
from dialconsole.cli.options import json_option, workspace_option
from dialconsole.cli.output import print_done, print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.model.errors import Problem
from dialconsole.model.request.people import GrantRole, ListOperators
from dialconsole.model.view import Role


@click.group(cls=Commands)
def operator() -> None:
    """Who may look at this engine, and who may act.

    People are known by their account on this machine. The owner of the workspace is always admin; everybody else is
    refused until a role is granted.

    The socket is open to the owner's account only. To let a group of accounts reach it, make the workspace's folder for
    them before the engine starts: install -d -m 2750 -g GROUP DIR
    """


@operator.command()
@click.argument("person")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", metavar="TEXT", help="How they are called here.  [default: their account]")
@workspace_option
@json_option
def grant(person: str, role: str, name: str, workspace: Path | None, as_json: bool) -> None:
    """Give PERSON (an account or uid) a role: observer looks, operator acts, admin sets up."""
    uid, account = find_account(person)
    request = GrantRole(uid=uid, name=name or account, role=Role(role))
    print_done(ask(workspace, request), as_json)


@operator.command()
@click.argument("person")
@workspace_option
@json_option
def revoke(person: str, workspace: Path | None, as_json: bool) -> None:
    """Take every right away from PERSON (an account or uid), also in consoles that are open."""
    uid, account = find_account(person)
    print_done(ask(workspace, GrantRole(uid=uid, name=account, role=None)), as_json)


@operator.command("list")
@workspace_option
@json_option
def list_operators(workspace: Path | None, as_json: bool) -> None:
    """List who has a role. The owner of the workspace is not listed: they need none."""
    people = ask(workspace, ListOperators())
    if as_json:
        print_json(people)
        return
    print_table(
        ("NAME", ">UID", "ROLE"),
        [(person.name, person.uid, person.role) for person in people],
        empty="Nobody but the owner of the workspace. Let somebody in: dialconsole operator grant ACCOUNT observer",
    )


def find_account(person: str) -> tuple[int, str]:
    """Uid and account name of what was typed. A uid may have no account (yet). Raises ``Problem``."""
    try:
        found = pwd.getpwuid(int(person)) if person.isdigit() else pwd.getpwnam(person)
    except KeyError:
        if person.isdigit():
            return int(person), person
        raise Problem(f"There is no account {person!r} on this machine; give an account or a uid.") from None
    return found.pw_uid, found.pw_name
