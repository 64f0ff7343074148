"""Write the report of a run or an audit again."""

from pathlib import Path

import click

from scripts._screen import plain_errors
from simulator import write_report

EPILOG = "Example: ape run report runs/flash_crash"


@click.command(epilog=EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def cli(folder: Path) -> None:
    """Write DIR/report.html from the files that `ape run scenario` or `ape run audit` left in DIR.

    One file that opens without a network: charts, tables, and what to type to run it again. The same files give the
    same bytes. Exit code 2: a file is missing or damaged; nothing is written then.
    """
    with plain_errors():
        path = write_report(folder)
    click.echo(f"written to {path}")
