"""What every engine must agree on and none is asked for: base fee, least gas limit, set-up blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import SetUpReverted
from ..transaction import Account, Block, Receipt, Transaction
from .engine import Head

__all__ = [
    "CALL_GAS",
    "CHAIN_ID",
    "creation",
    "intrinsic_gas",
    "is_well_formed",
    "least_gas_limit",
    "next_base_fee",
    "require_success",
    "set_up_blocks",
]

CHAIN_ID = 31_337
"""Of chains that we start ourselves."""

CALL_GAS = 2**32
"""Gas that a read may use: enough for thousands of accounts in one call, and an endless loop ends."""

_BASE_FEE_CHANGE_DENOMINATOR = 8
_TRANSACTION_GAS = 21_000
_CREATION_GAS = 32_000
_INIT_CODE_WORD_GAS = 2
_INIT_CODE_BYTES = 49_152
_FLOOR_GAS_PER_TOKEN = 10
_TOKENS_PER_NONZERO_BYTE = 4
_GAS_PER_TOKEN = 4


def next_base_fee(base_fee: int, gas_used: int, gas_limit: int) -> int:
    """Base fee (wei) of the block after one that used `gas_used`: EIP-1559, except that zero stays zero."""
    if base_fee == 0:
        return 0
    target = gas_limit // 2
    if gas_used > target:
        return base_fee + max(base_fee * (gas_used - target) // target // _BASE_FEE_CHANGE_DENOMINATOR, 1)
    return base_fee - base_fee * (target - gas_used) // target // _BASE_FEE_CHANGE_DENOMINATOR


def intrinsic_gas(to: str | None, data: bytes) -> int:
    """Gas that a transaction pays before its first instruction, words of init code included (EIP-3860)."""
    creation_gas = 0 if to is not None else _CREATION_GAS + _INIT_CODE_WORD_GAS * ((len(data) + 31) // 32)
    return _TRANSACTION_GAS + creation_gas + _tokens(data) * _GAS_PER_TOKEN


def least_gas_limit(to: str | None, data: bytes) -> int:
    """Gas that a transaction must at least allow, or it is not valid under Prague rules (EIP-7623)."""
    return max(intrinsic_gas(to, data), _TRANSACTION_GAS + _tokens(data) * _FLOOR_GAS_PER_TOKEN)


def _tokens(data: bytes) -> int:
    return len(data) * _TOKENS_PER_NONZERO_BYTE - data.count(0) * (_TOKENS_PER_NONZERO_BYTE - 1)


def is_well_formed(transaction: Transaction) -> bool:
    """Whether any block could hold it; what could not is left out of every block."""
    return (
        transaction.priority_fee <= transaction.max_fee
        and transaction.gas_limit >= least_gas_limit(transaction.to, transaction.data)
        and (transaction.to is not None or len(transaction.data) <= _INIT_CODE_BYTES)
    )


def set_up_blocks(transactions: Iterable[Transaction], gas_limit: int) -> Iterator[list[Transaction]]:
    """Cut into runs whose gas limits sum up to at most `gas_limit`: nothing can be left out, so order is kept."""
    run: list[Transaction] = []
    free = gas_limit
    for transaction in transactions:
        if run and transaction.gas_limit > free:
            yield run
            run, free = [], gas_limit
        run.append(transaction)
        free -= transaction.gas_limit
    if run:
        yield run


def creation(init_code: bytes, sender: Account, nonce: int, head: Head, label: str) -> Transaction:
    """A set-up transaction that creates a contract with all the gas of a block."""
    return Transaction(
        sender=sender,
        to=None,
        data=init_code,
        gas_limit=head.gas_limit,
        max_fee=head.next_base_fee,
        priority_fee=0,
        nonce=nonce,
        kind="deploy",
        note={"label": label},
    )


def require_success(block: Block) -> None:
    """Refuse a set-up block in which something failed or was left out.

    Raises
    ------
    SetUpReverted : names the first such transaction
    """
    for transaction in block.leftovers:
        raise SetUpReverted(f"{_describe(transaction)} cannot be mined: nonce, fee cap, balance or gas limit", b"")
    for receipt in block.receipts:
        if not receipt.succeeded:
            raise SetUpReverted(_describe(receipt.transaction), receipt.revert_data, _out_of_gas(receipt))


def _out_of_gas(receipt: Receipt) -> str:
    """Says so where all gas was used; a contract's creation may use a whole block's."""
    limit = receipt.transaction.gas_limit
    if receipt.revert_data or receipt.gas_used < limit:
        return ""
    remedy = "; raise chain.gas_limit" if receipt.transaction.to is None else ""
    return f"it needs more than {limit} gas{remedy}"


def _describe(transaction: Transaction) -> str:
    label = transaction.note.get("label") or transaction.to or "contract creation"
    return f"{transaction.kind} {label} from {transaction.sender.name}, nonce {transaction.nonce}"
