"""A small world for the engines: accounts, hand-made contracts, short ways to write transactions."""

from __future__ import annotations

from simulator.chain import Call, Chain, Genesis, account
from simulator.transaction import Account, Block, Receipt, Transaction

GWEI = 10**9
ETHER = 10**18
START = 1_600_000_000
GAS_LIMIT = 1_000_000

ALICE, BOB, CAROL, DAVE = (account(name) for name in ("alice", "bob", "carol", "dave"))
POOR = account("poor")
COINBASE = account("coinbase").address
RICH = (ALICE, BOB, CAROL, DAVE)
NOBODY = "0x" + "12" * 20

# Every program is its runtime code; `creation_code` makes the code that deploys it.
RETURNS_42 = bytes.fromhex("602a60005260206000f3")
REVERTS_WITH_42 = bytes.fromhex("602a60005260206000fd")
REVERTS_EMPTY = bytes.fromhex("60006000fd")
INVALID = bytes.fromhex("fe")
LOOPS = bytes.fromhex("5b600056")
PAYS_OUT = bytes.fromhex("6000808080" + "600035" + "602035" + "5af15000")
"""Sends calldata word 0 (wei) to calldata word 1 (address)."""
COUNTS = bytes.fromhex("60005460010180600055600052" + "60ff60206000a100")
"""Adds one to slot 0 and logs it under topic 0xff."""
COUNTS_AND_RETURNS = bytes.fromhex("60005460010180600055600052" + "60206000f3")
"""Adds one to slot 0 and returns it."""
ENVIRONMENT = bytes.fromhex("43600052" + "42602052" + "48604052" + "45606052" + "5a608052" + "3360a052" + "60c06000f3")
"""Returns block number, time, base fee, gas limit, gas left, caller."""
LOGS_ENVIRONMENT = bytes.fromhex("43600052" + "42602052" + "48604052" + "3a606052" + "41608052" + "60a06000a000")
"""Logs block number, time, base fee, gas price, coinbase."""
STORES = bytes.fromhex("60003560005500")
"""Writes calldata word 0 into slot 0: writing zero over a value gives a refund."""


def creation_code(runtime: bytes) -> bytes:
    """Init code that returns `runtime`."""
    size = f"{len(runtime):02x}"
    return bytes.fromhex(f"60{size}600c60003960{size}6000f3") + runtime


def genesis(base_fee: int = GWEI, gas_limit: int = GAS_LIMIT) -> Genesis:
    return Genesis(
        gas_limit=gas_limit,
        base_fee=base_fee,
        timestamp=START,
        coinbase=COINBASE,
        balances={someone.address: 1_000 * ETHER for someone in RICH},
    )


def send(sender: Account, to: str | None, data: bytes = b"", *, nonce: int, **changes: int) -> Transaction:
    fields = {"gas_limit": 100_000, "max_fee": 100 * GWEI, "priority_fee": GWEI, "value": 0, **changes}
    return Transaction(sender=sender, to=to, data=data, nonce=nonce, **fields)


def next_block(chain: Chain, *candidates: Transaction) -> Block:
    return chain.build_block(candidates, chain.head.timestamp + 12)


def only_receipt(chain: Chain, transaction: Transaction) -> Receipt:
    (receipt,) = next_block(chain, transaction).receipts
    return receipt


def deploy(chain: Chain, runtime: bytes) -> str:
    return chain.deploy(creation_code(runtime), DAVE)


def words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 32], "big") for at in range(0, len(data), 32)]


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def environment(chain: Chain, contract: str) -> list[int]:
    return words(chain.call(Call(contract, b"", sender=ALICE.address)))
