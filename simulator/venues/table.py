"""Venues by the name that a scenario gives."""

from __future__ import annotations

from .constant_product import ConstantProduct

__all__ = ["VENUES"]

VENUES = {"constant_product": ConstantProduct}
