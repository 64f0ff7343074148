from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.contracts.stability import GAINS, ExactPool, Stability, check
from tests.contracts.world import MAX, WAD, World

USD, ETH = 10**6, 10**18
NAMES = ("A", "B", "C")
FIRST = 10**36
SETTINGS = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # not shrunk: an example costs half a second
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def pool(world: World) -> Stability:
    return Stability(world)


def position_of(pool: Stability) -> tuple[int, int, int]:
    product, scale, epoch = (pool.module.read(name) for name in ("product", "scale", "epoch"))
    return product, scale, epoch


def test_an_offset_is_shared_by_deposit(pool: Stability) -> None:
    pool.deposit("A", 200 * USD)
    pool.deposit("B", 100 * USD)
    assert pool.offset(90 * USD, 10 * ETH, Fraction(21, 2)) == (90 * USD, 9 * ETH)
    assert pool.holdings("A") == (140 * USD, 6 * ETH)
    assert pool.holdings("B") == (70 * USD, 3 * ETH)
    assert position_of(pool) == (7 * 10**35, 0, 0)
    assert pool.module.read("sum", pool.world.weth.address, 0, 0) == 9 * ETH * FIRST // (300 * USD)


def test_who_comes_later_pays_and_gains_from_then_on(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    assert pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2)) == (50 * USD, 5 * ETH)
    pool.deposit("B", 150 * USD)
    assert pool.holdings("A") == (50 * USD, 5 * ETH)
    assert pool.offset(100 * USD, 11 * ETH, Fraction(21, 2)) == (100 * USD, 10 * ETH)
    assert pool.holdings("A") == (25 * USD, 75 * ETH // 10)
    assert pool.holdings("B") == (75 * USD, 75 * ETH // 10)
    assert pool.withdraw("A") == 25 * USD
    pool.deposit("C", 75 * USD)
    assert pool.offset(75 * USD, 66 * ETH // 10, Fraction(105, 8)) == (75 * USD, 6 * ETH)
    assert pool.holdings("A") == (0, 75 * ETH // 10)
    assert pool.holdings("B") == (37_500_000, 105 * ETH // 10)
    assert pool.holdings("C") == (37_500_000, 3 * ETH)
    assert [pool.claim(name) for name in NAMES] == [75 * ETH // 10, 105 * ETH // 10, 3 * ETH]
    assert pool.world.balance("WETH", pool.module) == 0


def test_gains_in_two_collaterals_are_kept_apart(pool: Stability) -> None:
    pool.deposit("A", 30_000 * USD)
    pool.deposit("B", 10_000 * USD)
    assert pool.offset(2_000 * USD, 2 * ETH, 1_150) == (2_000 * USD, 2_000 * 105 * ETH // 115_000)
    assert pool.offset(20_000 * USD, 10**8, 26_000, "WBTC") == (20_000 * USD, 22_000 * 10**8 // 26_000)
    for name, share in (("A", 3), ("B", 1)):
        assert pool.pending(name, "WETH") == share * (2_000 * 105 * ETH // 115_000) // 4
        assert pool.pending(name, "WBTC") == share * (22_000 * 10**8 // 26_000) // 4
        assert pool.compounded(name) == share * 18_000 * USD // 4


def test_using_up_all_deposits_begins_a_new_epoch_and_keeps_the_gains(pool: Stability) -> None:
    pool.deposit("A", 60 * USD)
    pool.deposit("B", 30 * USD)
    pool.offset(90 * USD, 10 * ETH, Fraction(21, 2))
    assert position_of(pool) == (FIRST, 0, 1)
    assert pool.holdings("A") == (0, 6 * ETH)
    pool.deposit("B", 50 * USD)
    pool.deposit("C", 50 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    assert pool.holdings("A") == (0, 6 * ETH)
    assert pool.holdings("B") == (25 * USD, 3 * ETH + 25 * ETH // 10)
    assert pool.holdings("C") == (25 * USD, 25 * ETH // 10)
    assert (pool.withdraw("A"), pool.claim("A")) == (0, 6 * ETH)


@pytest.mark.parametrize(
    ("deposit", "left", "product", "scale"),
    [
        (10**9, 1, 10**27, 0),
        (10**9 + 1, 1, 10**45 // (10**9 + 1), 1),
        (10**18, 1, 10**27, 1),
        (10**24, 3, 3 * 10**30, 2),
        (10**27, 1, 10**27, 2),
    ],
)
def test_a_product_that_gets_too_small_is_scaled_up(
    pool: Stability, deposit: int, left: int, product: int, scale: int
) -> None:
    pool.deposit("A", deposit)
    exact = ExactPool()
    exact.deposit("A", deposit)
    collateral = (deposit - left) * 10**12 // 1_000 + 1
    exact.offset(*pool.offset(deposit - left, collateral, 1_100), "WETH")
    assert position_of(pool) == (product, scale, 0)
    check(pool, exact)
    pool.deposit("B", 10**12)
    exact.deposit("B", 10**12)
    exact.offset(*pool.offset(10**11, 10**20, 1_100), "WETH")
    check(pool, exact)


def test_deposits_over_many_scales_are_gone_and_their_gains_are_not(pool: Stability) -> None:
    exact = ExactPool()
    pool.deposit("A", 10**12)
    exact.deposit("A", 10**12)
    for name in "BCDEFG":
        total = pool.module.read("totalDeposits")
        pool.deposit(name, 10**12)
        exact.deposit(name, 10**12)
        exact.offset(*pool.offset(total + 10**12 - 1, 2 * 10**21, 600), "WETH")
        check(pool, exact)
    assert position_of(pool)[1] > 5  # more scales than are followed


def test_many_small_offsets_drift_by_less_than_a_unit(pool: Stability) -> None:
    exact = ExactPool()
    for name, assets in (("A", 10**12 + 7), ("B", 333_333_333), ("C", 1)):
        pool.deposit(name, assets)
        exact.deposit(name, assets)
    for size in range(12):
        debt = 1_234_567 + size * 77_777_777
        exact.offset(*pool.offset(debt, debt * 10**12 // 1_000, 1_100), "WETH")
    check(pool, exact)


def test_what_is_given_to_the_module_belongs_to_nobody(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.world.give("USDC", pool.module, 50 * USD)
    pool.world.give("WETH", pool.module, ETH)
    assert pool.module.read("totalDeposits") == 100 * USD
    assert pool.holdings("A") == (100 * USD, 0)


def offset_within(pool: Stability, exact: ExactPool, size: int, symbol: str, done: Counter[str]) -> None:
    """Offset a part of the deposits: size 0 is one unit, 1,000 all but one, 1,001 all and 1,002 more than all."""
    total = pool.module.read("totalDeposits")
    debts = {0: 1, 1_000: total - 1, 1_001: total, 1_002: total * 2}
    debt = debts.get(size, total * size // 1_000)
    if total == 0 or debt == 0:
        return
    price, unit, crash = {"WETH": (2_000, 10**18, 1_100), "WBTC": (30_000, 10**8, 20_000)}[symbol]
    collateral = debt * unit * 10 // (price * 7 * USD) + 1
    before = pool.module.read("scale"), pool.module.read("epoch")
    if debt * unit < price * USD * 10:  # less than ten units of collateral
        return
    done["offset"] += 1
    exact.offset(*pool.offset(debt, collateral, crash, symbol), symbol)
    done["scale"] += pool.module.read("scale") > before[0]
    done["epoch"] += pool.module.read("epoch") > before[1]


STEPS = st.tuples(
    st.sampled_from(["deposit", "deposit", "withdraw", "claim", "offset", "offset", "offset"]),
    st.sampled_from(NAMES),
    st.sampled_from(GAINS),
    st.integers(0, 1_000) | st.sampled_from([0, 1_000, 1_001, 1_002]),
)


def test_any_sequence_follows_the_exact_pool(world: World) -> None:
    done: Counter[str] = Counter()

    @SETTINGS
    @given(steps=st.lists(STEPS, min_size=8, max_size=14), whale=st.sampled_from([10**9, 10**13, 10**19]))
    def sequences(steps: list[tuple[str, str, str, int]], whale: int) -> None:
        with world.chain.anchor():
            pool, exact = Stability(world, gas_compensation=WAD // 200), ExactPool()
            for name, assets in zip(NAMES, (whale, 10**9 + 1, 777_777), strict=True):
                pool.deposit(name, assets)
                exact.deposit(name, assets)
            for verb, name, symbol, size in steps:
                if verb == "deposit":
                    pool.deposit(name, 1 + whale * size // 1_000)
                    exact.deposit(name, 1 + whale * size // 1_000)
                elif verb == "withdraw":
                    assets = MAX if size >= 1_000 else 1 + pool.compounded(name) * size // 1_000
                    exact.withdraw(name, pool.withdraw(name, assets))
                elif verb == "claim":
                    exact.claim(name, symbol, pool.claim(name, symbol))
                else:
                    offset_within(pool, exact, size, symbol, done)
                check(pool, exact)

    sequences()
    assert min(done["offset"], done["scale"], done["epoch"]) > 2, done
