"""A chain with a scenario's market on it, to which a test adds contracts and accounts of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..adapters import LendingProtocol, Venue
from ..chain import Call, account
from ..chain.signing import created_address
from ..contracts import Artifact, artifact
from ..errors import CallReverted, ChainError, InputError, SetUpReverted
from ..scenario import Scenario
from ..simulation import Simulation
from ..transaction import Account, Block, Log, Receipt, Transaction
from ..units import WAD, to_units
from .contract import Contract, Mined, Reverted, plain
from .project import Project

__all__ = ["World"]

ALLOWANCE = 1_000 * WAD
"""Wei that a test's account begins with."""
AMOUNT = re.compile(r"\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s+(\S+)\s*")


class World:
    """The market's contracts, and those that a test puts beside them.

    What a test does here is mined at once, each transaction in a block of its own one second after the last, at the base
    fee that the next block of the market has; it takes no room from the market's transactions. Accounts and contracts
    that are made before the market's first block are in its position books: they borrow, and are liquidated, like all
    others. Everything is undone after the test.

    Parameters
    ----------
    simulation : opened, before its first block
    project : whose contracts can be deployed

    Attributes
    ----------
    begun : whether the market's first block has been built
    busy : whether a block is being prepared
    """

    def __init__(self, simulation: Simulation, project: Project) -> None:
        self.simulation, self.project = simulation, project
        self.begun = self.busy = False
        self._accounts: dict[str, Account] = {}
        self._names: list[str] = []
        self._logs: dict[str, list[Log]] = {}
        self._faucet = account(f"lender/{next(iter(simulation.scenario.protocols))}")

    @property
    def scenario(self) -> Scenario:
        """What the market was made from."""
        return self.simulation.scenario

    @property
    def timestamp(self) -> int:
        """Seconds, of the newest block."""
        return self.simulation.chain.head.timestamp

    # ------------------------------------------------------------------------------------------------ what is there

    def token(self, name: str) -> Contract:
        """The token of an asset, by the scenario's name for it; it has the functions of an ERC-20."""
        return self.at("TestToken", _named("asset", name, self.simulation.market.tokens).address)

    def protocol(self, name: str | None = None) -> LendingProtocol:
        """A lending protocol, the first where none is named; `pool` is the address that borrowers call."""
        return _named("protocol", name, self.simulation.market.protocols)

    def venue(self, name: str | None = None) -> Venue:
        """A place to trade, the first where none is named; `address` is the pool's, `router` is who is approved."""
        return _named("venue", name, self.simulation.market.venues)

    def at(self, name: str, address: Any) -> Contract:
        """A contract that is at `address`, with the ABI of `name`: the test's project's, else one of Undertow's.

        Raises
        ------
        InputError : neither knows it
        """
        return Contract(self, self._artifact(name), plain(address).lower())

    def _artifact(self, name: str) -> Artifact:
        try:
            return self.project.artifact(name)
        except InputError as unknown:
            try:
                return artifact(name)
            except InputError:
                raise unknown from None

    def units(self, amount: str) -> int:
        """Token units of an amount like ``"1,000.5 USDC"``."""
        match = AMOUNT.fullmatch(amount)
        if match is None:
            raise InputError(repr(amount), "is no amount of a token", 'Write it like "1,000.5 USDC"')
        token = _named("asset", match[2], self.simulation.market.tokens)
        return to_units(Decimal(match[1].replace(",", "").replace("_", "")), token.decimals)

    # ------------------------------------------------------------------------------------------------ what is added

    def account(self, name: str) -> Account:
        """The test's account of that name, with 1,000 ETH when it is first asked for; the same address in every test."""
        if name not in self._accounts:
            found = self._accounts[name] = account(f"test/{name}")
            self._join(name, found.address)
            self._mine(self._faucet, found.address, b"", f"ETH for {name}", value=ALLOWANCE)
        return self._accounts[name]

    def give(self, who: Any, *amounts: str) -> None:
        """Create tokens for an account or a contract: ``world.give(alice, "10 WETH", "5,000 USDC")``."""
        for amount in amounts:
            units, token = self.units(amount), self.token(amount.split()[-1])
            token.mint(who, units, sender=self.simulation.market.set_up.deployer)

    def deploy(self, name: str, *arguments: Any, sender: Account | None = None, value: int = 0) -> Contract:
        """Create a contract of the test's project.

        Parameters
        ----------
        name : as it is called in the source
        arguments : of the constructor; accounts and contracts stand for their addresses
        sender : by default an account called ``deployer``
        value : wei

        Raises
        ------
        ToolError : it is not compiled, or was changed since
        Reverted : the constructor reverted
        """
        __tracebackhide__ = True
        found = self.project.artifact(name)
        if not found.init_code:
            raise InputError(name, "is an interface or abstract, and cannot be deployed", "Name a contract")
        creator = sender or self.account("deployer")
        (nonce,) = self.simulation.chain.nonces([creator.address])
        address = created_address(creator.address, nonce)
        self._join(name, address)
        self._mine(creator, None, found.deployment(*plain(arguments)), f"{name}'s constructor", value=value)
        return Contract(self, found, address)

    def watch(self, who: Any, name: str) -> None:
        """Follow an account that the test did not make itself, a contract that another one created say.

        Keepers see its positions from here on, and the result names it.

        Raises
        ------
        InputError : the market's first block has been built
        """
        if self.begun:
            raise InputError(f"watch({name})", "comes after the market's first block", "Watch it before")
        address, market = plain(who).lower(), self.simulation.market
        self._join(name, address)
        for protocol in market.protocols.values():
            protocol.read_all(self.simulation.chain.call_many)
        for asset, held in market.balances.items():
            held[address] = self.token(asset).balanceOf(address)

    def _join(self, name: str, address: str) -> None:
        label = name if name not in self._names else f"{name} {self._names.count(name) + 1}"
        self._names.append(name)
        self._logs[address] = []
        self.simulation.market.join(label, address, borrows=not self.begun)

    # ------------------------------------------------------------------------------------------------ what happens

    def wait(self, seconds: int) -> None:
        """Let time pass, with one empty block at its end; the market goes on from there."""
        chain = self.simulation.chain
        self._follow(chain.build_block([], chain.head.timestamp + seconds))

    @contextmanager
    def reverts(self, error: str = "") -> Iterator[None]:
        """Expect a revert with the error of that name, with any where none is given.

        A name with arguments, ``"TooHealthy(3)"``, must be met exactly.
        """
        __tracebackhide__ = True
        try:
            yield
        except Reverted as reverted:
            if error in ("", reverted.error, reverted.reason):
                return
            raise AssertionError(f"expected a revert with {error}, but {reverted}") from reverted
        raise AssertionError(f"expected a revert{f' with {error}' if error else ''}, but nothing reverted")

    def read(self, what: str, to: str, data: bytes, sender: str) -> bytes:
        """See `Host`."""
        __tracebackhide__ = True
        try:
            return self.simulation.chain.call(Call(to, data, sender))
        except CallReverted as error:
            raise Reverted(what, error.data) from None

    def mine(self, what: str, sender: Account, to: str, data: bytes, value: int, gas: int | None) -> Mined:
        """See `Host`."""
        __tracebackhide__ = True
        return Mined(self._mine(sender, to, data, what, value=value, gas=gas))

    def happened(self, address: str) -> Iterable[Log]:
        """See `Host`."""
        return self._logs.get(address, ())

    def note(self, block: Block) -> None:
        """Keep the logs of what the test added."""
        for receipt in block.receipts:
            for log in receipt.logs:
                if log.address in self._logs:
                    self._logs[log.address].append(log)

    def _mine(
        self, sender: Account, to: str | None, data: bytes, what: str, *, value: int = 0, gas: int | None = None
    ) -> Receipt:
        __tracebackhide__ = True
        self._refuse_out_of_turn(sender, what)
        chain = self.simulation.chain
        (nonce,) = chain.nonces([sender.address])
        head = chain.head
        limit = gas or head.gas_limit
        wanted = Transaction(sender, to, data, limit, head.next_base_fee, 0, nonce, value, note={"label": what})
        try:
            with self._base_fee_kept():
                (receipt,) = chain.transact([wanted])
        except SetUpReverted as error:
            self._follow_receipts(sender, ())
            if "cannot be mined" in error.what:
                raise ChainError(f"{what}: {error.what}") from None
            raise Reverted(what, error.data) from None
        self._follow_receipts(sender, (receipt,))
        return receipt

    def _refuse_out_of_turn(self, sender: Account, what: str) -> None:
        __tracebackhide__ = True
        if self.busy:
            raise InputError(what, "is sent while a block is prepared", "In a bot, write turn.send(...)")
        if self.simulation.mempool.of(sender.address):
            rule = f"comes from {sender.name}, of whom transactions wait in the mempool"
            raise InputError(what, rule, "Send it from another account, or let the bot send it")

    @contextmanager
    def _base_fee_kept(self) -> Iterator[None]:
        """Set-up blocks are pinned to the base fee of the genesis; here it is the one that the market has come to."""
        chain = self.simulation.chain
        genesis = chain.genesis
        chain.genesis = replace(genesis, base_fee=chain.head.next_base_fee)
        try:
            yield
        finally:
            chain.genesis = genesis

    def _follow_receipts(self, sender: Account, receipts: tuple[Receipt, ...]) -> None:
        head = self.simulation.chain.head
        self._follow(
            Block(head.number, head.timestamp, head.base_fee, head.gas_limit, head.gas_used, receipts, ())
        )
        (nonce,) = self.simulation.chain.nonces([sender.address])
        self.simulation.market.nonces[sender.address] = nonce
        self.simulation.mempool.skip_to(sender.address, nonce)

    def _follow(self, block: Block) -> None:
        self.simulation.market.refresh(block)
        self.note(block)


def _named(what: str, name: str | None, known: Any) -> Any:
    """The entry of that name, the first where none is given."""
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise InputError(f"{what} {name}", f"is not in the scenario ({', '.join(known)})", "Name one that is")
    return known[name]
