from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from simulator.venues.constant_product import Reserves
from simulator.venues.split import Divided, Part
from tests.contracts.sellers import Selling
from tests.contracts.venues import Venues, settings
from tests.contracts.world import ZERO, reverts

LATE = 2**60


def split(**parts: Any) -> Selling:
    """A split over one venue of each of the kinds given."""
    wanted = {kind: settings(kind, **more) for kind, more in parts.items()}
    return Selling(Venues({**wanted, "all": settings("split", over=list(wanted))}), "all")


@pytest.fixture
def seller() -> Selling:
    return split(constant_product={"fee": "0.05%"}, uniswap_v2={}, uniswap_v3={"fee": "1%"})


def divide(seller: Selling, sells: bool, amount: int) -> list[int]:
    token = seller.base_token if sells else seller.quote_token
    return list(seller.venues.ask("SplitSeller", seller.address, "divide", token, amount))


def twin(seller: Selling) -> Divided:
    found = seller.venue.reserves
    assert isinstance(found, Divided)
    return found


def marginal(part: Part, sells: bool, amount: int) -> float:
    """What the next unit brings once `amount` is sold, fee included, for what it brought before without."""
    inside, _, fee = part.depth(sells)
    after, outside, _ = part.after(sells, amount).depth(sells)  # type: ignore[attr-defined]
    return float(Fraction(outside * inside * (10**6 - fee), after * part.depth(sells)[1] * 10**6))


@pytest.mark.parametrize("sells", [True, False])
@pytest.mark.parametrize("amount", [1, 7, 10**15, 10**18, 10**19])
def test_the_division_is_the_twin_s_and_loses_nothing(seller: Selling, sells: bool, amount: int) -> None:
    amount = amount if sells else max(1, amount // 10**9)
    found = divide(seller, sells, amount)
    assert found == twin(seller).divide(sells, amount)
    assert sum(found) == amount


@pytest.mark.parametrize("sells", [True, False])
def test_the_next_unit_brings_the_same_at_each_venue(seller: Selling, sells: bool) -> None:
    amount = 8 * 10**18 if sells else 20_000 * 10**6
    amounts = divide(seller, sells, amount)
    assert all(amounts)
    reached = [marginal(part, sells, one) for part, one in zip(twin(seller).parts, amounts, strict=True)]
    assert reached == pytest.approx([reached[0]] * 3, rel=1e-4)


def test_a_venue_whose_first_unit_pays_less_than_the_others_last_gets_nothing(seller: Selling) -> None:
    small = divide(seller, True, 10**17)
    assert small == [10**17, 0, 0]
    larger = divide(seller, True, 10**18)
    assert larger[0] > larger[1] > 0 == larger[2]


@pytest.mark.parametrize("sells", [True, False])
def test_it_brings_more_than_any_one_venue(seller: Selling, sells: bool) -> None:
    amount = 10**19 if sells else 25_000 * 10**6
    alone = [part.quote_exact_input(sells, amount) for part in twin(seller).parts]
    assert seller.sell(sells, amount) == seller.last_quote > max(alone)
    assert seller.left() == (0, 0)


def test_two_halves_of_a_pool_are_as_good_as_the_whole() -> None:
    whole = Reserves(800 * 10**18, 2 * 10**12, 3_000)
    seller = split(constant_product={}, uniswap_v2={})
    assert divide(seller, True, 10**19) == [5 * 10**18] * 2
    assert seller.sell(True, 10**19) == pytest.approx(whole.quote_exact_input(True, 10**19), abs=1)


def test_only_its_own_address_is_its_pool(seller: Selling) -> None:
    with reverts("NotThisSplit", seller.puppet):
        seller.sell_tokens(seller.base_token, seller.quote_token, 10**18, pool=seller.puppet)


def test_a_token_that_nobody_trades_is_refused_by_the_venue(seller: Selling) -> None:
    with reverts("WrongPool"):
        seller.sell_tokens(seller.stranger, seller.quote_token, 10**18)


def test_a_split_over_nothing_is_refused(seller: Selling) -> None:
    venues = seller.venues
    before = len(venues.set_up.transactions)
    venues.set_up.deploy("SplitSeller", [])
    with reverts("NoParts"):
        venues.run(venues.set_up.transactions[before:])


def test_venues_without_liquidity_are_passed_over_and_none_is_an_error(seller: Selling) -> None:
    venues = seller.venues
    pool = venues.venues["uniswap_v3"]
    venues.remove("uniswap_v3", pool.liquidity(venues.provider.address, venues.read))
    amounts = divide(seller, True, 10**20)
    assert amounts == twin(seller).divide(True, 10**20)
    assert amounts[2] == 0 < amounts[1]
    nothing = Divided((Reserves(0, 0, 3_000),))
    assert nothing.divide(True, 10**18) == [0]
    assert nothing.quote_exact_input(True, 10**18) == 0


def test_a_trader_is_protected_by_minimum_and_deadline(seller: Selling) -> None:
    venues = seller.venues
    expected = seller.quote(True, 10**18)
    call = seller.venue.swap_call(venues.base, 10**18, expected + 1, venues.trader.address, LATE)
    with reverts("OutputBelowMinimum", expected, expected + 1):
        venues.send(venues.trader, call)
    late = venues.chain.head.timestamp
    with reverts("Expired", late):
        venues.send(venues.trader, seller.venue.swap_call(venues.base, 10**18, 0, venues.trader.address, late))
    assert venues.ask("SplitSeller", seller.address, "parts")[0][1] == venues.venues["constant_product"].address
    assert ZERO not in venues.ask("SplitSeller", seller.address, "parts")[0]
