"""What every model of a scenario is made of: the kinds of value that a reviewer writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .units import Duration, Fraction, Money

__all__ = [
    "Amount",
    "Below1",
    "Blocks",
    "CsvName",
    "Model",
    "Name",
    "Positive",
    "Share",
    "Step",
    "Time",
    "Wait",
    "kind_or",
]

Blocks = Annotated[int, Field(ge=1)]
Step = Annotated[int, Field(ge=0, description="block of the run, counted from 0")]
Share = Annotated[Fraction, Field(ge=0, le=1)]
Below1 = Annotated[Fraction, Field(ge=0, lt=1)]
Positive = Annotated[Money, Field(gt=0)]
Amount = Annotated[Money, Field(ge=0)]
Time = Annotated[datetime, AfterValidator(lambda time: time if time.tzinfo else time.replace(tzinfo=UTC))]
CsvName = Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.csv$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]
Wait = Annotated[Duration, Field(gt=0)]


class Model(BaseModel):
    """Immutable, and without room for a misspelt key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def kind_or(default: str) -> Callable[[Any], Any]:
    """Reader of a setting of several kinds that takes it for `default` when it names none."""

    def read(value: Any) -> Any:
        return {"kind": default, **value} if isinstance(value, dict) else value

    return read
