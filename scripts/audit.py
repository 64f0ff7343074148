"""Audit a change of parameters."""

from pathlib import Path
from typing import Any

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import ENGINES, crew_options, local_only
from scripts._screen import audit_progress, exit_by_verdict, plain_errors
from scripts._verdict import asked, default_folder, show_audit
from simulator import audit, load_proposal

EPILOG = "Example: ape run audit raise_threshold --runs 40 --network ethereum:local:foundry"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@click.argument("source", metavar="PROPOSAL")
@click.option("--runs", type=click.IntRange(min=1), help="Runs of each arm (default: the proposal's number).")
@crew_options
def cli(provider: ProviderAPI, source: str, runs: int | None, crew: Any, out: Path | None, resume: Path | None) -> None:
    """Run PROPOSAL, a shipped one's name or a file, against the market as it is; both see the same random numbers.

    Prints the verdict and writes audit.json, summary.md, report.html, runs.parquet, deficits.parquet and what repeats
    each run (default: runs/audit-PROPOSAL). Finished runs are kept as they come: after Ctrl-C, a crash or kill -9,
    --resume goes on from there, also with more --runs. Exit code 0: every limit passes; 1: one fails or is undecided,
    or interrupted; 2: bad input; 3: runs failed.
    """
    with plain_errors():
        proposal = load_proposal(source)
        folder = resume or out or default_folder(proposal)
        told: Any = {"resume": resume is not None, "command": asked(provider, source, runs, folder, proposal)}
        with audit_progress(folder) as progress:
            engine = ENGINES[provider.name]
            found = audit(proposal, folder, crew, runs=runs, engine=engine, progress=progress, **told)
    show_audit(found)
    click.echo(f"written to {folder}")
    exit_by_verdict(found)
