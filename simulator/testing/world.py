"""A chain with a scenario's market on it, to which a test adds contracts and accounts of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

from ..adapters import LendingProtocol, Venue
from ..chain import account
from ..chain.signing import created_address
from ..contracts import Artifact, artifact
from ..errors import InputError
from ..scenario import Scenario
from ..simulation import Simulation
from ..transaction import Account
from ..units import WAD, to_units
from .contract import Contract, Reverted, plain
from .project import Project
from .sending import Sending

__all__ = ["World"]

ALLOWANCE = 1_000 * WAD
"""Wei that a test's account begins with."""
Found = TypeVar("Found")
AMOUNT = re.compile(r"\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s+(\S+)\s*")


class World:
    """The market's contracts, and those that a test puts beside them.

    What a test does here is mined at once, each transaction in a block of its own one second after the last, at the
    base fee that the next block of the market has; it takes no room from the market's transactions. Accounts and
    contracts that are made before the market's first block are in its position books: they borrow, and are liquidated,
    like all others. Everything is undone after the test.

    Parameters
    ----------
    simulation : opened, before its first block
    project : whose contracts can be deployed

    Attributes
    ----------
    sending : mines and reads for it
    """

    def __init__(self, simulation: Simulation, project: Project) -> None:
        self.simulation, self.project = simulation, project
        self.sending = Sending(simulation)
        self._accounts: dict[str, Account] = {}
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
        found = _named("asset", name, self.simulation.market.tokens)
        return Contract(self.sending, artifact("TestToken"), found.address)

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
        return Contract(self.sending, self._artifact(name), plain(address).lower())

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
        """The test's account of that name, the same in every test; it has 1,000 ETH when it is first asked for."""
        if name not in self._accounts:
            found = self._accounts[name] = account(f"test/{name}")
            self.sending.join(name, found.address)
            self.sending.mine(f"ETH for {name}", self._faucet, found.address, b"", ALLOWANCE)
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
        self.sending.join(name, address)
        self.sending.mine(f"{name}'s constructor", creator, None, found.deployment(*plain(arguments)), value)
        return Contract(self.sending, found, address)

    def watch(self, who: Any, name: str) -> None:
        """Follow an account that the test did not make itself, a contract that another one created say.

        Keepers see its positions from here on, and the result names it.

        Raises
        ------
        InputError : the market's first block has been built
        """
        if self.sending.begun:
            raise InputError(f"watch({name})", "comes after the market's first block", "Watch it before")
        address, market = plain(who).lower(), self.simulation.market
        self.sending.join(name, address)
        for protocol in market.protocols.values():
            protocol.read_all(self.simulation.chain.call_many)
        for asset, held in market.balances.items():
            held[address] = self.token(asset).balanceOf(address)

    # ------------------------------------------------------------------------------------------------ what happens

    def wait(self, seconds: int) -> None:
        """Let time pass, with one empty block at its end; the market goes on from there."""
        chain = self.simulation.chain
        self.sending.follow(chain.build_block([], chain.head.timestamp + seconds))

    @contextmanager
    def reverts(self, error: str = "") -> Iterator[None]:
        """Expect a revert with the error of that name, with any where none is given.

        A name with arguments, ``"TooHealthy(3)"``, must be met exactly, and so must the words of a ``require``.
        """
        __tracebackhide__ = True
        try:
            yield
        except Reverted as reverted:
            if error in ("", reverted.error, reverted.reason) or f"Error({error})" == reverted.reason:
                return
            raise AssertionError(f"expected a revert with {error}, but {reverted}") from reverted
        raise AssertionError(f"expected a revert{f' with {error}' if error else ''}, but nothing reverted")


def _named(what: str, name: str | None, known: Mapping[str, Found]) -> Found:
    """The entry of that name, the first where none is given."""
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise InputError(f"{what} {name}", f"is not in the scenario ({', '.join(known)})", "Name one that is")
    return known[name]
