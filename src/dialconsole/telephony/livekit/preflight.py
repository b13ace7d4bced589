"""Looking a LiveKit trunk over before anybody dials with it: small facts, each with its mend.

In the order in which things break: what is written, keys, the way to the server, the key's right, the trunk, the SIP
service, the agent. What depends on something that failed is skipped and says so, instead of failing with it: one cause,
one fault. Rejected: a test call as the only check (its failure has ten causes that look alike), and guessing what
cannot be asked.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from dialconsole.clock import Clock
from dialconsole.model.agent_signals import LISTENING_STATES, AgentJob
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.finding import Finding, FindingKind, fault, ok, skipped, warning
from dialconsole.model.text import safe_text
from dialconsole.telephony.livekit.access import Access, read_access, server_url
from dialconsole.telephony.livekit.probe import (
    ANSWER_S,
    NOWHERE,
    Greeting,
    LiveKitProbe,
    Probe,
    Refused,
    Unreachable,
    Unreached,
)
from dialconsole.telephony.livekit.written import transport, written

OLDEST_SERVER: Final = (1, 9, 12)
TESTED_SERVER: Final = (1, 13, 5)

TOKEN_LEEWAY_S: Final = 60.0
"""By how much the server lets a token's times be off (measured on 1.13.5)."""
TOKEN_LIFE_S: Final = 6 * 3600.0
"""How long the tokens of LiveKit's client are good."""
SKEW_TOLD_S: Final = 10.0
"""The Date header counts whole seconds, and an answer may be slow; a smaller difference is no news."""

LOOK_AGAIN_S: Final = 0.25

ProbeMaker = Callable[[Access], Probe]


async def preflight(
    trunk: Trunk, *, clock: Clock, folder: Path, ring_timeout_s: float, make_probe: ProbeMaker = LiveKitProbe
) -> tuple[Finding, ...]:
    """Every fact about ``trunk`` that can be had without a phone ringing."""
    findings: list[Finding] = []
    try:
        findings.append(transport(server_url(trunk.livekit.url)))
    except Problem as problem:
        mend = f"dialconsole trunk set {trunk.name} livekit.url=wss://..."
        findings.append(fault("url", problem.sentence, mend))
    findings += written(trunk, ring_timeout_s)
    if findings[0].kind is FindingKind.FAULT:
        return (*findings, *_unasked("the address is wrong", "keys", *_AT_THE_SERVER))
    try:
        access = await asyncio.to_thread(read_access, trunk.livekit, folder)
    except Problem as problem:
        findings.append(fault("keys", problem.sentence, "How keys are given: docs/livekit.md."))
        return (*findings, *_unasked("there are no keys", *_AT_THE_SERVER))
    where = f"the file {safe_text(trunk.livekit.keys_file)}" if trunk.livekit.keys_file else "the environment"
    findings.append(ok("keys", f"Key and secret are in {where}."))
    probe = make_probe(access)
    try:
        return (*findings, *await _Look(trunk, access, probe, clock).all())
    finally:
        await probe.close()


_AT_THE_SERVER: Final = ("dns", "server", "tls", "clock", "key", "sip_trunk", "version", "sip_node", "agent_job")
"""What is asked of the server, in order."""


def _unasked(why: str, *names: str) -> list[Finding]:
    return [skipped(name, f"Not checked: {why}.") for name in names]


class _Look:
    """One look at one server."""

    def __init__(self, trunk: Trunk, access: Access, probe: Probe, clock: Clock) -> None:
        self._trunk = trunk
        self._settings = trunk.livekit
        self._url = access.url
        self._probe = probe
        self._clock = clock
        self._found: list[Finding] = []
        self._room = f"check-{uuid.uuid4().hex[:16]}"

    async def all(self) -> list[Finding]:
        why = await self._reach() or await self._enter()
        if not why:
            await self._at_the_trunk()
            why = "it could not be asked"
        told = {finding.name for finding in self._found}
        everything = self._found + _unasked(why, *(name for name in _AT_THE_SERVER if name not in told))
        return sorted(everything, key=lambda finding: _AT_THE_SERVER.index(finding.name))

    # -- the way to the server ------------------------------------------------------------------------------------

    async def _reach(self) -> str:
        """Name, connection, certificate, clock; why the rest cannot be asked, or nothing."""
        parts = urlsplit(self._url)
        host, tls = parts.hostname or "", parts.scheme == "https"
        try:
            async with asyncio.timeout(ANSWER_S):
                await asyncio.get_running_loop().getaddrinfo(host, parts.port or (443 if tls else 80))
        except OSError as error:  # a timeout is one too
            return self._lost("dns", _no_name(host, error.strerror or ""), "the server's name is not known")
        self._found.append(ok("dns", f"{safe_text(host)} has an address."))
        try:
            greeting = await self._probe.hello()
        except Unreached as lost:
            return self._not_reached(lost)
        if greeting.moved_to:
            finding = fault(
                "server",
                f"The server sends us elsewhere, to {safe_text(greeting.moved_to)}; calls do not follow.",
                f"dialconsole trunk set {self._trunk.name} livekit.url=..., the address it names.",
            )
            return self._lost("server", finding, "the server is elsewhere")
        self._found.append(ok("server", f"It answers in {greeting.took_s * 1000:.0f} ms."))
        self._found.append(
            ok("tls", "Its certificate verifies.") if tls else skipped("tls", "The address is not encrypted.")
        )
        self._found.append(_clock(greeting, self._clock.time()))
        return ""

    def _not_reached(self, lost: Unreached) -> str:
        why = f" ({safe_text(lost.why)})" if lost.why else ""
        fact = f"{safe_text(self._url)} is not reached: {lost.reason.value}{why}."
        if lost.reason is Unreachable.CERTIFICATE:
            mend = (
                "Give the server a certificate of its name by an authority this machine trusts; it is always verified."
            )
            return self._lost("tls", fault("tls", fact, mend), "the connection is not safe")
        if lost.reason is Unreachable.NO_TLS:
            mend = f"If it has no certificate: dialconsole trunk set {self._trunk.name} livekit.url=ws://..."
            return self._lost("tls", fault("tls", fact, mend), "the connection is not safe")
        return self._lost("server", fault("server", fact, _WAYS[lost.reason]), "the server is not reached")

    def _lost(self, name: str, finding: Finding, why: str) -> str:
        assert finding.name == name
        self._found.append(finding)
        return why

    async def _enter(self) -> str:
        """Whether the key is right; why the rest cannot be asked, or nothing."""
        try:
            await self._probe.check_key()
        except Unreached as lost:
            return self._lost("key", _stranger(self._url, lost), lost.reason.value)
        except Refused as no:
            clock = next(finding for finding in self._found if finding.name == "clock")
            return self._lost("key", _refused_key(no, clock, self._url), "the key is not taken")
        self._found.append(ok("key", "The server takes the key."))
        return ""

    # -- at the trunk ---------------------------------------------------------------------------------------------

    async def _at_the_trunk(self) -> None:
        await self._one("sip_trunk", self._sip_trunk)
        looks = [self._one("version", self._version), self._one("sip_node", self._sip_node)]
        try:
            # First of all: a room that somebody's arrival has made gets no agent any more.
            if await self._one("agent_job", self._open):
                looks.append(self._one("agent_job", self._agent_job))
            await asyncio.gather(*looks)
        finally:
            await self._close()

    async def _one(self, name: str, look: Callable[[], Awaitable[Finding | None]]) -> bool:
        """Make one check; a server that is lost or refuses in the middle is a finding too. Whether it was asked."""
        try:
            finding = await look()
        except Unreached as lost:
            why = f" ({safe_text(lost.why)})" if lost.why else ""
            finding = fault(name, f"The server was lost in the middle: {lost.reason.value}{why}.", "Check again.")
        except Refused as no:
            finding = fault(name, f"The server refused: {safe_text(str(no))}.", _RIGHTS)
        else:
            self._found += [finding] if finding is not None else []
            return True
        self._found.append(finding)
        return False

    async def _sip_trunk(self) -> Finding:
        id = self._settings.sip_trunk_id
        if not id:
            return skipped("sip_trunk", "Not checked: no id is given.")
        try:
            numbers = await self._probe.trunk_numbers(id)
        except Refused as no:
            if no.code == "internal" and "redis" in no.said:
                return fault(
                    "sip_trunk",
                    "The server has no SIP: it runs without Redis, over which it would speak with a SIP service.",
                    "Give livekit-server and livekit-sip the same Redis.",
                )
            raise
        if numbers is None:
            return fault(
                "sip_trunk",
                f"The server knows no outbound trunk {safe_text(id)}.",
                f"lk sip outbound list shows them; then: dialconsole trunk set {self._trunk.name} "
                "livekit.sip_trunk_id=ST_...",
            )
        return self._owns(id, numbers)

    def _owns(self, id: str, numbers: tuple[str, ...]) -> Finding:
        missing = [] if "*" in numbers else [n for n in self._trunk.caller_ids if n not in numbers]
        if missing:
            return fault(
                "sip_trunk",
                f"LiveKit's trunk {safe_text(id)} has the numbers {safe_text(', '.join(numbers)) or 'none'}, and not "
                f"{safe_text(', '.join(missing))}, which calls would show.",
                f"Add them to LiveKit's trunk, or: dialconsole trunk set {self._trunk.name} caller_ids=...",
            )
        return ok("sip_trunk", f"LiveKit's trunk {safe_text(id)} is there, with every caller ID.")

    async def _open(self) -> None:
        job = AgentJob(attempt=self._room, campaign="trunk-check", number="")
        # We ourselves come and go, to hear the server's version: the room must outlast that until the agent is there.
        lasts_s = self._settings.agent_ready_s + ANSWER_S
        await self._probe.open_room(self._room, self._settings.agent, msgspec.json.encode(job).decode(), lasts_s)

    async def _version(self) -> Finding:
        try:
            version = safe_text(await self._probe.version(self._room))
        except (Refused, Unreached) as error:
            return skipped("version", f"The server does not tell its version ({safe_text(str(error))}).")
        return _judged(version)

    async def _sip_node(self) -> Finding:
        try:
            await self._probe.ask_sip(self._room)
        except Refused as no:
            return _sip_word(no)
        except Unreached as lost:
            return skipped("sip_node", f"A SIP service said nothing in {ANSWER_S:g} s ({lost.reason.value}): {_LATER}")
        return skipped("sip_node", f"A call to {NOWHERE} was answered, which cannot be: {_LATER}")

    async def _agent_job(self) -> Finding:
        if not self._settings.agent:
            return skipped("agent_job", "Not checked: the trunk names no agent.")
        name, limit = safe_text(self._settings.agent), self._settings.agent_ready_s
        loop = asyncio.get_running_loop()
        began, joined = loop.time(), False
        while loop.time() - began < limit:
            agents = await self._probe.agents(self._room)
            if any(agent.active and agent.state in LISTENING_STATES for agent in agents):
                return ok("agent_job", f"{name!r} took a job and listened after {loop.time() - began:.1f} s.")
            joined = joined or bool(agents)
            await asyncio.sleep(LOOK_AGAIN_S)
        if joined:
            return fault(
                "agent_job",
                f"An agent came when {name!r} was asked for, but did not say within {limit:g} s that it listens "
                "(attribute lk.agent.state).",
                "Its session must start before it waits for the callee; docs/agents.md has a worker that does.",
            )
        return fault(
            "agent_job",
            f"No worker of the name {name!r} took a job within {limit:g} s.",
            "Start the worker, and compare the name with its agent_name; a worker under load takes none either.",
        )

    async def _close(self) -> None:
        """The room ends with the check; one that is gone, or cannot be reached, ends by itself."""
        try:
            await self._probe.close_room(self._room)
        except (Refused, Unreached):
            return


_LATER: Final = "it is found out by the first call."

_RIGHTS: Final = (
    "The key needs the rights to make rooms, look at them, and place SIP calls; a server's own key has all."
)

_ANOTHER_URL: Final = "Compare the address with the server's own configuration (port)."

_WAYS: Final = {
    Unreachable.CONNECT: "Is it started, is this its port, and does a firewall let this machine through?",
    Unreachable.TIMEOUT: "Is it started, is this its port, and does a firewall let this machine through?",
    Unreachable.NO_LIVEKIT: _ANOTHER_URL,
    Unreachable.MOVED: "Set the address of the server itself (livekit.url), as its own configuration has it.",
    Unreachable.CERTIFICATE: _ANOTHER_URL,
    Unreachable.NO_TLS: _ANOTHER_URL,
    Unreachable.DNS: "Compare the name, and whether this machine has a name server that works.",
}


def _no_name(host: str, why: str) -> Finding:
    said = f" ({safe_text(why)})" if why else ""
    return fault("dns", f"The name {safe_text(host)} cannot be looked up{said}.", _WAYS[Unreachable.DNS])


def _clock(greeting: Greeting, now: float) -> Finding:
    if greeting.clock is None:
        return skipped("clock", "The server does not tell its time.")
    ahead = now - greeting.clock
    words = f"This machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's"
    mend = "Let both machines take their time from the network (NTP): timedatectl set-ntp true"
    if ahead > TOKEN_LEEWAY_S - SKEW_TOLD_S:
        return fault("clock", f"{words}: its tokens are not valid yet when they arrive (nbf), and are refused.", mend)
    if -ahead > TOKEN_LIFE_S:
        return fault("clock", f"{words}: its tokens have expired when they arrive (exp), and are refused.", mend)
    if abs(ahead) > SKEW_TOLD_S:
        return warning(
            "clock",
            f"{words}; tokens are refused from {TOKEN_LEEWAY_S:g} s ahead on. Calling hours go by it too.",
            mend,
        )
    return ok("clock", "This machine's clock and the server's agree.")


def _refused_key(no: Refused, clock: Finding, url: str) -> Finding:
    if no.status == 401 and "permissions denied" in no.said:
        return fault("key", f"The server knows the key and refused: {safe_text(str(no))}.", _RIGHTS)
    if no.status == 401 and clock.kind is FindingKind.FAULT:
        return fault("key", "The server refused the token; that may be the clock alone.", clock.mend)
    if no.status == 401:
        return fault(
            "key",
            "The server does not take the key or its secret (401).",
            "Compare both with the server's own (keys: in its configuration, or the project's settings).",
        )
    if no.code == "unknown" or no.status in (404, 405):  # LiveKit names its errors, all but the 401
        return _stranger(url, Unreached(Unreachable.NO_LIVEKIT, f"HTTP {no.status}"))
    return fault("key", f"The server refused: {safe_text(str(no))}.", _RIGHTS)


def _stranger(url: str, lost: Unreached) -> Finding:
    """It answered to the first word and not to a request."""
    why = f" ({safe_text(lost.why)})" if lost.why else ""
    return fault("key", f"{safe_text(url)} answers, but {lost.reason.value}{why}.", _WAYS[lost.reason])


def _sip_word(no: Refused) -> Finding:
    """What the refusal of a call that leads nowhere tells of the SIP service."""
    if no.code == "invalid_argument" and "resolve" in no.said:
        return ok("sip_node", "A SIP service answers (asked for a call that leads nowhere; no phone rang).")
    if no.code == "unavailable" and "cpu" in no.said:
        return warning("sip_node", "A SIP service answers, but is at its limit and takes no call.", "Add another one.")
    if no.code == "unavailable":
        return fault(
            "sip_node",
            "No SIP service answers the server (503, no response from servers): no call would be dialed.",
            "Start livekit-sip; it needs the same Redis as the server, and the same key and secret.",
        )
    if no.status in (401, 403):
        return fault("sip_node", f"The server refused to place calls with this key ({safe_text(str(no))}).", _RIGHTS)
    return skipped("sip_node", f"A call that leads nowhere was refused with {safe_text(str(no))}: {_LATER}")


def _judged(version: str) -> Finding:
    tested = f"tested: {_dotted(OLDEST_SERVER)} to {_dotted(TESTED_SERVER)}"
    try:
        number = tuple(int(part) for part in version.split("-")[0].split("."))
    except ValueError:
        return skipped("version", f"The server calls itself {version or 'nothing'}, which is no version ({tested}).")
    if number < OLDEST_SERVER:
        return fault(
            "version",
            f"livekit-server {version} is older than what was tested ({tested}); some older ones drop calls that ring.",
            f"Use livekit-server {_dotted(OLDEST_SERVER)} or newer, and livekit-sip 1.9.0 or newer.",
        )
    return ok("version", f"livekit-server {version} ({tested}). The SIP service does not tell its own: 1.9.0 or newer.")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
