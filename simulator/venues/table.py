"""Venues by the name that a scenario gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..adapters import Venue
from ..kinds import VenueKind
from ..settings import VenueSettings
from .constant_product import ConstantProduct

__all__ = ["VENUES"]

VENUES: Mapping[VenueKind, Callable[[str, str, str, VenueSettings], Venue]] = {"constant_product": ConstantProduct}
