"""Undertow: an on-chain stress simulator for DeFi protocols."""

from .bench import BENCH_PARTS, run_bench
from .book_summary import BookSummary, summarise_books
from .chain import attach
from .compare import Comparison, compare
from .errors import InputError, UndertowError
from .figures import FIGURES
from .fitting import FITTED_MODELS, fit, fit_common
from .intervals import Interval
from .paired import Failure, Measurement
from .report import Result, check_folder, write_report
from .running import run
from .scenario import Scenario, load
from .story import Story, account_of, story
from .sweep import Sweep, sweep

__all__ = [
    "BENCH_PARTS",
    "FIGURES",
    "FITTED_MODELS",
    "BookSummary",
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
    "fit",
    "fit_common",
    "load",
    "run",
    "run_bench",
    "story",
    "summarise_books",
    "sweep",
    "write_report",
]
