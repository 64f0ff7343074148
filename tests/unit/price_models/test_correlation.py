from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import BRIDGE, GARCH, GBM, JUMPS, MODELS, named, path, prices, returns

LONG = {"chain.blocks": 5_000}
THREE = {"WETH": {"WBTC": 0.8, "LINK": 0.6}, "LINK": {"WBTC": 0.5}}


def correlation(made: Any, one: str, other: str) -> float:
    return float(np.corrcoef(returns(made, one), returns(made, other))[0, 1])


def three(correlations: dict[str, dict[str, float]], price: dict[str, Any] = GBM, **changes: Any) -> Any:
    return prices(price, {**LONG, "outside.correlations": correlations, **changes}, WBTC=price, LINK=price)


@pytest.mark.parametrize("price", [GBM, {**JUMPS, "jumps_a_year": 0}], ids=named)
def test_paths_have_the_correlations_that_are_stated(price: dict[str, Any]) -> None:
    made = three(THREE, price)
    assert correlation(made, "WETH", "WBTC") == pytest.approx(0.8, abs=0.03)
    assert correlation(made, "WETH", "LINK") == pytest.approx(0.6, abs=0.03)
    assert correlation(made, "WBTC", "LINK") == pytest.approx(0.5, abs=0.03)
    assert np.std(returns(made, "LINK")) == pytest.approx(np.std(returns(made)), rel=0.05)


def test_pairs_that_are_not_stated_are_independent() -> None:
    made = three({"WETH": {"LINK": -0.7}})
    assert correlation(made, "WETH", "LINK") == pytest.approx(-0.7, abs=0.03)
    assert correlation(made, "WETH", "WBTC") == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("price", [{**GARCH, "alpha": 0, "beta": 0, "degrees_of_freedom": 500}, BRIDGE], ids=named)
def test_models_of_different_kinds_are_correlated(price: dict[str, Any]) -> None:
    made = prices(GBM, {**LONG, "outside.correlations": {"WETH": {"WBTC": 0.8}}}, WBTC=price)
    assert np.corrcoef(returns(made)[25:], returns(made, "WBTC")[25:])[0, 1] == pytest.approx(0.8, abs=0.03)


def test_either_order_says_the_same() -> None:
    assert path(three({"WETH": {"WBTC": 0.8}}), "WBTC") == path(three({"WBTC": {"WETH": 0.8}}), "WBTC")
    assert path(three({"WETH": {"WBTC": 0.8}, "WBTC": {"WETH": 0.8}})) == path(three({"WBTC": {"WETH": 0.8}}))


def test_the_first_asset_and_those_before_keep_their_paths() -> None:
    alone = prices(GBM, {**LONG, "outside.correlations": {"WETH": {"WBTC": 0.8}}}, WBTC=GBM)
    joined = three(THREE)
    assert path(joined) == path(prices(GBM, LONG))
    assert path(joined, "WBTC") == path(alone, "WBTC") != path(prices(GBM, LONG, WBTC=GBM), "WBTC")


@pytest.mark.parametrize("price", MODELS, ids=named)
def test_another_model_for_one_asset_leaves_those_correlated_with_it(price: dict[str, Any]) -> None:
    chain = {"chain.blocks": 300, "outside.correlations": {"WETH": {"WBTC": 0.8}}}
    assert path(prices(price, chain, WBTC=GBM), "WBTC") == path(prices(GBM, chain, WBTC=GBM), "WBTC")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_correlation_of_one_is_the_same_draw(sign: int) -> None:
    made = three({"WETH": {"WBTC": sign}, "WBTC": {"LINK": sign}, "LINK": {"WETH": 1}})
    still = -(0.6**2) / 2 * 12 / (365 * 86_400)  # the convexity of each
    assert returns(made, "WBTC") - still == pytest.approx(sign * (returns(made) - still), abs=1e-9)
    assert path(made, "LINK") == pytest.approx(path(made), rel=1e-9)


@pytest.mark.parametrize(
    ("correlations", "told"),
    [
        ({"WETH": {"WBTC": 1.01}}, "outside.correlations.WETH.WBTC = 1.01: .*less than or equal to 1"),
        ({"WETH": {"WBTC": float("nan")}}, "outside.correlations.WETH.WBTC"),
        ({"WETH": {"WETH": 1}}, "correlations: WETH with itself is 1; take it out"),
        ({"WETH": {"WBTC": 0.5}, "WBTC": {"WETH": 0.4}}, "WETH with WBTC is stated twice, as 0.5 and 0.4; keep one"),
        ({"WETH": {"DOGE": 0.5}}, "outside.correlations: DOGE is not among assets .*; give the asset a price"),
        (
            {"WETH": {"WBTC": 0.9, "LINK": 0.9}, "WBTC": {"LINK": -0.9}},
            r"matrix of WETH, WBTC, LINK is not positive semi-definite \(lowest eigenvalue -0.800\); bring them nearer",
        ),
    ],
)
def test_correlations_that_cannot_be_are_refused(correlations: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        three(correlations)
