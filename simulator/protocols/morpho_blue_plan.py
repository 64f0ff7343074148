"""Plans a Morpho Blue market: contracts, the market itself, lenders' money, positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..chain.signing import account
from ..opening_book import OpeningPosition
from ..set_up import SetUp
from ..settings import ProtocolSettings
from ..units import wad

__all__ = ["MORPHO", "Params", "Plan", "create", "lend", "open_positions"]

MORPHO = "morpho_blue/Morpho"
SUPPLY_GAS, BORROW_GAS = 150_000, 250_000


class Params(NamedTuple):
    """The parameters that a market is."""

    loan: str
    collateral: str
    oracle: str
    rates: str
    lltv: int


class Plan(NamedTuple):
    """Addresses of one deployed market."""

    morpho: str
    lens: str
    params: Params


def create(
    set_up: SetUp,
    settings: ProtocolSettings,
    pair: tuple[str, str],
    tokens: Mapping[str, str],
    feeds: Mapping[str, str],
) -> Plan:
    """Deploy Morpho and what its market needs, and create the market; `pair` is loan and collateral."""
    loan, collateral = pair
    owner, rates = set_up.deployer, settings.assets[loan].interest
    morpho = set_up.deploy(MORPHO, owner.address)
    numbers = (rates.base, rates.kink, rates.slope_below, rates.slope_above)
    model = set_up.deploy("KinkedRateModel", *(wad(number) for number in numbers))
    irm = set_up.deploy("MorphoRateModel", model)
    oracle = set_up.deploy("MorphoOracle", tokens[collateral], tokens[loan], feeds[collateral], feeds[loan])
    params = Params(
        tokens[loan], tokens[collateral], oracle, irm, wad(settings.assets[collateral].liquidation_threshold)
    )
    set_up.send(owner, morpho, MORPHO, "enableIrm", irm)
    set_up.send(owner, morpho, MORPHO, "enableLltv", params.lltv)
    set_up.send(owner, morpho, MORPHO, "createMarket", params)
    fee = wad(settings.assets[loan].reserve_factor)
    if fee:
        set_up.send(owner, morpho, MORPHO, "setFeeRecipient", account("treasury").address)
        set_up.send(owner, morpho, MORPHO, "setFee", params, fee)
    return Plan(morpho, set_up.once("MorphoLens"), params)


def lend(set_up: SetUp, name: str, plan: Plan, amount: int) -> None:
    """Let the lender put in `amount` of the loan token."""
    lender = account(f"lender/{name}")
    if amount:
        set_up.mint(plan.params.loan, lender.address, amount)
        set_up.approve(lender, plan.params.loan, plan.morpho)
        set_up.send(lender, plan.morpho, MORPHO, "supply", plan.params, amount, 0, lender.address, b"")


def open_positions(set_up: SetUp, name: str, plan: Plan, positions: Sequence[OpeningPosition]) -> None:
    """Put in each account's collateral on its behalf, and let it borrow."""
    depositor, params = account(f"depositor/{name}"), plan.params
    held = [sum(one.collateral.values()) for one in positions]
    set_up.mint(params.collateral, depositor.address, sum(held))
    set_up.approve(depositor, params.collateral, plan.morpho)
    for position, amount in zip(positions, held, strict=True):
        if amount:
            put = (params, amount, account(position.name).address, b"")
            set_up.send(depositor, plan.morpho, MORPHO, "supplyCollateral", *put, gas=SUPPLY_GAS)
    for position in positions:
        owner, owed = account(position.name), sum(position.debt.values())
        if owed:
            taken = (params, owed, 0, owner.address, owner.address)
            set_up.send(owner, plan.morpho, MORPHO, "borrow", *taken, gas=BORROW_GAS)
