"""A job's metadata: what the engine writes is read, and anything else is a sentence."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialconsole.agentkit import AgentJob, Problem, read_job

JOB = AgentJob(attempt="at-1", campaign="spring", number="+12125550101", variables={"doctor": "Dr. Ada"})


def test_what_the_engine_writes_is_read() -> None:
    """There and back."""
    assert read_job(msgspec.json.encode(JOB).decode()) == JOB


def test_fields_of_a_later_release_are_left_out() -> None:
    """Names only grow within one version."""
    assert read_job('{"attempt":"a","campaign":"c","number":"+12125550101","mood":"fair"}').attempt == "a"


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ("", "This job has no metadata: it was not dispatched by dialconsole"),
        ("hello", "none of dialconsole's"),
        ('{"attempt":"a"}', "missing required field `campaign`"),
        ('{"attempt":"a","campaign":"c","number":"n","v":"2"}', "has version '2' and this kit knows version 1"),
        ('{"attempt":"a","campaign":"c","number":"n","silence_after_s":0}', "lies between 0.5 and 30 s"),
        ('{"attempt":"a","campaign":"c","number":"n","silence_after_s":"x"}', "Expected `float`"),
        ("\ud800", "none of dialconsole's"),
    ],
)
def test_anything_else_is_a_sentence(metadata: str, sentence: str) -> None:
    """A worker that is sent into other people's rooms says so."""
    with pytest.raises(Problem, match=sentence):
        read_job(metadata)


@given(st.text(max_size=200))
def test_no_text_is_a_traceback(metadata: str) -> None:
    """A job or a problem, whatever stands there."""
    try:
        read_job(metadata)
    except Problem as problem:
        assert problem.code == "bad_job"
