"""Whatever is done to a ledger in whatever order, it says what a plain dictionary would say."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ledger import add, claim, number_of, opt_out, queued, settlement
from dialconsole.clock import run_virtual
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.store.sqlite_ledger import SqliteLedger

CONTACTS = 6
ALL_PENDING = dict.fromkeys(range(1, CONTACTS + 1), ContactStatus.PENDING)


@dataclass
class Model:
    """What the ledger should say. Contacts by id; opt-outs in force by number and scope."""

    status: dict[int, ContactStatus] = field(default_factory=ALL_PENDING.copy)
    live: dict[int, int] = field(default_factory=dict)
    """Contact -> attempt without an outcome."""
    outcomes: dict[int, Outcome | None] = field(default_factory=dict)
    opted_out: dict[tuple[str, str], float] = field(default_factory=dict)


_who = st.integers(1, CONTACTS)
_operations = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), _who),
        st.tuples(st.just("settle"), _who, st.sampled_from(list(Outcome)), st.booleans()),
        st.tuples(st.just("state"), _who, st.sampled_from([ContactStatus.SUPPRESSED, ContactStatus.FAILED])),
        st.tuples(st.just("opt_out"), _who, st.sampled_from(["", "spring"]), st.booleans()),
        st.tuples(st.just("reopen")),
    ),
    max_size=40,
)


class Run:
    """One ledger and its model, step by step."""

    def __init__(self, path: Path, durable: bool) -> None:
        self.path, self.durable, self.model, self.time = path, durable, Model(), 0.0

    async def open(self) -> None:
        self.ledger = await SqliteLedger.open(self.path, durable=self.durable)

    async def reopen(self) -> None:
        await self.ledger.close()
        await self.open()

    async def claim(self, who: int) -> None:
        seq = len(self.model.outcomes) + 1
        if who in self.model.live:
            with pytest.raises(ValueError, match="was not claimed"):
                await self.ledger.claim(claim(seq, who))
            return
        await self.ledger.claim(claim(seq, who))
        self.model.live[who], self.model.outcomes[seq] = seq, None

    async def settle(self, who: int, outcome: Outcome, asked_to_stop: bool) -> None:
        self.time += 1
        entry = opt_out(who - 1, at=self.time) if asked_to_stop else None
        seq = self.model.live.pop(who, None)
        done = settlement(seq or 999, who, outcome, opt_out=entry)
        if seq is None:
            with pytest.raises(LookupError, match="was not settled"):
                await self.ledger.settle(done)
            return
        await self.ledger.settle(done)
        self.model.outcomes[seq], self.model.status[who] = outcome, done.status
        if asked_to_stop:
            self.model.opted_out[number_of(who - 1), ""] = self.time

    async def state(self, who: int, status: ContactStatus) -> None:
        await self.ledger.set_contacts([who], status, ("because",))
        self.model.status[who] = status

    async def opt_out(self, who: int, scope: str, removed: bool) -> None:
        self.time += 1
        await self.ledger.add_opt_outs([opt_out(who - 1, at=self.time, scope=scope, removed=removed)])
        with contextlib.suppress(KeyError):
            del self.model.opted_out[number_of(who - 1), scope]
        if not removed:
            self.model.opted_out[number_of(who - 1), scope] = self.time

    async def compare(self) -> None:
        model, ledger = self.model, self.ledger
        shown = {**model.status, **dict.fromkeys(model.live, ContactStatus.CALLING)}
        assert {c.id: c.status for c in ledger.export_contacts()} == shown
        assert {a.seq: a.outcome for a in ledger.export_attempts()} == model.outcomes
        assert {c.contact: c.seq for c in await ledger.unfinished()} == model.live
        assert {(e.number, e.scope): e.at for e in await ledger.opt_outs()} == model.opted_out
        assert [c.id for c in await queued(ledger)] == [
            who for who, status in shown.items() if not status.final and who not in model.live
        ]
        assert await ledger.next_seq() == len(model.outcomes) + 1


async def _follow(path: Path, durable: bool, operations: list[tuple[object, ...]]) -> None:
    run = Run(path, durable)
    await run.open()
    await add(run.ledger, CONTACTS)
    for name, *arguments in operations:
        await getattr(run, str(name))(*arguments)
    await run.compare()
    await run.ledger.close()


@pytest.mark.parametrize("durable", [True, False], ids=["durable", "simulated"])
@settings(max_examples=40, deadline=None)
@given(operations=_operations)
def test_ledger_is_like_a_dictionary(durable: bool, operations: list[tuple[object, ...]]) -> None:
    """Statuses, attempts and opt-outs in force agree with the model after any sequence of changes and restarts."""
    with tempfile.TemporaryDirectory() as folder:
        run_virtual(lambda: _follow(Path(folder) / "ledger.db", durable, operations))
