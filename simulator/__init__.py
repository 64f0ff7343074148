"""Undertow: an on-chain stress simulator for DeFi protocols."""

from .chain import attach
from .errors import InputError, UndertowError
from .report import Result, check_folder
from .running import run
from .scenario import Scenario, load

__all__ = ["InputError", "Result", "Scenario", "UndertowError", "attach", "check_folder", "load", "run"]
