"""Guards: what may refuse a pool's liquidations and borrowing."""

from .circuit_breaker import CircuitBreaker
from .table import Guard

__all__ = ["CircuitBreaker", "Guard"]
