"""Guards by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .circuit_breaker import CircuitBreaker
from .depth_speed_limit import DepthSpeedLimit

__all__ = ["Guard"]

Guard = Annotated[CircuitBreaker | DepthSpeedLimit, Field(discriminator="kind")]
