"""What a test does itself between the market's blocks: mined at once, and followed like everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..chain import Call
from ..errors import CallReverted, ChainError, InputError, SetUpReverted
from ..simulation import Simulation
from ..transaction import Account, Block, Log, Receipt, Transaction
from .contract import Mined, Reverted, decoded

__all__ = ["Sending"]


class Sending:
    """A `Host` on the chain of a simulation.

    Attributes
    ----------
    begun : whether the market's first block has been built
    busy : whether a block is being prepared
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.begun = self.busy = False
        self._names: list[str] = []
        self._logs: dict[str, list[Log]] = {}
        self._latecomers: dict[str, str] = {}

    def join(self, name: str, address: str) -> None:
        """Follow a newcomer; in the position books too, if the market has not begun."""
        label = name if name not in self._names else f"{name} {self._names.count(name) + 1}"
        self._names.append(name)
        self._logs[address] = []
        if self.begun:
            self._latecomers[address] = label
        self._simulation.market.join(label, address, borrows=not self.begun)

    def read(self, what: str, to: str, data: bytes, sender: str) -> bytes:
        """See `Host`."""
        __tracebackhide__ = True
        try:
            return self._simulation.chain.call(Call(to, data, sender))
        except CallReverted as error:
            raise Reverted(what, error.data) from None

    def mine(
        self, what: str, sender: Account, to: str | None, data: bytes, value: int = 0, gas: int | None = None
    ) -> Mined:
        """See `Host`; without `to` it creates a contract."""
        __tracebackhide__ = True
        return Mined(self._mine(sender, to, data, what, value, gas))

    def happened(self, address: str) -> Iterable[Log]:
        """See `Host`."""
        return self._logs.get(address, ())

    def note(self, block: Block) -> None:
        """Keep the logs of what the test added."""
        __tracebackhide__ = True
        logs = [log for receipt in block.receipts for log in receipt.logs]
        for log in logs:
            if log.address in self._logs:
                self._logs[log.address].append(log)
        if self._latecomers:
            self._refuse_latecomers(logs)

    def _refuse_latecomers(self, logs: Iterable[Log]) -> None:
        """Nobody would liquidate them, and the test would pass for that."""
        __tracebackhide__ = True
        pools = {one.pool for one in self._simulation.market.protocols.values()}
        for event in decoded(log for log in logs if log.address in pools):
            for value in event.arguments.values():
                if value in self._latecomers:
                    name, rule = self._latecomers[value], "takes a position and is in no position book: keepers miss it"
                    raise InputError(name, rule, "Create it before the market's first block")

    def _mine(self, sender: Account, to: str | None, data: bytes, what: str, value: int, gas: int | None) -> Receipt:
        __tracebackhide__ = True
        self._refuse_out_of_turn(sender, what)
        chain = self._simulation.chain
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
        if self._simulation.mempool.of(sender.address):
            rule = f"comes from {sender.name}, of whom transactions wait in the mempool"
            raise InputError(what, rule, "Send it from another account, or let the bot send it")

    @contextmanager
    def _base_fee_kept(self) -> Iterator[None]:
        """Set-up blocks are pinned to the base fee of the genesis; here it is the one that the market has come to."""
        chain = self._simulation.chain
        genesis = chain.genesis
        chain.genesis = replace(genesis, base_fee=chain.head.next_base_fee)
        try:
            yield
        finally:
            chain.genesis = genesis

    def _follow_receipts(self, sender: Account, receipts: tuple[Receipt, ...]) -> None:
        head = self._simulation.chain.head
        self.follow(Block(head.number, head.timestamp, head.base_fee, head.gas_limit, head.gas_used, receipts, ()))
        (nonce,) = self._simulation.chain.nonces([sender.address])
        self._simulation.market.nonces[sender.address] = nonce
        self._simulation.mempool.skip_to(sender.address, nonce)

    def follow(self, block: Block) -> None:
        """Carry the market over a block that was mined between its own."""
        self._simulation.market.refresh(block)
        self.note(block)
