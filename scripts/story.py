"""Tell the story of an account that left a deficit, or list these accounts."""

from typing import Any

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand

from scripts._options import local_only, named, scenario_options, variant_option
from scripts._screen import block_progress, plain_errors
from scripts._story import show_deficits, show_story
from simulator import account_of, attach, load, run, story

EPILOG = "Example: ape run story flash_crash --account main/177 --network ethereum:local:foundry"


@click.command(cls=ConnectedProviderCommand, epilog=EPILOG, network_callback=local_only)
@scenario_options
@variant_option
@click.option("--account", metavar="NAME", help="For example main/17, as deficits.csv names it (default: list them).")
def cli(provider: ProviderAPI, account: str | None, **chosen: Any) -> None:
    """Run SCENARIO again and tell, block by block, what happened to one account near the line.

    Without --account: the accounts that left a deficit, why, and the command for the story of each. A run gives the
    same each time; nothing is written. Exit code 0: told; 2: bad input, for example no such account; 3: the chain
    failed.
    """
    with plain_errors():
        scenario = load(**chosen)
        name = account_of(scenario, account) if account else None
        with block_progress(scenario.chain.blocks) as progress:
            result = run(scenario, chain=lambda genesis: attach(provider, genesis), progress=progress)
        if name:
            show_story(result, story(result, name))
        else:
            show_deficits(result, [*named(chosen), "--seed", str(scenario.seed), "--network", provider.network_choice])
