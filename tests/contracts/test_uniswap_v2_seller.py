from __future__ import annotations

import pytest

from tests.contracts.sellers import Selling, selling
from tests.contracts.world import reverts


@pytest.fixture(params=[True, False], ids=["base_first", "quote_first"])
def seller(request: pytest.FixtureRequest) -> Selling:
    return selling("uniswap_v2", base_first=request.param)


@pytest.mark.parametrize("sells", [True, False])
def test_the_recipient_gets_what_the_pair_quotes(seller: Selling, sells: bool) -> None:
    amount = 10**18 if sells else 2_500 * 10**6
    expected = seller.quote(sells, amount)
    assert seller.sell(sells, amount) == expected
    assert seller.left() == (0, 0)


def test_depth_is_the_reserves_and_the_fee(seller: Selling) -> None:
    reserves = seller.venue.reserves
    assert seller.depth(True) == reserves.depth(True) == (400 * 10**18, 10**12, 3_000)
    assert seller.depth(False) == reserves.depth(False) == (10**12, 400 * 10**18, 3_000)


def test_a_token_that_the_pair_does_not_trade_is_refused(seller: Selling) -> None:
    for tokens in ((seller.stranger, seller.quote_token), (seller.base_token, seller.stranger)):
        with reverts("WrongPool", seller.venue.address, *tokens):
            seller.sell_tokens(*tokens, 1)
    with reverts("WrongPool", seller.venue.address, seller.base_token, seller.base_token):
        seller.sell_tokens(seller.base_token, seller.base_token, 1)
