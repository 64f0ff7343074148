"""The file that says where a deployment is on somebody else's chain, and what was found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from .errors import ScenarioError
from .fields import Amount, Model, Name
from .opening_book import OpeningPosition
from .refusals import refusal
from .scenario import Scenario
from .scenario_file import mapping

__all__ = ["AaveMarket", "Deployment", "FoundProtocol", "FoundVenue", "load_deployment"]


def _quoted(given: object) -> object:
    if isinstance(given, int):
        raise ValueError("must be in quotes, or YAML takes it for a number")
    return given


def _address(text: str) -> str:
    if int(text, 16) == 0:
        raise ValueError("the zero address is nobody's; name the contract's")
    return text.lower()


Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$"), BeforeValidator(_quoted), AfterValidator(_address)]


class AaveMarket(Model):
    """An Aave v3 market; all but its directory is read from the chain.

    Nobody borrowed before `first_block`. Accounts that owe less than `minimum_debt` are left out.
    """

    kind: Literal["aave_v3", "aave_v3_6"]
    addresses_provider: Address
    first_block: Annotated[int, Field(ge=0)]
    minimum_debt: Amount = Decimal(0)


class FoundVenue(Model):
    """A venue that is there already."""

    address: Address


class Deployment(Model):
    """Contracts that a scenario runs against, under the scenario's names.

    `assets` are token addresses. Venues are there, or ``deploy``: the simulator puts its own on the fork.
    """

    name: Name
    notes: str = ""
    assets: dict[Name, Address]
    protocols: Annotated[dict[Name, AaveMarket], Field(min_length=1)]
    venues: dict[Name, FoundVenue | Literal["deploy"]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        tokens = list(self.assets.values())
        for name, token in self.assets.items():
            if tokens.count(token) > 1:
                raise ValueError(f"assets.{name}: {token} is named twice; keep one of them")
        return self

    def check(self, scenario: Scenario) -> None:
        """Refuse a scenario that needs what the file does not name.

        Raises
        ------
        ScenarioError : says which part
        """
        for asset in scenario.assets:
            if asset not in self.assets:
                raise ScenarioError(f"assets.{asset}", f"has no address in deployment {self.name}", "Add its token")
        for name, settings in scenario.protocols.items():
            if name not in self.protocols:
                rule = f"is not in deployment {self.name} ({', '.join(self.protocols)})"
                raise ScenarioError(f"protocols.{name}", rule, "Name it there as the scenario does")
            there = self.protocols[name].kind
            if there != settings.kind:
                remedy = f"Add --set protocol={there}"
                raise ScenarioError(f"protocols.{name}.kind = {settings.kind}", f"is {there} there", remedy)
        for name in scenario.venues:
            if name not in self.venues:
                remedy = f"Add its address, or venues: {{{name}: deploy}}"
                raise ScenarioError(f"venues.{name}", f"is not in deployment {self.name}", remedy)


@dataclass(frozen=True)
class FoundProtocol:
    """What is there, at the block of the fork.

    Attributes
    ----------
    contracts : addresses by what they are
    prices : of the protocol's assets, eight decimals
    decimals : of their tokens
    sources : contract that the oracle reads for each
    positions : who owes something, in the order in which they first borrowed; token units
    left_out : accounts by the reason
    """

    contracts: Mapping[str, str]
    prices: Mapping[str, int]
    decimals: Mapping[str, int]
    sources: Mapping[str, str]
    positions: tuple[OpeningPosition, ...]
    left_out: Mapping[str, int]


def load_deployment(path: Path) -> Deployment:
    """Read an address file.

    Raises
    ------
    ScenarioError : it cannot be read, or does not hold
    """
    raw = mapping(path)
    try:
        return Deployment.model_validate(raw)
    except ValidationError as error:
        raise refusal(raw, error, "deployment", f"Correct it in {path}", "fork") from error
