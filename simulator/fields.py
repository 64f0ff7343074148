"""What every model of a scenario is made of: the kinds of value that a reviewer writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

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
    "Reference",
    "Share",
    "Step",
    "Time",
    "Wait",
    "kind_or",
]


def _whole(seconds: Decimal) -> Decimal:
    if seconds % 1:
        raise ValueError(f"{seconds} seconds are not whole, and contracts count whole ones; round it")
    return seconds


Blocks = Annotated[int, Field(ge=1)]
Step = Annotated[int, Field(ge=0, description="block of the run, counted from 0")]
Share = Annotated[Fraction, Field(ge=0, le=1)]
Below1 = Annotated[Fraction, Field(ge=0, lt=1)]
Positive = Annotated[Money, Field(gt=0)]
Amount = Annotated[Money, Field(ge=0)]
Time = Annotated[datetime, AfterValidator(lambda time: time if time.tzinfo else time.replace(tzinfo=UTC))]
CsvName = Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.csv$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]
Wait = Annotated[Duration, Field(gt=0), AfterValidator(_whole)]


class Reference(NamedTuple):
    """A setting that names something else of the scenario.

    Attributes
    ----------
    setting : which one
    kind : "assets", "feeds", "venues", "pools", "protocols" or "liquidators"; pools: venues of the kind
        constant_product, whose contract something of ours reads or calls
    name : what it names
    of : feeds: the asset; venues: the asset that they trade; assets: the protocol that lists them

    In a part of a protocol, assets are the listed ones, feeds those of listed assets, and venues trade listed assets.
    """

    setting: str
    kind: str
    name: str
    of: str = ""


class Model(BaseModel):
    """Immutable, and without room for a misspelt key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def references(self) -> Iterable[Reference]:
        """Names that it refers to; its parts answer for themselves."""
        return ()


def kind_or(default: str) -> Callable[[Any], Any]:
    """Reader of a setting of several kinds that takes it for `default` when it names none."""

    def read(value: Any) -> Any:
        return {"kind": default, **value} if isinstance(value, dict) else value

    return read
