"""What a list says about a number, as evidence: the kind, the sentence, and the version that said it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from dialconsole.compliance.registry.header import GOOD_FOR_DAYS, Header
from dialconsole.compliance.registry.lists import import_command, title
from dialconsole.model.errors import Problem


class AnswerKind(StrEnum):
    """The values are the codes of the gate's check. All but the first two hold the call."""

    LISTED = "registry_listed"
    NOT_LISTED = "registry_not_listed"
    NOT_COVERED = "registry_not_covered"
    TOO_OLD = "registry_too_old"
    AHEAD = "registry_ahead"
    """The version's date lies in the future: it or the clock is wrong."""
    UNREADABLE = "registry_unreadable"
    UNPROVEN = "registry_unproven"
    """The version's content has not been compared with its checksum yet."""
    NONE = "registry_none"


class RegistryAnswer(Struct, frozen=True):
    kind: AnswerKind
    list: str
    sentence: str
    """Complete in itself, with the version's date and age where there is one."""
    version: int | None = None
    obtained: date | None = None
    age_days: int | None = None
    demo: bool = False


def answered(kind: AnswerKind, header: Header, age_days: int, area_code: int | None = None) -> RegistryAnswer:
    """An answer of one version. ``area_code`` is needed for ``NOT_COVERED``."""
    which = f"{header.title} (version {header.version} of {header.obtained}, {_days(age_days)} old)"
    match kind:
        case AnswerKind.LISTED:
            sentence = f"Listed on the {which}."
        case AnswerKind.NOT_COVERED:
            sentence = f"Area code {area_code} is not covered by the {which}, so nothing is dialed there. "
            sentence += _mend(header.list)
        case AnswerKind.TOO_OLD:
            sentence = f"The {which} may be used for {GOOD_FOR_DAYS} days, so nothing is dialed. "
            sentence += _mend(header.list)
        case AnswerKind.AHEAD:
            sentence = (
                f"The {header.title} (version {header.version}) is dated {header.obtained}, which is in the future: "
                "that date or this machine's clock is wrong, so nothing is dialed. Set the clock, or import it anew."
            )
        case _:
            sentence = f"Not on the {which}."
    return RegistryAnswer(
        kind=kind,
        list=header.list,
        sentence=sentence,
        version=header.version,
        obtained=header.obtained,
        age_days=age_days,
        demo=header.demo,
    )


def unreadable(name: str, problem: Problem) -> RegistryAnswer:
    """The list is there and cannot be read."""
    return RegistryAnswer(
        kind=AnswerKind.UNREADABLE,
        list=name,
        sentence=f"The {title(name)} cannot be read, so nothing is dialed: {problem.sentence}",
    )


def unproven(header: Header) -> RegistryAnswer:
    """The version can be opened, and nobody has read it through yet."""
    return RegistryAnswer(
        kind=AnswerKind.UNPROVEN,
        list=header.list,
        sentence=f"The {header.title} (version {header.version} of {header.obtained}) is being compared with its "
        "checksum, so nothing is dialed until that is done, in some seconds.",
        version=header.version,
        obtained=header.obtained,
        demo=header.demo,
    )


def none_loaded(name: str) -> RegistryAnswer:
    """The list was never imported."""
    sentence = f"No {title(name)} was imported, so nothing is dialed. {_mend(name)}"
    return RegistryAnswer(kind=AnswerKind.NONE, list=name, sentence=sentence)


def _mend(name: str) -> str:
    return f"Import a current one with `{import_command(name)}`."


def _days(age: int) -> str:
    return "1 day" if age == 1 else f"{age} days"
