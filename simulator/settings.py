"""The frozen models that a scenario file is read into; every field is what a reviewer edits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .agent_settings import MarketFee
from .book_settings import CsvBook
from .fields import Amount, Below1, Blocks, Model, Name, Positive, Reference, Share, Time
from .kinds import ProtocolKind
from .mechanisms import Feed, FundSettings, Guard, LiquidationRules, Margins, Oracle, StaticMargins
from .mechanisms.liquidations.stability_pool import StabilityPool
from .price_models import Price, correlation_problem
from .units import Duration, Fraction, Gwei
from .venue_settings import VenueSettings

__all__ = [
    "AssetSettings",
    "ChainSettings",
    "CsvBook",
    "FeedSettings",
    "OutsideSettings",
    "ProtocolSettings",
    "SyntheticBook",
    "VenueSettings",
]


class ChainSettings(Model):
    """The chain: how many blocks of what size, and when."""

    blocks: Blocks
    block_time: Annotated[Duration, Field(ge=1)]
    gas_limit: Annotated[int, Field(ge=1_000_000)]
    base_fee: Annotated[Gwei, Field(ge=0)]  # of the first block; zero: a first-price auction, it stays zero
    start: Time
    native: Name  # the asset whose price converts gas to dollars
    expiry: Blocks = 50  # blocks after which a waiting transaction is forgotten

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("native", "assets", self.native)


class FeedSettings(Model):
    """How an asset's price gets on chain."""

    heartbeat: Annotated[Duration, Field(gt=0)]
    deviation_threshold: Annotated[Fraction, Field(gt=0, lt=1)]
    delay: Annotated[Duration, Field(ge=0)] = Decimal(0)
    fee: MarketFee


Correlation = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class AssetSettings(Model):
    """A token, its price outside, and the feeds that report it; `feeds` are further ones, by name.

    Assets with the same `underlying` follow one price, as a staked token follows what was staked; none: its own.
    """

    decimals: Annotated[int, Field(ge=0, le=18)]
    price: Price
    feed: FeedSettings
    feeds: dict[Name, FeedSettings] = Field(default_factory=dict)
    underlying: Name | None = None


class OutsideSettings(Model):
    """The outside market: `depth` is the sale that moves a price by 2 %.

    `correlations` are those of the normal draws behind the price models, by two assets, in either order.
    """

    depth: Positive | Literal["infinite"]
    recovery_half_life: Annotated[Duration, Field(gt=0)]
    correlations: dict[Name, dict[Name, Correlation]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        problem = correlation_problem(self.correlations)
        if problem:
            raise ValueError(f"correlations: {problem}")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for one, others in self.correlations.items():
            yield from (Reference("correlations", "assets", name) for name in (one, *others))


class InterestSettings(Model):
    """Kinked rate model; rates a year."""

    base: Annotated[Fraction, Field(ge=0)]
    kink: Annotated[Fraction, Field(gt=0, lt=1)]
    slope_below: Annotated[Fraction, Field(ge=0)]
    slope_above: Annotated[Fraction, Field(ge=0)]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.base + self.slope_below + self.slope_above > 1_000:
            raise ValueError("base, slope_below and slope_above are more than 100000 % a year together; lower one")
        return self


class ListedAsset(Model):
    """What a lending pool sets for an asset; `supplied` is what lenders put in."""

    supplied: Amount = Decimal(0)
    loan_to_value: Below1
    liquidation_threshold: Below1
    liquidation_bonus: Below1
    reserve_factor: Share
    supply_cap: Positive
    borrow_cap: Amount
    interest: InterestSettings

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.loan_to_value > self.liquidation_threshold:
            raise ValueError(
                f"loan_to_value {self.loan_to_value:%} is above liquidation_threshold "
                f"{self.liquidation_threshold:%}: a position could be opened that is at once liquidatable; lower it"
            )
        if self.supplied > self.supply_cap:
            raise ValueError(f"supplied ${self.supplied} is more than supply_cap ${self.supply_cap}; raise the cap")
        return self


class OpeningMargins(Model):
    """Margins of an asset while the book is opened."""

    loan_to_value: Below1
    liquidation_threshold: Below1

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.loan_to_value > self.liquidation_threshold:
            raise ValueError(f"loan_to_value {self.loan_to_value:%} is above liquidation_threshold; lower it")
        return self


class LoanToValue(Model):
    """A beta distribution over (0, maximum) with this mean and standard deviation."""

    mean: Annotated[Fraction, Field(gt=0, lt=1)]
    deviation: Annotated[Fraction, Field(gt=0, lt=1)]
    maximum: Annotated[Fraction, Field(gt=0, lt=1)]
    source: str

    @model_validator(mode="after")
    def _possible(self) -> Self:
        mean, spread = self.mean / self.maximum, self.deviation / self.maximum
        if not 0 < mean < 1 or spread**2 >= mean * (1 - mean):
            raise ValueError("no beta distribution has this mean and deviation under the maximum; lower the deviation")
        return self


class SyntheticBook(Model):
    """Positions drawn with the scenario's seed; sizes are log-normal with this sigma.

    Of every account's collateral the shares in `other_collateral` lie in other assets. With `only` the pool has the
    part of each account that this one collateral backs, and its share of the debt; `drawn_as` repeats the draw of
    another name, so that several pools can hold the parts of one book.
    """

    kind: Literal["synthetic"] = "synthetic"
    count: Annotated[int, Field(ge=1, le=100_000)]
    total_debt: Positive
    size_sigma: Annotated[float, Field(ge=0, le=3)]
    minimum_debt: Amount
    collateral: Name
    other_collateral: dict[Name, Below1] = Field(default_factory=dict)
    debt: Name
    only: Name | None = None
    drawn_as: Name | None = None
    loan_to_value: LoanToValue

    @model_validator(mode="after")
    def _divided(self) -> Self:
        others = sum(self.other_collateral.values())
        if others >= 1 or self.collateral in self.other_collateral:
            raise ValueError(f"other_collateral {others:%} must leave something for {self.collateral}; lower it")
        if self.only is not None and self.only not in self.shares:
            raise ValueError(
                f"only {self.only} is no collateral of the book ({', '.join(self.shares)}); name one of them"
            )
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for collateral in self.held:
            yield Reference("collateral", "assets", collateral)
        yield Reference("debt", "assets", self.debt)

    @property
    def shares(self) -> dict[str, Decimal]:
        """Share of every account's collateral by asset."""
        return {self.collateral: 1 - sum(self.other_collateral.values(), Decimal(0)), **self.other_collateral}

    @property
    def held(self) -> dict[str, Decimal]:
        """The same, of what lies in this pool."""
        return self.shares if self.only is None else {self.only: self.shares[self.only]}


Book = Annotated[SyntheticBook | CsvBook, Field(discriminator="kind")]


class ProtocolSettings(Model):
    """One lending pool and the accounts in it.

    `opened_under` names margins that held when the book was opened; before the first block governance sets those of
    `assets` instead.
    """

    kind: ProtocolKind = "reference"
    maximum_price_age: Annotated[Duration, Field(gt=0)]
    flash_loan_fee: Annotated[Fraction, Field(ge=0, le=Decimal("0.05"))]
    assets: Annotated[dict[Name, ListedAsset], Field(max_length=32)]
    oracle: Oracle = Feed()
    margins: Margins = StaticMargins()
    liquidation: LiquidationRules
    guards: Annotated[tuple[Guard, ...], Field(max_length=8)] = ()
    fund: FundSettings | None = None
    positions: Book
    opened_under: dict[Name, OpeningMargins] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _covered(self) -> Self:
        for asset in self.opened_under:
            if asset not in self.assets:
                raise ValueError(f"opened_under.{asset} is not among its assets ({', '.join(self.assets)}); list it")
        if isinstance(self.liquidation, StabilityPool):
            count = len(set(self.collateral()) - {self.liquidation.debt})
            if not 1 <= count <= 8:
                raise ValueError(f"a stability pool takes 1 to 8 collaterals beside its debt, not {count}; list others")
        return self

    def opening(self, asset: str) -> ListedAsset:
        """What is set for an asset while the book is opened."""
        margins, listed = self.opened_under.get(asset), self.assets[asset]
        return listed.model_copy(update=dict(margins)) if margins else listed

    def collateral(self) -> tuple[str, ...]:
        """Names of the assets that cover debt."""
        return tuple(asset for asset, listed in self.assets.items() if listed.liquidation_threshold)

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for asset in self.assets:
            yield Reference("assets", "assets", asset)
