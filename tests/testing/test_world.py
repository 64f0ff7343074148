"""What a test puts beside the market: accounts, tokens, contracts; mined at once, undone in the end."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import encode as abi_encode

from simulator import Scenario
from simulator.chain import account
from simulator.contracts import ROOT, Artifact
from simulator.errors import InputError, ToolError
from simulator.simulation import Simulation
from simulator.stages import Stages
from simulator.testing import Contract, Project, Rehearsal, Reverted, World
from simulator.transaction import Account
from simulator.units import GWEI, WAD
from tests.testing.markets import SMALL, borrow

pytestmark = pytest.mark.scenario(set=SMALL, engine="anvil")

NOBODY = "0x" + "12" * 20


def test_account_begins_with_1000_ether_and_keeps_its_address(world: World) -> None:
    alice = world.account("alice")
    assert world.simulation.chain.balances([alice.address]) == [1_000 * WAD]
    assert world.account("alice") is alice
    assert world.account("bob").address != alice.address


def test_account_is_not_the_market_s_own_of_that_name(world: World) -> None:
    assert world.account("deployer").address != world.simulation.market.set_up.deployer.address


@pytest.mark.parametrize(
    ("amount", "units"),
    [("10 WETH", 10 * WAD), ("1,000.5 USDC", 1_000_500_000), ("0.000000000000000001 WETH", 1), ("1_000 USDC", 10**9)],
)
def test_units_of_an_amount(world: World, amount: str, units: int) -> None:
    assert world.units(amount) == units


@pytest.mark.parametrize("amount", ["10", "WETH", "ten WETH", "-1 WETH", "1 WETH more", ""])
def test_units_of_no_amount(world: World, amount: str) -> None:
    with pytest.raises(InputError, match="is no amount of a token"):
        world.units(amount)


@pytest.mark.parametrize(
    ("what", "named", "known"),
    [("token", "WBTC", "WETH, USDC"), ("protocol", "aave", "main"), ("venue", "curve", "weth_usdc")],
)
def test_unknown_name_tells_those_that_there_are(world: World, what: str, named: str, known: str) -> None:
    with pytest.raises(InputError, match=rf"{named}: is not in the scenario \({known}\)"):
        getattr(world, what)(named)


def test_give_creates_tokens_for_accounts_and_contracts(world: World, alice: Account, token: Contract) -> None:
    world.give(alice, "10 WETH", "5 USDC")
    world.give(token, "7 WETH")
    weth, usdc = world.token("WETH"), world.token("USDC")
    assert (weth.balanceOf(alice), weth.balanceOf(token), usdc.balanceOf(alice)) == (10 * WAD, 7 * WAD, 5_000_000)


def test_view_is_read_and_transaction_is_mined(world: World, alice: Account, token: Contract) -> None:
    before = world.timestamp
    mined = token.mint(alice, 5, sender=alice)
    assert token.balanceOf(alice) == 5
    assert world.timestamp == before + 1
    assert 21_000 < mined.gas_used < 100_000
    (transfer,) = mined.events("Transfer")
    assert (transfer.address, transfer.arguments["to"], transfer.arguments["value"]) == (
        token.address,
        alice.address,
        5,
    )


def test_call_of_a_transaction_changes_nothing(alice: Account, token: Contract) -> None:
    assert token.approve.call(NOBODY, 3, sender=alice) is True
    assert token.allowance(alice, NOBODY) == 0


def test_ether_goes_along(world: World, alice: Account, token: Contract) -> None:
    with world.reverts():
        token.mint(alice, 5, sender=alice, value=1)


def test_events_are_all_since_it_was_deployed(alice: Account, token: Contract) -> None:
    for amount in (1, 2):
        token.mint(alice, amount, sender=alice)
    assert [event.arguments["value"] for event in token.events("Transfer")] == [1, 2]
    assert [event.arguments["newOwner"] for event in token.events("OwnershipTransferred")] == [alice.address]


def test_transaction_without_a_sender_is_refused(token: Contract) -> None:
    with pytest.raises(InputError, match=r"TestToken.mint: changes state and needs a sender. Write mint\("):
        token.mint(NOBODY, 1)


def test_unknown_function_tells_those_that_there_are(token: Contract) -> None:
    with pytest.raises(AttributeError, match=r"TestToken has no function burn; it has allowance, approve, .*"):
        token.burn()
    with pytest.raises(TypeError, match=r"TestToken\.mint takes 2 arguments, not 1"):
        token.mint(1)


def overloaded(*functions: tuple[str, ...]) -> Contract:
    """A contract with functions `f` of these inputs."""

    def function(kinds: tuple[str, ...]) -> dict[str, Any]:
        inputs = [{"name": "", "type": kind} for kind in kinds]
        return {"type": "function", "name": "f", "inputs": inputs, "outputs": [], "stateMutability": "view"}

    none: Any = None
    return Contract(none, Artifact("Two", [function(kinds) for kinds in functions], b""), NOBODY)


def test_overload_is_chosen_by_the_number_of_arguments() -> None:
    contract = overloaded(("uint256",), ("uint256", "bool"))
    assert contract.f.encode(1) == bytes.fromhex("b3de648b") + (1).to_bytes(32, "big")
    assert contract.f.encode(1, True)[4:] == (1).to_bytes(32, "big") * 2


def test_overload_is_chosen_by_the_types_of_arguments() -> None:
    contract = overloaded(("uint256",), ("address",))
    assert contract.f.encode(1) == bytes.fromhex("b3de648b") + (1).to_bytes(32, "big")
    assert contract.f.encode(NOBODY) == bytes.fromhex("fc68521a" + "00" * 12 + NOBODY[2:])
    with pytest.raises(TypeError, match=r"Two\.f takes \(uint256\) or \(address\), not \('abc',\)"):
        contract.f.encode("abc")


class TestReverts:
    def test_transaction(self, world: World, alice: Account, token: Contract) -> None:
        stranger = world.account("stranger")
        with pytest.raises(Reverted) as caught:
            token.mint(alice, 5, sender=stranger)
        assert caught.value.error == "OwnableUnauthorizedAccount"
        assert str(caught.value) == f"TestToken.mint reverted: OwnableUnauthorizedAccount({stranger.address})"
        token.approve(alice, 1, sender=stranger)  # its nonce went on

    def test_call(self, world: World, token: Contract) -> None:
        with world.reverts("OwnableUnauthorizedAccount"):
            token.mint.call(NOBODY, 5)

    def test_constructor(self, world: World) -> None:
        zero = "0x" + "00" * 20
        with world.reverts(f"OwnableInvalidOwner({zero})"):
            world.deploy("TestToken", "Mine", "MINE", 18, zero)

    def test_other_error_fails(self, world: World, alice: Account, token: Contract) -> None:
        stranger, message = (
            world.account("stranger"),
            r"expected a revert with TooRich, but TestToken\.mint reverted: Own",
        )
        with pytest.raises(AssertionError, match=message), world.reverts("TooRich"):
            token.mint(alice, 5, sender=stranger)

    def test_other_arguments_fail(self, world: World, alice: Account, token: Contract) -> None:
        stranger, message = world.account("stranger"), "expected a revert with OwnableUnauthorizedAccount"
        with pytest.raises(AssertionError, match=message), world.reverts(f"OwnableUnauthorizedAccount({NOBODY})"):
            token.mint(alice, 5, sender=stranger)

    def test_words_of_a_require(self, world: World) -> None:
        data = bytes.fromhex("08c379a0") + abi_encode(["string"], ["too rich"])
        with world.reverts("too rich"):
            raise Reverted("token", data)
        with pytest.raises(AssertionError, match=r"expected a revert with rich"), world.reverts("rich"):
            raise Reverted("token", data)

    def test_success_fails(self, world: World, alice: Account, token: Contract) -> None:
        message = "expected a revert with TooRich, but nothing reverted"
        with pytest.raises(AssertionError, match=message), world.reverts("TooRich"):
            token.mint(alice, 5, sender=alice)


class TestDeploy:
    def test_unknown_contract_tells_those_that_there_are(self, world: World) -> None:
        with pytest.raises(
            ToolError, match=r"contract LendingPol: .* \(.*LendingPool.*\)\. Did you mean LendingPool\?"
        ):
            world.deploy("LendingPol")

    def test_interface_is_refused(self, world: World) -> None:
        with pytest.raises(InputError, match="IPriceOracle: is an interface or abstract"):
            world.deploy("IPriceOracle")


class TestBetweenBlocks:
    def test_first_block_has_the_scenario_s_time_and_base_fee(self, world: World, market: Rehearsal) -> None:
        world.account("alice")
        market.step(2)
        start = int(world.scenario.chain.start.timestamp())
        blocks = market.result().blocks
        assert blocks.timestamp.tolist() == [start, start + 12]
        assert blocks.base_fee_gwei[0] == float(world.scenario.chain.base_fee)

    def test_much_set_up_moves_all_blocks(self, world: World, market: Rehearsal, token: Contract) -> None:
        world.wait(5_000)
        before = world.timestamp
        market.step(3)
        assert market.result().blocks.timestamp.tolist() == [before + 1, before + 13, before + 25]

    @pytest.mark.parametrize("engine", ["anvil", "pyevm"])
    def test_a_transaction_between_leaves_the_base_fee(self, request: pytest.FixtureRequest, engine: str) -> None:
        request.node.add_marker(pytest.mark.scenario(engine=engine), append=False)
        world: World = request.getfixturevalue("world")
        market: Rehearsal = request.getfixturevalue("market")
        token: Contract = request.getfixturevalue("token")
        market.step(5)
        chain = world.simulation.chain
        reached = chain.head.next_base_fee
        assert reached not in (0, 20 * GWEI)
        with world.reverts():
            token.mint(NOBODY, 1, sender=world.account("deployer"))
        token.approve(NOBODY, 1, sender=world.account("alice"))
        assert (chain.head.base_fee, chain.head.next_base_fee) == (reached, reached)
        assert chain.name == engine
        market.step()

    def test_who_comes_late_and_borrows_is_told(self, world: World, market: Rehearsal) -> None:
        market.step()
        late = world.account("late")
        world.give(late, "1 WETH")
        with pytest.raises(InputError, match="late: takes a position and is in no position book"):
            borrow(world, late, "10 WETH", "1 USDC")

    def test_watch_after_the_first_block_is_refused(self, world: World, market: Rehearsal) -> None:
        market.step()
        with pytest.raises(InputError, match="comes after the market's first block"):
            world.watch(NOBODY, "late")


def test_all_is_undone_after_a_test(scenario: Scenario) -> None:
    stages, heads = Stages("anvil"), []
    for _ in range(2):
        simulation = Simulation(scenario)
        with stages.open(simulation):
            heads.append(simulation.chain.head)
            world = World(simulation, Project(ROOT))
            assert simulation.chain.nonces([account("test/alice").address]) == [0]
            borrow(world, world.account("alice"), "10 WETH", "1 USDC")
            Rehearsal(world).step(2)
    stages.close()
    assert heads[0] == heads[1]
