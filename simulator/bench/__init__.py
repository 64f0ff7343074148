"""What the orchestration costs on top of the EVM, and how it grows."""

from .measure import BENCH_PARTS, run_bench

__all__ = ["BENCH_PARTS", "run_bench"]
