"""Running on the chain that Ape is connected to, seen from Ape's console afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator.chain import Chain, PyEvmChain, attach, engine_named
from simulator.chain.anvil_shared import SharedAnvilChain
from simulator.chain.signing import sign
from simulator.errors import InputError
from tests.chain.world import ALICE, BOB, CAROL, COINBASE, COUNTS, NOBODY, deploy, genesis, next_block, send

APE = [sys.executable, "-c", "from ape._cli import cli; cli()"]
ROOT = Path(__file__).resolve().parents[2]

# Ape opens the console of `-I` only where the script ends with an error.
SCRIPT = """
import gc, json, sys, types
import click
from ape import accounts, networks
from ape.cli import ConnectedProviderCommand
tests = types.ModuleType("tests")
tests.__path__ = [ROOT + "/tests"]
sys.modules["tests"] = tests
from simulator.chain import attach
from tests.chain.test_attach import play
from tests.chain.world import genesis

@click.command(cls=ConnectedProviderCommand)
def cli():
    ours = attach(networks.active_provider, genesis())
    print("played", json.dumps(play(ours)))
    accounts.test_accounts[0].transfer(accounts.test_accounts[1], 5)
    print("moved", ours.head.number)
    del ours
    gc.collect()
    raise RuntimeError("open the console")
"""

TYPED = f"""
them = networks.active_provider
print("height", them.web3.eth.block_number, them.web3.eth.get_block(4)["timestamp"])
print("balance", them.get_balance("{NOBODY}"))
sent = accounts.test_accounts[0].transfer(accounts.test_accounts[1], 5)
print("sent", sent.block_number, them.get_balance(accounts.test_accounts[1].address))
print("node", getattr(them, "process", None))
"""


def play(chain: Chain) -> object:
    counter = deploy(chain, COUNTS)
    played: list[object] = [counter]
    for nonce in range(3):
        block = next_block(
            chain,
            send(ALICE, counter, nonce=nonce),
            send(BOB, NOBODY, nonce=nonce, value=7),
            send(CAROL, NOBODY, nonce=5),
        )
        played.append([block.timestamp, block.base_fee, [each.gas_used for each in block.receipts]])
        played.append(len(block.leftovers))
    return [*played, chain.head.next_base_fee, chain.balances([ALICE.address, BOB.address, COINBASE, NOBODY])]


@pytest.mark.parametrize("network", ["test", "foundry"])
def test_console_goes_on_where_the_script_ended(network: str, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "probe.py").write_text(SCRIPT.replace("ROOT", repr(str(ROOT))))
    (tmp_path / "ape-config.yaml").write_text("foundry:\n  host: auto\n")
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ape._cli import cli; cli()",
            "run",
            "-I",
            "probe",
            "--network",
            f"ethereum:local:{network}",
        ],
        cwd=tmp_path,
        env={**os.environ, "PATH": tools, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        input=TYPED,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    said = dict(
        line.partition("]: ")[2].partition(" ")[::2] if line.startswith("In [") else line.partition(" ")[::2]
        for line in ended.stdout.splitlines()
    )
    alone = PyEvmChain(genesis())
    assert json.loads(said["played"]) == json.loads(json.dumps(play(alone))), ended.stderr
    assert said["moved"] == "5"
    assert said["height"] == f"5 {alone.head.timestamp}"
    assert said["balance"] == "21"
    assert said["sent"] == f"6 {10_000 * 10**18 + 10}"
    assert said["node"] == "None"


def test_a_shared_node_mines_what_others_send_between_our_blocks() -> None:
    heard: list[str] = []
    chain = SharedAnvilChain(genesis(), heard.append)
    assert heard == [chain.uri]
    for nonce in (0, 1, 2):
        chain.node.request("eth_sendRawTransaction", "0x" + sign(send(BOB, NOBODY, nonce=nonce), 31_337).hex())
        # the node answers first and mines then
        deadline = time.monotonic() + 10
        while chain.head.number == 2 * nonce and time.monotonic() < deadline:
            time.sleep(0.01)
        assert chain.head.number == 2 * nonce + 1
        block = next_block(chain, send(ALICE, NOBODY, nonce=nonce), send(BOB, NOBODY, nonce=nonce))
        assert (block.number, len(block.receipts), len(block.leftovers)) == (2 * nonce + 2, 1, 1)
    chain.load(chain.dump())
    assert heard[1:] == [chain.uri]
    chain.close()


def provider(name: str, choice: str, is_local: bool) -> SimpleNamespace:
    return SimpleNamespace(name=name, network_choice=choice, network=SimpleNamespace(is_local=is_local))


@pytest.mark.parametrize(
    "elsewhere",
    [
        provider("foundry", "ethereum:mainnet-fork:foundry", False),
        provider("node", "ethereum:mainnet:node", False),
        provider("node", "ethereum:local:node", True),
    ],
)
def test_no_other_network_is_touched(elsewhere: SimpleNamespace) -> None:
    with pytest.raises(InputError, match="ethereum:local:test or ethereum:local:foundry"):
        attach(elsewhere, genesis())


def test_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="anvil, pyevm"):
        engine_named("geth", genesis())


def test_engines_do_not_need_ape() -> None:
    code = "import sys, simulator.chain; sys.exit(any(name.split('.')[0] == 'ape' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
