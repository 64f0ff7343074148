"""Terms of Aave v3's twins in exact integers: WETH of 18 decimals at $1,500 against USDC of 6 at $1; bonus 5 %."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.protocols.aave_v3_6_state import Book36, Reserve36
from simulator.protocols.aave_v3_6_terms import Liquidations36
from simulator.protocols.aave_v3_reserve import RAY, Reserve, percent_divided, percent_of, ray_product
from simulator.protocols.aave_v3_state import AaveBook
from simulator.protocols.aave_v3_terms import AaveLiquidations
from simulator.terms import Terms

WAD, DOLLAR = 10**18, 10**8
ETHER, USDC = 10**18, 10**6
NEVER = 2**256 - 1
WETH_COLLATERAL, BOTH_COLLATERAL = 0b0010, 0b1010


def configuration(threshold: int, decimals: int, fee: int = 1_000, paused: bool = False) -> int:
    """Bit map of an active asset with a bonus of 5 %."""
    parts = (threshold, threshold << 16, 10_500 << 32, decimals << 48, 1 << 56, paused << 60, fee << 152)
    return sum(parts)


def book(
    kind: type[AaveBook],
    accounts: list[tuple[int, tuple[int, int], tuple[int, int]]],
    price: int = 1_500 * DOLLAR,
    **changes: Any,
) -> AaveBook:
    """Accounts of (bit map, supplies, debts); indices are one."""
    reserve = Reserve36 if kind is Book36 else Reserve
    made = kind([f"0x{number}" for number in range(len(accounts))], ("WETH", "USDC"))
    weth = reserve("a0", "d0", 0, configuration(8_300, 18), True, price, RAY, RAY, RAY, 0, 0, 0, 0, 0)
    usdc = reserve("a1", "d1", 1, configuration(7_801, 6), True, DOLLAR, RAY, RAY, RAY, 0, 0, 0, 0, 0)
    made.states = (weth._replace(**changes), usdc)
    for number, (flags, supplied, owed) in enumerate(accounts):
        made.set_account(f"0x{number}", flags | 0b0100, supplied, owed)
    return made


def terms(found: AaveBook) -> Terms:
    kind = Liquidations36 if isinstance(found, Book36) else AaveLiquidations
    return kind().terms(found, 0, 1, 0)


def one(kind: type[AaveBook], held: int, owed: int, **changes: Any) -> AaveBook:
    return book(kind, [(WETH_COLLATERAL, (held, 0), (0, owed))], **changes)


def test_halves_round_up() -> None:
    assert ray_product(1, RAY // 2) == 1
    assert ray_product(1, RAY // 2 - 1) == 0
    assert [percent_of(value, 5_000) for value in (1, 2, 3)] == [1, 1, 2]
    assert percent_divided(1, 20_000) == 1


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_half_of_a_debt_may_be_repaid_above_the_lower_line(kind: type[AaveBook]) -> None:
    """$15,000 x 83 % against $12,500: health 0.996."""
    found = one(kind, 10 * ETHER, 12_500 * USDC)
    taken = percent_of(6_250 * ETHER // 1_500, 10_500)
    bonus = taken - percent_divided(taken, 10_500)
    fee = percent_of(bonus, 1_000)
    assert terms(found) == Terms(True, 996 * WAD // 1_000, 6_250 * USDC, taken - fee, fee)


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_all_of_it_at_the_lower_line_and_half_a_hair_above(kind: type[AaveBook]) -> None:
    """$15,000 x 83 % = $12,450 is 95 % of $13,105.263158."""
    assert terms(one(kind, 10 * ETHER, 13_105_263_158)).maximum_debt == 13_105_263_158
    assert terms(one(kind, 10 * ETHER, 13_105_263_157)).maximum_debt == 6_552_631_579 - (kind is Book36)


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_a_debt_below_one_unit_of_collateral_has_no_terms(kind: type[AaveBook]) -> None:
    """$14 against a hundredth of a token, $15: with the bonus still no whole unit."""
    found = one(kind, 1, 14 * USDC, configuration=configuration(8_300, 2))
    assert found.eligible()[0]
    assert terms(found) == Terms(False, found.position(0).health_factor, 0, 0, 0)


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_no_more_collateral_is_taken_than_there_is(kind: type[AaveBook]) -> None:
    found = terms(one(kind, 10 * ETHER, 14_900 * USDC))
    repaid = percent_divided(15_000 * USDC, 10_500) if kind is AaveBook else -(-15_000 * USDC * 10_000 // 10_500)
    assert found.maximum_debt == repaid
    assert found.collateral + found.protocol_collateral == 10 * ETHER


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_a_health_factor_of_one_is_safe_and_one_unit_of_debt_more_is_not(kind: type[AaveBook]) -> None:
    assert terms(one(kind, 10 * ETHER, 12_450 * USDC)) == Terms(False, WAD, 0, 0, 0)
    assert terms(one(kind, 10 * ETHER, 12_450 * USDC + 1)).eligible


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_a_paused_asset_is_not_liquidated(kind: type[AaveBook]) -> None:
    paused = configuration(8_300, 18, paused=True)
    assert not terms(one(kind, 10 * ETHER, 14_000 * USDC, configuration=paused)).eligible


@pytest.mark.parametrize("kind", [AaveBook, Book36])
def test_a_supply_that_is_no_collateral_covers_nothing(kind: type[AaveBook]) -> None:
    found = book(kind, [(0, (10 * ETHER, 0), (0, 100 * USDC)), (WETH_COLLATERAL, (ETHER, 0), (0, 0))])
    assert found.position(0).collateral_value == 0
    assert found.thresholds().tolist() == [[0.0, 0.0], [0.83, 0.0]]
    assert not found.eligible().any()
    assert found.shortfalls().tolist() == [100.0, 0.0]


def test_v3_0_cuts_the_mean_threshold_to_whole_basis_points_and_v3_6_does_not() -> None:
    """Half of the collateral at 83 %, half at 78.01 %: the mean is 80.505 %."""
    account = (BOTH_COLLATERAL, (ETHER, 1_500 * USDC), (0, 2_415 * USDC))
    old, new = book(AaveBook, [account]), book(Book36, [account])
    assert old.position(0).health_factor == 2_415 * WAD // 2_415
    assert new.position(0).health_factor == (241_515 * WAD + 120_750) // 241_500
    assert old.health()[0] == pytest.approx(1.0, abs=1e-12)
    assert new.health()[0] == pytest.approx(2_415.15 / 2_415, abs=1e-12)
    assert old.borrow_limit(0) == 2_415 * WAD
    assert not old.eligible()[0]


def test_v3_6_takes_small_debts_whole() -> None:
    assert terms(one(Book36, 2 * ETHER, 1_999 * USDC, price=1_200 * DOLLAR)).maximum_debt == 1_999 * USDC
    assert terms(one(AaveBook, 2 * ETHER, 1_999 * USDC, price=1_200 * DOLLAR)).maximum_debt == 999_500_000


def test_v3_6_takes_half_of_all_debt_whatever_part_of_it_one_asset_is() -> None:
    account = (WETH_COLLATERAL, (10 * ETHER, 0), (3 * ETHER, 8_000 * USDC))
    assert terms(book(Book36, [account])).maximum_debt == 6_250 * USDC
    assert terms(book(AaveBook, [account])).maximum_debt == 4_000 * USDC


def test_v3_6_leaves_a_thousand_dollars_of_a_debt() -> None:
    """Of $2,600 owed beside WETH the close factor would allow $2,550."""
    account = (WETH_COLLATERAL, (4 * ETHER, 0), (10**18 * 5 // 3, 2_600 * USDC))
    found = terms(book(Book36, [account]))
    allowed = 2_600 * USDC - 1_001 * USDC
    assert found.maximum_debt == allowed - allowed // 5_000 - 1
    assert found.eligible


def test_what_a_keeper_offers_leaves_a_thousand_dollars_of_both() -> None:
    found = one(Book36, 2 * ETHER, 2_490 * USDC)
    rules = Liquidations36()
    assert rules.keeps_enough(found, 0, 1, 0, 1_000 * USDC) == 1_000 * USDC
    assert rules.keeps_enough(found, 0, 1, 0, 1_490 * USDC) == 1_489 * USDC
    assert AaveLiquidations().keeps_enough(found, 0, 1, 0, 1_490 * USDC) == 1_490 * USDC


def test_a_missing_price_stops_liquidation() -> None:
    assert terms(one(AaveBook, ETHER, 2_000 * USDC, priced=False)) == Terms(False, 0, 0, 0, 0)
    assert one(AaveBook, ETHER, 0).position(0).health_factor == NEVER
