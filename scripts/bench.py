"""Measure what the orchestration costs, on the engine of the chosen network."""

import json
from pathlib import Path

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import ENGINES, local_only
from scripts._screen import plain_errors, show_bench, status
from simulator import BENCH_PARTS, check_folder, run_bench

EPILOG = "Example: ape run bench --network ethereum:local:foundry --part overhead --repeats 3 --json bench.json"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@click.option("--json", "path", type=click.Path(path_type=Path, dir_okay=False), help="Also write the figures there.")
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(list(BENCH_PARTS)), help="Only this part; may be repeated."
)
@click.option("--repeats", type=click.IntRange(min=1), default=5, show_default=True, help="Runs to take a median of.")
def cli(provider: ProviderAPI, path: Path | None, parts: tuple[str, ...], repeats: int) -> None:
    """Measure overhead, start, scale and drift in this process, side by side.

    On py-evm everything takes about forty minutes, on Anvil five. Compare ratios inside one run: seconds of different
    runs on a busy machine say little.
    """
    with plain_errors():
        if path is not None:
            check_folder(path.parent)
        with status() as told:
            figures = run_bench(ENGINES[provider.name], repeats, parts or tuple(BENCH_PARTS), told)
        show_bench(figures)
        if path is not None:
            path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
