from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.agent_settings import ArbitrageurSettings
from simulator.agents.arbitrageur import Arbitrageur
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import DEEP, ETHER, GAS_LIMIT, USDC, someone, view

RICH = {"WETH": {"0xtrader": 10_000 * ETHER}, "USDC": {"0xtrader": 20_000_000 * USDC}}


def trader(impact: float = 0.0, **changes: Any) -> Arbitrageur:
    fields = {
        "name": "pair",
        "venue": "pair",
        "capital": "$50M",
        "fee": {"kind": "percentile", "percentile": "50%", "maximum": "5000 gwei"},
        "latency": 0,
        "minimum_profit": "$20",
        **changes,
    }
    return Arbitrageur(ArbitrageurSettings.model_validate(fields), someone("trader"), "WETH", "USDC", impact)


def act(price: float, agent: Arbitrageur | None = None, now: MarketView | None = None) -> list[Transaction]:
    outside = {"WETH": round(price * 10**8), "USDC": 10**8}
    return (agent or trader()).act(now or view(balances=RICH), outside, np.random.default_rng(0))


def swap(sent: list[Transaction]) -> tuple[str, int, int]:
    (one,) = sent
    assert (one.kind, one.to, one.agent, one.sender.name) == ("arbitrage", "0xrouter", "arbitrageur/pair", "trader")
    token, amount, minimum, recipient, deadline = one.data.decode().split()
    assert (recipient, deadline) == ("0xtrader", "60")
    return token, int(amount), int(minimum)


@pytest.mark.parametrize(
    ("price", "sells"),
    [
        (1_200, "0xweth"),  # the pool pays $2000: sell to it
        (1_980, "0xweth"),
        (1_994, None),  # the fee of 0.3 %
        (2_000, None),
        (2_006, None),
        (2_020, "0xusdc"),  # the pool asks $2000: buy from it
        (3_000, "0xusdc"),
    ],
)
def test_it_trades_toward_the_outside_price_and_not_within_the_fee(price: float, sells: str | None) -> None:
    sent = act(price)
    assert (swap(sent)[0] if sent else None) == sells


@pytest.mark.parametrize("price", [1_900, 2_100])
def test_with_nothing_in_its_way_it_closes_the_whole_gap(price: int) -> None:
    token, amount, minimum = swap(act(price))
    sells = token == "0xweth"
    assert amount == pytest.approx(DEEP.input_to_price(sells, price * USDC, ETHER), rel=1e-12)
    assert minimum == DEEP.quote_exact_input(sells, amount) * 995 // 1_000


def test_a_shallow_market_outside_makes_it_trade_less() -> None:
    _, whole, _ = swap(act(1_900))
    _, less, _ = swap(act(1_900, trader(impact=0.0202 / 2_000_000)))
    assert 0 < less < whole


@pytest.mark.parametrize(("price", "token", "held"), [(1_900, "WETH", 3 * ETHER), (2_100, "USDC", 5_000 * USDC)])
def test_it_trades_no_more_than_it_holds(price: int, token: str, held: int) -> None:
    now = view(balances={**RICH, token: {"0xtrader": held}}, base_fee=0)
    assert swap(act(price, now=now))[1] == held


def test_without_the_token_it_does_nothing() -> None:
    assert act(1_900, now=view(balances={**RICH, "WETH": {}})) == []


@pytest.mark.parametrize(
    ("base_fee", "minimum", "acts"), [(20, "$20", True), (20, "$1M", False), (500_000, "$0", False)]
)
def test_it_does_not_trade_for_less_than_gas_and_its_least_profit(base_fee: int, minimum: str, acts: bool) -> None:
    agent = trader(minimum_profit=minimum, fee={"kind": "percentile", "percentile": "0%", "maximum": "9000000 gwei"})
    assert bool(act(1_980, agent, view(balances=RICH, base_fee=base_fee * GWEI))) is acts


def test_one_trade_waits_at_a_time_and_is_bid_up_with_the_market() -> None:
    agent = trader()
    (first,) = act(1_900, agent)
    assert act(1_800, agent, view(balances=RICH, waiting=[first])) == []
    crowd = FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)
    (higher,) = act(1_800, agent, view(balances=RICH, waiting=[first], fees=crowd))
    assert (higher.nonce, higher.data, higher.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)
