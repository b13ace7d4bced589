"""One SIPp scenario for all callees: it branches on the last digits of the number that was called.

Each wait is a ``recv`` with a time-out, never a ``pause``, because the caller may hang up in any of them and a BYE or
CANCEL in a pause is a fault to SIPp. Each step is written into SIPp's log as one line, for ``callee`` to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kit.livekit.audio import Voice
from kit.livekit.behaviour import Behaviour

HEADER: Final = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="callees">
  <recv request="INVITE" rrs="true">
    <action>
      <ereg regexp="INVITE sip:([^@;>]+)[@;>]" search_in="msg" assign_to="line,called"/>
      <ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="callee"/>
      <ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="invite"/>
{tests}
      <log message="[timestamp] invite [call_id] [$called] [$caller]"/>
    </action>
  </recv>
{branches}
  <nop next="refuse"/>
"""

FOOTER: Final = """
  <label id="refuse"/>
{refusal}
  <label id="cancelled"/>
  <nop><action><log message="[timestamp] cancelled [call_id]"/></action></nop>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]c[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <send next="acknowledged"><![CDATA[
SIP/2.0 487 Request Terminated
Via:[$via]
From:[$caller]
To:[$callee];tag=[pid]c[call_number]
Call-ID: [call_id]
CSeq:[$invite]
Content-Length: 0

]]></send>

  <label id="acknowledged"/>
  <recv request="ACK" next="over"/>

  <label id="left"/>
  <nop><action><log message="[timestamp] bye_received [call_id]"/></action></nop>
  <send next="over"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>

  <label id="over"/>
  <nop/>
  <Reference variables="line,called,via,caller,callee,invite"/>
</scenario>
"""

LONGEST_S: Final = 300.0
"""A callee waits so long for a BYE or CANCEL: longer than any test."""


def write_scenario(path: Path, behaviours: Iterable[Behaviour], voices: Mapping[Voice, Path]) -> Path:
    """``voices`` has the file to play for each."""
    known = list(behaviours)
    tests = "\n".join(
        f'      <ereg regexp="INVITE sip:[^@;>]*{b.ending}[@;>]" search_in="msg" check_it="false" '
        f'assign_to="is{b.ending}"/>'
        for b in known
    )
    branches = "\n".join(f'  <nop next="at{b.ending}" test="is{b.ending}"/>' for b in known)
    refusal = _final(404, "Not Found", "refusal")
    text = HEADER.format(tests=tests, branches=branches)
    text += "".join(_branch(b, voices) for b in known)
    path.write_text(text + FOOTER.format(refusal=refusal), "utf-8")
    return path


def _branch(behaviour: Behaviour, voices: Mapping[Voice, Path]) -> str:
    begin = f'\n  <label id="at{behaviour.ending}"/>\n'
    if behaviour.ring_s:
        begin += _ringing(behaviour)
    if behaviour.code is not None:
        return begin + _final(behaviour.code, behaviour.phrase, behaviour.ending)
    if behaviour.voice is not None:
        return begin + _answered(behaviour, voices[behaviour.voice])
    return begin


def _ringing(behaviour: Behaviour) -> str:
    never = behaviour.code is None and not behaviour.answers
    seconds = LONGEST_S if never else behaviour.ring_s
    ending = behaviour.ending
    return f"""  <send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]c[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>
  <recv request="CANCEL" timeout="{round(seconds * 1000)}" ontimeout="rang{ending}" next="cancelled"/>
  <label id="rang{ending}"/>
"""


def _final(code: int, phrase: str, ending: str) -> str:
    return f"""  <nop><action><log message="[timestamp] final [call_id] {code}"/></action></nop>
  <send next="acknowledged"><![CDATA[
SIP/2.0 {code} {phrase}
Via:[$via]
From:[$caller]
To:[$callee];tag=[pid]c[call_number]
Call-ID: [call_id]
CSeq:[$invite]
Content-Length: 0

]]></send>
"""


def _answered(behaviour: Behaviour, voice: Path) -> str:
    ending = behaviour.ending
    seconds = behaviour.leaves_s or LONGEST_S
    return f"""  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
Via:[$via]
From:[$caller]
To:[$callee];tag=[pid]c[call_number]
Call-ID: [call_id]
CSeq:[$invite]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=callee 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=ptime:20
a=sendrecv
]]></send>
  <recv request="ACK"/>
  <nop>
    <action>
      <log message="[timestamp] answered [call_id]"/>
      <exec rtp_stream="{voice},1,0"/>
    </action>
  </nop>
  <recv request="BYE" timeout="{round(seconds * 1000)}" ontimeout="leaves{ending}" next="left"/>
  <label id="leaves{ending}"/>
  <nop><action><log message="[timestamp] bye_sent [call_id]"/></action></nop>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[$callee];tag=[pid]c[call_number]
To:[$caller]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>
  <recv response="200" next="over"/>
"""
