"""Background demand and timed events: the frozen models of what happens to a market."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from .fields import Below1, Blocks, CsvName, Model, Name, Reference, Step
from .units import Fraction, Gwei

__all__ = [
    "Background",
    "Event",
    "GasSpike",
    "KeeperOutage",
    "LiquidityWithdrawal",
    "ListedMargins",
    "LogNormalFee",
    "OracleOutage",
    "ParameterChange",
    "PriceShock",
    "RecordedFee",
]


class LogNormalFee(Model):
    """Gas prices drawn from a log-normal distribution, given by its 30th and 90th percentile."""

    kind: Literal["log_normal"]
    p30: Annotated[Gwei, Field(gt=0)]
    p90: Annotated[Gwei, Field(gt=0)]


class RecordedFee(Model):
    """The same, hour by hour from the columns time_utc, gas_p30_gwei and gas_p90_gwei of a CSV."""

    kind: Literal["recorded"]
    csv: CsvName


class Background(Model):
    """Everybody else: gas asked for a block as a share of the gas limit, and what they pay.

    `senders` is how many they are; by default enough for everything that may wait at a time.
    """

    load: Annotated[Fraction, Field(ge=0, le=10)]
    transaction_gas: Annotated[int, Field(ge=21_000)]
    fee: Annotated[LogNormalFee | RecordedFee, Field(discriminator="kind")]
    priority_share: Annotated[Fraction, Field(ge=0, le=1)] = Decimal(1)  # of the fee cap offered as priority fee
    senders: Annotated[int, Field(ge=1, le=100_000)] | None = None


class PriceShock(Model):
    """The outside price changes by `change`, spread evenly (in logs) over `over` blocks."""

    kind: Literal["price_shock"]
    at: Step
    over: Blocks = 1
    asset: Name
    change: Annotated[Fraction, Field(gt=-1, lt=10)]
    source: str

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("asset", "assets", self.asset)


class GasSpike(Model):
    """Background demand and its fees times a factor."""

    kind: Literal["gas_spike"]
    at: Step
    blocks: Blocks
    load_factor: Annotated[float, Field(gt=0, le=100)] = 1.0
    fee_factor: Annotated[float, Field(gt=0, le=1000)] = 1.0


class OracleOutage(Model):
    """The reporter of an asset's feed is silent; of its main one, where none is named."""

    kind: Literal["oracle_outage"]
    at: Step
    blocks: Blocks
    asset: Name
    feed: Name | None = None

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("asset", "assets", self.asset)
        if self.feed:
            yield Reference("feed", "feeds", self.feed, self.asset)


class KeeperOutage(Model):
    """The named keepers send nothing."""

    kind: Literal["keeper_outage"]
    at: Step
    blocks: Blocks
    liquidators: tuple[Name, ...]

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for liquidator in self.liquidators:
            yield Reference("liquidators", "liquidators", liquidator)


class LiquidityWithdrawal(Model):
    """The liquidity provider redeems a share of a venue."""

    kind: Literal["liquidity_withdrawal"]
    at: Step
    venue: Name
    share: Annotated[Fraction, Field(gt=0, lt=1)]

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("venue", "venues", self.venue)


class ListedMargins(NamedTuple):
    """Margins of an asset as governance last set them."""

    loan_to_value: Decimal
    liquidation_threshold: Decimal
    liquidation_bonus: Decimal


class ParameterChange(Model):
    """Governance sets the margins of an asset; what is not named stays."""

    kind: Literal["parameter_change"]
    at: Step
    protocol: Name
    asset: Name
    loan_to_value: Below1 | None = None
    liquidation_threshold: Below1 | None = None
    liquidation_bonus: Below1 | None = None

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("protocol", "protocols", self.protocol)
        yield Reference("asset", "assets", self.asset, self.protocol)

    def replaced(self, margins: ListedMargins) -> ListedMargins:
        """Margins with what the event names put in."""
        named = {name: getattr(self, name) for name in ListedMargins._fields}
        return margins._replace(**{name: value for name, value in named.items() if value is not None})


Event = Annotated[
    PriceShock | GasSpike | OracleOutage | KeeperOutage | LiquidityWithdrawal | ParameterChange,
    Field(discriminator="kind"),
]
