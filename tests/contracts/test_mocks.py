from __future__ import annotations

from simulator.transaction import Account, Transaction
from tests.contracts.world import World, reverts


def test_the_gas_sink_burns_its_whole_limit(world: World, passer_by: Account) -> None:
    sink = world.deploy("GasSink")
    (nonce,) = world.chain.nonces([passer_by.address])
    for data in (b"", b"\x01\x02\x03\x04"):
        transaction = Transaction(passer_by, sink.address, data, 1_234_567, 0, 0, nonce)
        (receipt,) = world.chain.build_block([transaction], world.chain.head.timestamp + 1).receipts
        assert (receipt.succeeded, receipt.gas_used) == (False, 1_234_567)
        nonce += 1


def test_only_the_owner_mints_test_tokens(world: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.usdc.send(attacker, "mint", attacker.address, 1)
    assert [token.read("decimals") for token in world.tokens.values()] == [18, 6, 8]
