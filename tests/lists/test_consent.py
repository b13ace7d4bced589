"""What a consent cell says."""

from __future__ import annotations

import pytest

from dialconsole.lists.consent import read_consent
from dialconsole.lists.fault import Fault
from dialconsole.model.contact import RowFault
from dialconsole.model.purpose import ConsentBasis


@pytest.mark.parametrize(
    ("basis", "cells"),
    [
        (ConsentBasis.WRITTEN, ["written", "WRITTEN", "Yes - written", "yes (written)", "PEWC", "in writing",
                                "prior express written consent"]),
        (ConsentBasis.ORAL, ["oral", "Verbal", "yes-verbal", "express", "PEC", "yes", "Y", "TRUE", "1", "opted in"]),
        (ConsentBasis.NONE, ["none", "No", "n", "FALSE", "0", "declined"]),
        (ConsentBasis.UNKNOWN, ["unknown", "not known"]),
        (None, ["", "-", "n/a", "?", "NULL"]),
    ],
)  # fmt: skip
def test_words_of_consent(basis: ConsentBasis | None, cells: list[str]) -> None:
    """In any case and with any punctuation. A bare yes is the lesser consent: nobody says that it is in writing."""
    assert {cell: read_consent(cell) for cell in cells} == dict.fromkeys(cells, basis)


@pytest.mark.parametrize(
    "cell",
    ["maybe", "implied", "2", "web form", "yes please", "ja", "written?no", "=TRUE()", "+yes", "written?",
             "yes ?", "✗", "❌", "☐", "#N/A", "not revoked"],
)  # fmt: skip
def test_a_word_that_is_not_known(cell: str) -> None:
    """Is neither consent nor the lack of it: the sentence says what can be read."""
    assert read_consent(cell) == Fault(
        RowFault.BAD_CONSENT,
        f"The consent “{cell}” is not understood. Write written, oral or none, or leave the cell empty.",
    )


@pytest.mark.parametrize(
    "cell",
    ["revoked", "Withdrawn", "opt-out", "opted out", "unsubscribed", "Do not call", "STOP", "revoked by phone",
     "Revoked 2024-05-01", "opt out (email)"],
)  # fmt: skip
def test_a_consent_that_was_taken_back(cell: str) -> None:
    """Is an opt-out, and no mere lack of consent: calls that need none must not be placed either."""
    fault = read_consent(cell)
    assert isinstance(fault, Fault)
    assert fault.fault is RowFault.BAD_CONSENT
    assert "Put the number on the do-not-call list." in fault.reason
