"""Tables that line up, and JSON whose times are text."""

from __future__ import annotations

import json
import typing
from importlib import import_module
from pkgutil import iter_modules

import msgspec
import pytest
from msgspec import structs

from contracts.fake_port import ENGINE
from dialconsole.cli.output import is_instant, plain, print_facts, print_json, print_table
from dialconsole.model import attempt, campaign, optout, request, verdict, view
from dialconsole.model.view import AlertView, Hold


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns line up, numbers to the right, with a dash for nothing and no blanks at the ends of lines."""
    print_table(("NAME", ">CALLS", "NOTE"), [("spring", 7, ""), ("a", 1200, "paused"), ("b", None, None)], empty="none")
    assert capsys.readouterr().out == (
        "NAME    CALLS  NOTE\n"
        "spring      7  -\n"
        "a        1200  paused\n"
        "b           -  -\n"
    )  # fmt: skip


def test_table_with_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """Names in scripts whose characters take two columns, or none, do not push the next column about."""
    print_table(("NAME", "N"), [("李小龍", "1"), ("e\u0301ve", "2"), ("Ana", "3")], empty="")
    assert capsys.readouterr().out == "NAME    N\n李小龍  1\ne\u0301ve     2\nAna     3\n"


def test_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table is a sentence, not a header over nothing."""
    print_table(("NAME",), [], empty="No campaigns.")
    assert capsys.readouterr().out == "No campaigns.\n"


def test_facts(capsys: pytest.CaptureFixture[str]) -> None:
    """Facts stand below each other with their values in one column."""
    print_facts([("name", "spring"), ("contacts", 12), ("sip", None)])
    assert capsys.readouterr().out == "name      spring\ncontacts  12\nsip       -\n"


def test_json_times(capsys: pytest.CaptureFixture[str]) -> None:
    """Instants are ISO 8601 in UTC at any depth; what never happened is null; durations stay numbers."""
    print_json({"hold": Hold(code="hours", sentence="x", count=1, until=1_772_550_600.25), "took_s": 3.5})
    assert json.loads(capsys.readouterr().out) == {
        "hold": {
            "code": "hours",
            "sentence": "x",
            "count": 1,
            "until": "2026-03-03T15:10:00.250000Z",
            "refused": False,
        },
        "took_s": 3.5,
    }
    assert plain(ENGINE)["now"] is None
    assert plain(structs.replace(ENGINE, now=1.0))["now"] == "1970-01-01T00:00:01Z"
    assert plain([AlertView(id="a", at=2.0, severity="info", sentence="s")])[0]["at"] == "1970-01-01T00:00:02Z"
    assert plain((AlertView(id="a", at=2.0, severity="info", sentence="s"),))[0]["at"] == "1970-01-01T00:00:02Z"


def test_json_names_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Text from a list is printed as the letters it is, in valid JSON."""
    print_json({"name": 'Ana Lópéz 李 "quoted"'})
    out = capsys.readouterr().out
    assert "李" in out
    assert json.loads(out)["name"] == 'Ana Lópéz 李 "quoted"'


def _fields() -> list[tuple[str, str]]:
    """Every field of the model that holds a float, with the struct it is in."""
    found = []
    requests = [import_module(f"{request.__name__}.{module.name}") for module in iter_modules(request.__path__)]
    for module in (attempt, campaign, optout, *requests, verdict, view):
        for struct in vars(module).values():
            if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and struct.__module__ == module.__name__:
                hints = typing.get_type_hints(struct)
                found += [
                    (struct.__name__, name) for name, hint in hints.items() if hint is float or hint == float | None
                ]
    return found


def test_every_time_is_known_by_its_name() -> None:
    """A float of the model is an instant by its name, or a quantity whose name carries its unit."""
    quantities = {"rate", "busy_growth", "calls_per_second", "pace", "share"}
    unknown = [
        (struct, name)
        for struct, name in _fields()
        if not is_instant(name) and not name.endswith("_s") and name not in quantities
    ]
    assert unknown == []
