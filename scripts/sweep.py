"""Run a scenario over a grid of settings and seeds."""

from pathlib import Path
from typing import Any

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import ENGINES, local_only, named, scenario_options, seeds_options, variant_option
from scripts._screen import exit_if_failed, folder_for, plain_errors, run_progress
from scripts._tables import show_sweep
from simulator import load, sweep

EPILOG = "Example: ape run sweep flash_crash --over 'outside.depth=$500k:$2M:$500k' --seeds 5"
OVER = "KEY=FIRST:LAST:STEP or KEY=VALUE,VALUE; several KEYs joined by + move together."


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@scenario_options
@variant_option
@click.option("--over", multiple=True, required=True, metavar="KEY=VALUES", help=OVER)
@seeds_options
def cli(
    provider: ProviderAPI, over: tuple[str, ...], seeds: int, workers: int | None, out: Path | None, **chosen: Any
) -> None:
    """Run SCENARIO at every combination of the values, with the same seeds, on the engine of the chosen network.

    Writes scenario.yaml, runs.csv, sweep.csv, .json and .svg (default: runs/SCENARIO-sweep). Exit codes: as `compare`.
    """
    with plain_errors():
        scenario = load(**chosen)
        folder = folder_for(out, f"{scenario.label}-sweep")
        runs: Any = {"seeds": seeds, "engine": ENGINES[provider.name], "workers": workers}
        with run_progress() as progress:
            found = sweep(scenario, over, **runs, progress=progress, arguments=named(chosen))
        found.write(folder)
    show_sweep(found)
    click.echo(f"written to {folder}")
    exit_if_failed(found.failures)
