"""Run a scenario on the chain that Ape is connected to."""

from pathlib import Path

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._screen import block_progress, console_if_asked, exit_if_incomplete, local_only, plain_errors, show
from simulator import attach, check_folder, load, run

EPILOG = "Example: ape run scenario flash_crash --set outside.depth=infinite --out runs/no-feedback"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), help="Replace the scenario's seed.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Replace a setting; may be repeated.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results (default: runs/SCENARIO).")
def cli(provider: ProviderAPI, scenario: str, seed: int | None, overrides: tuple[str, ...], out: Path | None) -> None:
    """Run SCENARIO, the name of a shipped one or the path of a file.

    Prints a summary and writes scenario.yaml, blocks.csv, transactions.csv, liquidations.csv, summary.json and
    timing.json. Ctrl-C keeps what was measured so far. Exit code 0: complete; 1: interrupted; 2: bad input; 3: the
    chain failed.
    """
    with plain_errors():
        chosen = load(scenario, seed=seed, overrides=overrides)
        folder = out or Path("runs") / chosen.name
        check_folder(folder)
        with block_progress(chosen.chain.blocks) as progress:
            result = run(chosen, chain=lambda genesis: attach(provider, genesis), progress=progress)
        result.write(folder)
    show(result)
    click.echo(f"written to {folder}")
    console_if_asked()
    exit_if_incomplete(result, folder)
