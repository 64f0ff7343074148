"""Undertow: an on-chain stress simulator for DeFi protocols."""

from .audit import HEADLINES, Audit, audit
from .bench import BENCH_PARTS, run_bench
from .book_summary import BookSummary, summarise_books
from .chain import attach
from .cluster import DaskWorkers
from .compare import Comparison, compare
from .errors import InputError, UndertowError
from .figures import FIGURES
from .fitting import FITTED_MODELS, fit, fit_common
from .fork import Fork
from .intervals import Interval
from .paired import Failure, Measurement
from .processes import Processes
from .proposal import Proposal, load_proposal
from .report import Result, bounded, check_folder, write_report, written
from .running import run
from .scenario import Scenario, load
from .story import Story, account_of, story
from .sweep import Sweep, sweep

__all__ = [
    "BENCH_PARTS",
    "FIGURES",
    "FITTED_MODELS",
    "HEADLINES",
    "Audit",
    "BookSummary",
    "Comparison",
    "DaskWorkers",
    "Failure",
    "Fork",
    "InputError",
    "Interval",
    "Measurement",
    "Processes",
    "Proposal",
    "Result",
    "Scenario",
    "Story",
    "Sweep",
    "UndertowError",
    "account_of",
    "attach",
    "audit",
    "bounded",
    "check_folder",
    "compare",
    "fit",
    "fit_common",
    "load",
    "load_proposal",
    "run",
    "run_bench",
    "story",
    "summarise_books",
    "sweep",
    "write_report",
    "written",
]
