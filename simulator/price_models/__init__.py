"""Price models to choose between, a file each, and what correlates them."""

from .correlation import Correlations, correlated_normals, correlation_problem
from .model import YEAR, Course
from .table import Price

__all__ = ["YEAR", "Correlations", "Course", "Price", "correlated_normals", "correlation_problem"]
