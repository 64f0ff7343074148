"""Summarise the position books of a scenario; nothing is run."""

import json
from typing import Any

import click

from scripts._books import show_book
from scripts._options import scenario_options, variant_option
from scripts._screen import plain_errors
from simulator import load, summarise_books

EPILOG = "Example: ape run book flash_crash --set protocols.main.positions.count=1000"


@click.command(epilog=EPILOG)
@scenario_options
@variant_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead.")
def cli(as_json: bool, **chosen: Any) -> None:
    """Show what the position books of SCENARIO hold at its first prices: their size, health and concentration.

    Needs no network. Exit code 2: a book or the scenario does not hold; the message names the row.
    """
    with plain_errors():
        books = summarise_books(load(**chosen))
    if as_json:
        click.echo(json.dumps([book.as_dict() for book in books], indent=2, allow_nan=False))
        return
    for book in books:
        show_book(book)
