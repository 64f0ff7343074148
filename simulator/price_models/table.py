"""Price models by the name that a scenario gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .bootstrap import Bootstrap
from .bridge import Bridge
from .candles import Candles
from .constant import ConstantPrice
from .gbm import GeometricBrownian
from .jump_diffusion import JumpDiffusion
from .replay import Replay
from .student_t_garch import StudentTGarch

__all__ = ["Price"]

Price = Annotated[
    ConstantPrice | GeometricBrownian | StudentTGarch | JumpDiffusion | Bridge | Bootstrap | Candles | Replay,
    Field(discriminator="model"),
]
