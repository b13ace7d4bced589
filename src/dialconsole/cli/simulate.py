"""``dialconsole simulate``: dial lists on a clock that jumps.

Other programs read the JSON of this command; it is ``SimulationReport``, whose fields are a promise.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialconsole.cli.options import CONSENT, FILE, ISO, json_option, purpose_option, voice_option
from dialconsole.cli.output import print_facts, print_json
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice

if TYPE_CHECKING:
    from dialconsole.engine.simulate import SimulationPlan, SimulationReport


@click.command()
@click.argument("lists", type=FILE, nargs=-1, required=True, metavar="LIST...")
@click.option(
    "--workspace", type=FILE, required=True, metavar="DIR", help="A new folder for the ledger of what was simulated."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same ledger.")
@click.option("--start", type=ISO, required=True, help="When the day begins.")
@click.option("--hours", type=click.FloatRange(min=0), required=True, help="How long it lasts.")
@click.option("--calls-per-minute", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--concurrency", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--dnc", type=FILE, metavar="FILE", help="Numbers that must not be called.")
@click.option(
    "--registry",
    default="demo",
    show_default=True,
    metavar="demo|none|FILE",
    help="The national do-not-call registry: a small one made up, none (nobody in the US is called), or a full list.",
)
@click.option(
    "--consent", type=CONSENT, default="written", show_default=True, help="Attested for rows without their own."
)
@purpose_option
@voice_option
@click.option("--scenario", default="basic", show_default=True, help="How callees behave.")
@click.option("--region", default="US", show_default=True, metavar="CC", help="Country of numbers without its code.")
@json_option
def simulate(
    lists: tuple[Path, ...],
    workspace: Path,
    seed: int,
    start: datetime,
    hours: float,
    calls_per_minute: int,
    concurrency: int,
    dnc: Path | None,
    registry: str,
    consent: str,
    purpose: str,
    voice: str,
    scenario: str,
    region: str,
    as_json: bool,
) -> None:
    """Dial lists on a clock that jumps: a day in seconds.

    The engine, its gate, limits and ledger are the real ones; only the callees are made up. What came of it can be
    looked at afterwards: dialconsole export attempts --workspace DIR
    """
    from dialconsole.engine.simulate import SimulationPlan
    from dialconsole.engine.simulate import simulate as run

    plan = SimulationPlan(
        lists=tuple(str(path.absolute()) for path in lists),
        workspace=str(workspace.absolute()),
        start=start,
        hours=hours,
        seed=seed,
        calls_per_minute=calls_per_minute,
        concurrency=concurrency,
        dnc=None if dnc is None else str(dnc.absolute()),
        registry=_registry(registry),
        consent=ConsentBasis(consent),
        purpose=Purpose(purpose),
        voice=Voice(voice),
        scenario=scenario,
        default_region=region,
    )
    report = run(plan)
    if as_json:
        print_json(report)
    else:
        _print(report, plan)


def _registry(text: str) -> str | None:
    """As ``SimulationPlan`` has it. Who has a list of that very name writes ``./demo``."""
    if text == "none":
        return None
    return text if text == "demo" else str(Path(text).absolute())


def _print(report: SimulationReport, plan: SimulationPlan) -> None:
    print_facts(
        [
            ("contacts", f"{report.contacts}, {report.duplicates} duplicates, {report.rejected_rows} rejected rows"),
            ("attempts", report.attempts),
            ("outcomes", _counts(report.outcomes)),
            ("contacts are", _counts(report.statuses)),
            ("held by", _counts(report.held)),
            ("refused by", _counts(report.refused)),
            ("most at once", f"{report.max_concurrent} of {plan.concurrency}"),
            ("most in 60 s", f"{report.max_starts_60s} of {plan.calls_per_minute}"),
            ("time", f"{report.virtual_seconds / 3600:.2f} h in {report.wall_seconds:.2f} s"),
        ]
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)
