"""What the node answers, as our own types."""

from __future__ import annotations

from typing import Any

from ..transaction import Log, Receipt, Transaction
from .anvil_node import RpcError
from .engine import CallResult

__all__ = ["call_result", "log_of", "receipt", "revert_data"]


def receipt(transaction: Transaction, answer: dict[str, Any], reason: bytes) -> Receipt:
    """A receipt from ``eth_getBlockReceipts``; `reason` is the revert data."""
    succeeded = answer["status"] == "0x1"
    # the node names an address for a creation that failed, too
    created = transaction.to is None and succeeded
    return Receipt(
        transaction=transaction,
        succeeded=succeeded,
        gas_used=int(answer["gasUsed"], 16),
        effective_gas_price=int(answer["effectiveGasPrice"], 16),
        logs=tuple(log_of(entry) for entry in answer["logs"]),
        revert_data=reason,
        contract_address=answer["contractAddress"].lower() if created else None,
    )


def revert_data(trace: Any) -> bytes:
    """What the outermost call of a ``trace_transaction`` gave with its revert.

    Raises
    ------
    RpcError : there is no trace
    """
    if isinstance(trace, RpcError):
        raise trace
    result = trace[0].get("result") or {}
    return _bytes(result.get("output") or result.get("code") or "0x")


def call_result(answer: Any) -> CallResult:
    """The outcome of an ``eth_call``.

    Raises
    ------
    RpcError : the node refused it for a reason that is not the contract's
    """
    if not isinstance(answer, RpcError):
        return CallResult(True, _bytes(answer))
    if answer.is_revert or answer.text.startswith("EVM error"):
        return CallResult(False, answer.data)
    raise answer


def log_of(entry: dict[str, Any]) -> Log:
    """A log from a receipt or ``eth_getLogs``."""
    return Log(entry["address"].lower(), tuple(_bytes(topic) for topic in entry["topics"]), _bytes(entry["data"]))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
