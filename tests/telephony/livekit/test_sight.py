"""What a look shows, and what of an agent's attributes is believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import ParticipantInfo

from dialconsole.model.agent_signals import CalleeKind, MessageState
from dialconsole.telephony.livekit.sight import NOTHING, report_of, sight_of

ACTIVE, GONE = ParticipantInfo.ACTIVE, ParticipantInfo.DISCONNECTED


def callee(status: str, identity: str = "att-1", **attributes: str) -> ParticipantInfo:
    told = {"sip.callStatus": status, **attributes}
    return ParticipantInfo(identity=identity, kind=ParticipantInfo.SIP, state=ACTIVE, attributes=told)


def agent(state: str = "listening", **attributes: str) -> ParticipantInfo:
    said = {"lk.agent.state": state} | {name.replace("_", ".", 1): value for name, value in attributes.items()}
    return ParticipantInfo(identity="agent", kind=ParticipantInfo.AGENT, state=ACTIVE, attributes=said)


def test_an_empty_room() -> None:
    """Nobody, and nothing said."""
    sight = sight_of([], "att-1")
    assert (sight.callee, sight.agents, sight.listening, sight.report("agent")) == (None, (), (), NOTHING)


def test_callee_and_agent() -> None:
    """The callee's state, the agent that listens, and its report."""
    sight = sight_of([callee("active"), agent(dc_callee="human", dc_done="yes")], "att-1")
    assert (sight.callee, sight.agents, sight.listening) == ("active", ("agent",), ("agent",))
    report = sight.report("agent")
    assert (report.callee, report.done) == (CalleeKind.HUMAN, True)


def test_other_callees_are_not_ours() -> None:
    """Only the participant of the attempt's own name counts."""
    assert sight_of([callee("active", "somebody")], "att-1").callee is None


def test_who_has_left_is_not_there() -> None:
    """LiveKit lists those who leave for a moment more."""
    left = callee("active")
    left.state = GONE
    assert sight_of([left], "att-1").callee is None
    assert sight_of([callee("hangup")], "att-1").callee is None


def test_agents_that_start_up_do_not_listen() -> None:
    """In the room is not enough: it must say that it has begun."""
    for state in ("initializing", "", "no such state"):
        sight = sight_of([agent(state)], "att-1")
        assert (sight.agents, sight.listening) == (("agent",), ())


def test_a_callee_cannot_report() -> None:
    """SIP headers become attributes too; only an agent's count."""
    sight = sight_of([callee("active", **{"dc.callee": "human", "dc.opt_out": "x"})], "att-1")
    assert sight.reports == {}


def test_two_agents() -> None:
    """Each speaks for itself; only a wish counts whoever heard it. They stand in the order in which they came."""
    first, second = agent(dc_callee="human"), agent(dc_opt_out="never again", dc_message="left", dc_done="yes")
    second.identity, second.joined_at = "second", 2
    sight = sight_of([second, first], "att-1")
    assert sight.agents == sight.listening == ("agent", "second")
    own, other = sight.report("agent"), sight.report("second")
    assert (own.callee, own.opt_out, own.message, own.done) == (CalleeKind.HUMAN, "never again", None, False)
    assert (other.callee, other.opt_out, other.message) == (None, "never again", MessageState.LEFT)


@given(st.dictionaries(st.sampled_from(["dc.callee", "dc.message", "dc.opt_out", "dc.done", "dc.x"]), st.text()))
def test_any_text_is_a_report(attributes: dict[str, str]) -> None:
    """No text breaks it, a wish is never lost, and unknown words say nothing."""
    report = report_of(attributes)
    assert bool(report.opt_out) is bool(attributes.get("dc.opt_out"))
    assert report.done is bool(attributes.get("dc.done"))
    assert len(report.opt_out) <= 200
    if attributes.get("dc.callee") not in set(CalleeKind):
        assert report.callee is None
