"""An Anvil node that somebody else talks to as well: Ape's console."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from ..errors import ChainError
from ..transaction import Block, Receipt, Transaction
from .anvil import AnvilChain
from .engine import Call, Genesis, Head
from .rules import next_base_fee

__all__ = ["SharedAnvilChain"]


class SharedAnvilChain(AnvilChain):
    """As `AnvilChain`; between our blocks the node mines at once what others send.

    Parameters
    ----------
    genesis : what the chain starts from
    on_start : called with the URI whenever a node was started
    """

    memory = ()  # whoever uses the console may ask for any past block

    def __init__(self, genesis: Genesis, on_start: Callable[[str], None]) -> None:
        self._on_start = on_start
        super().__init__(genesis)
        self._start()

    @property
    def head(self) -> Head:
        """The newest block, whoever mined it."""
        header = self.node.request("eth_getBlockByNumber", "latest", False)
        number, time, base_fee, gas_used = (
            int(header[key], 16) for key in ("number", "timestamp", "baseFeePerGas", "gasUsed")
        )
        ours = self._head
        if (number, time, base_fee, gas_used) != (ours.number, ours.timestamp, ours.base_fee, ours.gas_used):
            fee = next_base_fee(base_fee, gas_used, ours.gas_limit)
            self._head = Head(number, time, base_fee, ours.gas_limit, gas_used, fee)
            # somebody else's return to a snapshot leaves a wrong one
            self._pin(fee)
        return self._head

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        """See `Chain.build_block`."""
        self._nonces.clear()
        with self._alone():
            return super().build_block(candidates, timestamp)

    def expect(self, calls: Sequence[Call]) -> None:
        """See `Chain.expect`; here others may change the state without a block."""

    def transact(self, transactions: Iterable[Transaction]) -> list[Receipt]:
        """See `Chain.transact`."""
        with self._alone():
            return super().transact(transactions)

    def _start(self) -> None:
        super()._start()
        self.node.request("evm_setAutomine", True)
        self._on_start(self.uri)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.node.request("evm_setAutomine", False)
        # what was sent at this very moment would come into our block
        self.node.request("anvil_dropAllTransactions")
        try:
            yield
        except BaseException:
            # what ended the block must not be hidden: the node may be gone, or an answer of it half read
            if self.node.close.alive:
                with suppress(OSError, ChainError):
                    self.node.reconnect()
                    self.node.request("evm_setAutomine", True)
            raise
        self.node.request("evm_setAutomine", True)
