"""Options that commands share."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from simulator import DaskWorkers, Fork, Processes, attach

ENGINES = {"test": "pyevm", "foundry": "anvil"}
"""Engine of each network."""

Command = Callable[..., Any]


def local_only(context: click.Context, parameter: click.Parameter, provider: Any) -> Any:
    """Refuse networks that are not on this machine before Ape looks for an endpoint of theirs."""
    if not getattr(getattr(provider, "network", None), "is_local", False):
        raise click.BadParameter("must be ethereum:local:test or ethereum:local:foundry", context, parameter)
    return provider


def scenario_options(command: Command) -> Command:
    """What `simulator.load` takes, under its names, but for the variant."""
    for option in (
        click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Replace a setting; repeatable."),
        click.option("--seed", type=click.IntRange(min=0), help="Replace the scenario's seed."),
        click.argument("source", metavar="SCENARIO"),
    ):
        command = option(command)
    return command


def variant_option(command: Command) -> Command:
    """The variant, where only one can be meant."""
    return click.option("--variant", help="This variant of the scenario (default: the scenario without any).")(command)


def run_options(command: Command) -> Command:
    """The variant of a run, and where it stands: `ground` makes arguments of `simulator.run` of Ape's provider."""

    def chosen(fork_url: str | None, fork_block: int | None, deployment: Path | None, **rest: Any) -> Any:
        if fork_url is None and (fork_block is not None or deployment is not None):
            raise click.UsageError("--fork-block and --deployment say where on a fork: add --fork-url")
        if fork_url is not None and deployment is None:
            raise click.UsageError("--fork-url needs --deployment, the file of addresses (docs/fork.md)")

        def ground(provider: Any) -> dict[str, Any]:
            if fork_url is None or deployment is None:
                return {"chain": lambda genesis: attach(provider, genesis)}
            if provider.name != "foundry":
                raise click.UsageError("--fork-url needs --network ethereum:local:foundry: only Anvil can fork")
            return {"fork": Fork(fork_url, deployment, fork_block)}

        return command(ground=ground, **rest)

    decorated: Command = variant_option(wraps(command)(chosen))
    for option in (
        click.option("--deployment", type=click.Path(path_type=Path), metavar="FILE", help="Addresses on the fork."),
        click.option("--fork-block", type=click.IntRange(min=0), help="Block to fork (default: the newest)."),
        click.option("--fork-url", metavar="URL", help="Run on a fork of this RPC endpoint's chain; it is only read."),
    ):
        decorated = option(decorated)
    return decorated


def seeds_options(command: Command) -> Command:
    """How often, how many at a time, and where to."""
    for option in (
        click.option("--out", type=click.Path(path_type=Path), help="Folder for the results."),
        click.option("--workers", type=click.IntRange(min=1), help="Runs at a time (default: one for each processor)."),
        click.option("--seeds", type=click.IntRange(min=1), default=10, show_default=True, help="Runs of each design."),
    ):
        command = option(command)
    return command


def crew_options(command: Command) -> Command:
    """Who computes the runs, and where their results go."""

    def chosen(workers: int | None, scheduler: str | None, out: Path | None, resume: Path | None, **rest: Any) -> Any:
        if workers and scheduler:
            raise click.UsageError("--workers and --scheduler: name one of them")
        if out and resume:
            raise click.UsageError("--out and --resume: name one of them; --resume writes into its own folder")
        crew = DaskWorkers(scheduler) if scheduler else Processes(workers)
        return command(crew=crew, out=out, resume=resume, **rest)

    decorated: Command = wraps(command)(chosen)
    for option in (
        click.option("--resume", type=click.Path(path_type=Path), metavar="DIR", help="Go on with an audit in DIR."),
        click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the results."),
        click.option("--scheduler", metavar="ADDRESS", help="Run on the workers of this Dask scheduler instead."),
        click.option("--workers", type=click.IntRange(min=1), help="Runs at a time (default: one for each processor)."),
    ):
        decorated = option(decorated)
    return decorated


def named(chosen: Mapping[str, Any]) -> list[str]:
    """The scenario as a command line names it, without its seed."""
    sets = [part for one in chosen["overrides"] for part in ("--set", one)]
    variant = ["--variant", chosen["variant"]] if chosen.get("variant") else []
    return [chosen["source"], *sets, *variant]
