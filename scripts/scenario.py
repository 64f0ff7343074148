"""Run a scenario on the chain that Ape is connected to."""

from pathlib import Path
from typing import Any

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import local_only, run_options, scenario_options
from scripts._screen import block_progress, console_if_asked, exit_if_incomplete, folder_for, plain_errors, show
from scripts._story import show_causes
from simulator import load, run, write_report

EPILOG = "Example: ape run scenario flash_crash --set outside.depth=infinite --out runs/no-feedback"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@scenario_options
@run_options
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results (default: runs/SCENARIO-VARIANT).")
@click.option("--report", is_flag=True, help="Also write report.html.")
def cli(provider: ProviderAPI, ground: Any, out: Path | None, report: bool, **chosen: Any) -> None:
    """Run SCENARIO, the name of a shipped one or the path of a file.

    Prints a summary and writes scenario.yaml, five CSV tables (docs/results.md), summary.json and timing.json. Ctrl-C
    keeps what was measured so far. Exit code 0: complete; 1: interrupted; 2: bad input; 3: the chain failed.
    """
    with plain_errors():
        scenario = load(**chosen)
        folder = folder_for(out, scenario.label)
        with block_progress(scenario.chain.blocks) as progress:
            result = run(scenario, progress=progress, **ground(provider))
        result.write(folder)
        shown = write_report(folder) if report else folder
    show(result)
    show_causes(result)
    click.echo(f"written to {shown}")
    console_if_asked()
    exit_if_incomplete(result, folder)
