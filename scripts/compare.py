"""Compare the variants of a scenario over many seeds."""

from pathlib import Path
from typing import Any

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import ENGINES, local_only, named, scenario_options, seeds_options
from scripts._screen import exit_if_failed, folder_for, plain_errors, run_progress
from scripts._tables import show_comparison
from simulator import compare, load

EPILOG = "Example: ape run compare tests/scenarios/variants.yaml --seeds 3 --network ethereum:local:foundry"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@scenario_options
@seeds_options
def cli(provider: ProviderAPI, seeds: int, workers: int | None, out: Path | None, **chosen: Any) -> None:
    """Run every variant of SCENARIO with the same seeds, on the engine of the chosen network.

    Prints means, 95 % intervals and paired differences to the first variant, and writes scenario.yaml, runs.csv,
    compare.csv and compare.json (default: runs/SCENARIO-compare). Exit code 0: complete; 1: interrupted, nothing
    written; 2: bad input; 3: runs failed, the means lack them.
    """
    with plain_errors():
        scenario = load(**chosen)
        folder = folder_for(out, f"{scenario.label}-compare")
        runs: Any = {"seeds": seeds, "engine": ENGINES[provider.name], "workers": workers}
        with run_progress() as progress:
            found = compare(scenario, **runs, progress=progress, arguments=named(chosen))
        found.write(folder)
    show_comparison(found)
    click.echo(f"written to {folder}")
    exit_if_failed(found.failures)
