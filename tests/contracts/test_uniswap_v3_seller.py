from __future__ import annotations

import pytest

from simulator.contracts import artifact
from tests.contracts.sellers import Selling, selling
from tests.contracts.world import reverts

BOUNDED = [{"width": "30%", "share": "100%"}]


@pytest.fixture(params=[True, False], ids=["base_first", "quote_first"])
def seller(request: pytest.FixtureRequest) -> Selling:
    return selling("uniswap_v3", base_first=request.param, ranges=BOUNDED)


@pytest.mark.parametrize("sells", [True, False])
def test_the_recipient_gets_what_the_pool_gives(seller: Selling, sells: bool) -> None:
    amount = 10**18 if sells else 2_500 * 10**6
    expected = seller.quote(sells, amount)
    assert seller.sell(sells, amount) == expected
    assert seller.left() == (0, 0)


@pytest.mark.parametrize("sells", [True, False])
def test_a_sale_larger_than_the_pool_is_refused_whole(seller: Selling, sells: bool) -> None:
    amount = 10**22 if sells else 10**14
    most = seller.venue.reserves.swap(sells, amount).paid
    with reverts("NotAllSold", amount, most):
        seller.sell(sells, amount)
    assert seller.sell(sells, most) == seller.last_quote


@pytest.mark.parametrize("sells", [True, False])
def test_depth_is_that_of_the_range_around_the_price(seller: Selling, sells: bool) -> None:
    inside, outside, fee = seller.depth(sells)
    assert (inside, outside, fee) == seller.venue.reserves.depth(sells)
    assert fee == 3_000
    # a small sale goes as at a constant-product pool so deep
    amount = inside // 10_000
    kept = amount * 997
    assert seller.quote(sells, amount) == pytest.approx(kept * outside / (inside * 1_000 + kept), rel=1e-9)


def test_a_token_that_the_pool_does_not_trade_is_refused(seller: Selling) -> None:
    for tokens in ((seller.stranger, seller.quote_token), (seller.base_token, seller.stranger)):
        with reverts("WrongPool", seller.venue.address, *tokens):
            seller.sell_tokens(*tokens, 1)


def test_nobody_else_may_ask_it_to_pay(seller: Selling) -> None:
    venues = seller.venues
    order = (1, 0, bytes(32))
    call = artifact("UniswapV3Seller").encode("uniswapV3SwapCallback", *order)
    with reverts("UnexpectedCallback", venues.trader.address):
        venues.send(venues.trader, (seller.address, call))
