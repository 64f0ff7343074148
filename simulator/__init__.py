"""Undertow: an on-chain stress simulator for DeFi protocols."""

from .bench import BENCH_PARTS, run_bench
from .chain import attach
from .errors import InputError, UndertowError
from .report import Result, check_folder
from .running import run
from .scenario import Scenario, load

__all__ = [
    "BENCH_PARTS",
    "InputError",
    "Result",
    "Scenario",
    "UndertowError",
    "attach",
    "check_folder",
    "load",
    "run",
    "run_bench",
]
