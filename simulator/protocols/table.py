"""Lending protocols by the name that a scenario gives."""

from __future__ import annotations

from .reference import ReferenceProtocol

__all__ = ["PROTOCOLS"]

PROTOCOLS = {"reference": ReferenceProtocol}
