"""Fit a price model to candles."""

from pathlib import Path

import click

from scripts._screen import plain_errors
from simulator import FITTED_MODELS, fit, fit_common

EPILOG = "Example: ape run fit simulator/scenarios/black_thursday_hourly.csv --model gbm"


@click.command(epilog=EPILOG)
@click.option(
    "--model", type=click.Choice(list(FITTED_MODELS)), default="student_t_garch", show_default=True, help="What to fit."
)
@click.option("--column", default="close_usd", show_default=True, help="The prices; times are in time_utc.")
@click.argument("csvs", metavar="CSV...", nargs=-1, required=True, type=click.Path(path_type=Path))
def cli(csvs: tuple[Path, ...], model: str, column: str) -> None:
    """Fit a price model to each CSV of candles and print it as the `price` of an asset.

    Log returns from close to close; with several files also their correlations. Every value comes with its standard
    error, and with a warning where that is large. Exit code 2: no candles, or a process that is not stationary.
    """
    with plain_errors():
        fits = [fit(path, model, column) for path in csvs]
    for one in fits:
        click.echo(one.to_yaml())
        for warning in one.warnings:
            click.echo(f"warning: {one.sample.file}: {warning}", err=True)
    for pair in fit_common(fits):
        click.echo(str(pair))
