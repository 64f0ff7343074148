"""``ape run scenario`` on a fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from scripts._options import run_options
from simulator import Fork
from tests.fork.endpoints import SECRET, StubEndpoint, always, serving
from tests.fork.original import SMALL, Original, original, small

ROOT = Path(__file__).resolve().parents[2]
APE = Path(sys.executable).parent / "ape"
FOUNDRY = ("--network", "ethereum:local:foundry")
SETTINGS = tuple(part for one in SMALL for part in ("--set", one))


@pytest.fixture(scope="module")
def market() -> Iterator[Original]:
    with original(small()) as standing:
        yield standing


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    order = [str(APE), "run", "scenario", "flash_crash", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(order, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_run_says_where_it_stood_and_not_the_key(market: Original, tmp_path: Path) -> None:
    path, out = market.deployment(tmp_path), tmp_path / "out"
    with serving(StubEndpoint(market.uri)) as url:
        block = market.chain.head.number
        place = ("--fork-url", url, "--fork-block", block, "--deployment", path)
        done = command(*SETTINGS, *FOUNDRY, *place, "--set", "chain.blocks=10", "--out", out, "--report")
    assert done.returncode == 0, done.stderr
    assert f"chain 31337, block {block}; owners of positions do not act" in done.stdout
    assert "main: 40 accounts; left out: none" in done.stdout
    assert json.loads((out / "summary.json").read_text())["fork"]["block"] == block
    assert (out / "report.html").is_file()
    told = done.stdout + done.stderr + "".join(one.read_text() for one in out.iterdir())
    assert SECRET not in told


def test_failing_endpoint_is_one_line_and_exit_code_2(market: Original, tmp_path: Path) -> None:
    stub = StubEndpoint(market.uri)
    stub.trouble = always("401")
    with serving(stub) as url:
        done = command(*SETTINGS, *FOUNDRY, "--fork-url", url, "--deployment", market.deployment(tmp_path))
    assert done.returncode == 2
    assert "refuses us (HTTP 401). Check the key in the address" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr


@dataclass
class Provider:
    """Ape's, as far as the options look at it."""

    name: str


@click.command()
@run_options
@click.option("--on", default="foundry")
def stand(ground: Callable[[Provider], dict[str, Any]], on: str, variant: str | None) -> None:
    click.echo(ground(Provider(on)))


URL = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fork-block", "3"), "add --fork-url"),
        (("--deployment", "somewhere.yaml"), "add --fork-url"),
        (("--fork-url", URL), "--fork-url needs --deployment"),
        (("--fork-url", URL, "--deployment", "f.yaml", "--on", "test"), "needs --network ethereum:local:foundry"),
        (("--fork-url", URL, "--deployment", "f.yaml", "--fork-block", "-1"), "-1 is not in the range"),
    ],
)
def test_half_a_place_is_refused(arguments: tuple[str, ...], told: str) -> None:
    done = CliRunner().invoke(stand, arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_whole_place_is_a_fork() -> None:
    place = ("--fork-url", URL, "--deployment", "f.yaml", "--fork-block", "3")
    done = CliRunner().invoke(stand, place)
    assert done.output.strip() == str({"fork": Fork(URL, Path("f.yaml"), 3)})


def test_no_place_is_the_chain_of_ape() -> None:
    assert CliRunner().invoke(stand, ()).output.startswith("{'chain': <function")
