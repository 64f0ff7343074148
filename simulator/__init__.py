"""Undertow: an on-chain stress simulator for DeFi protocols."""

from .bench import BENCH_PARTS, run_bench
from .chain import attach
from .compare import Comparison, compare
from .errors import InputError, UndertowError
from .figures import FIGURES
from .intervals import Interval
from .paired import Failure, Measurement
from .report import Result, check_folder
from .running import run
from .scenario import Scenario, load
from .story import Story, account_of, story
from .sweep import Sweep, sweep

__all__ = [
    "BENCH_PARTS",
    "FIGURES",
    "Comparison",
    "Failure",
    "InputError",
    "Interval",
    "Measurement",
    "Result",
    "Scenario",
    "Story",
    "Sweep",
    "UndertowError",
    "account_of",
    "attach",
    "check_folder",
    "compare",
    "load",
    "run",
    "run_bench",
    "story",
    "sweep",
]
