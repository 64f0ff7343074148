// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpreadLiquidation} from "./ISpreadLiquidation.sol";
import {IVolatility} from "./IVolatility.sol";

/// @title Liquidation whose bonus grows with how far the health factor is below one
/// @notice Copies Euler's discount, 1 - health factor with a cap: a reverse Dutch auction that the price itself runs.
/// The account pays little where it is barely too weak, and enough where gas or a falling price needs it:
///   discount = slope * (1 - health factor) * (1 + volatilityFactor * volatility of the collateral),
///   not below `minimumDiscount`, not above `maximumDiscount`, and bonus = 1 / (1 - discount) - 1,
/// each step rounded down. Without a source of volatility its factor is one.
/// What differs:
///  - Euler v2 has slope 1 and no floor; v1 adds 2 % for its reserves, and up to 2.5 % for liquidators that supply;
///  - v1 sizes a repayment by a target health of 1.25, v2 lets all be repaid at once. Here the close factor and the
///    other rules of `ISpreadLiquidation` hold, and `protocolShare` takes the place of v1's reserve fee;
///  - neither looks at volatility;
///  - the margin model's `liquidationBonus` is not read.
/// Where (1 - discount) * health factor is below the liquidation threshold, a liquidation lowers the health factor, and
/// so raises the next bonus. With slope one that begins at the square root of the threshold; a lower maximum delays it.
interface IDynamicPenaltyLiquidation is ISpreadLiquidation {
    /// @notice All scaled by 1e18.
    struct Penalty {
        uint256 slope; // discount for a unit of health factor missing
        uint256 minimumDiscount; // may be zero: Euler's way
        uint256 maximumDiscount;
        uint256 volatilityFactor; // 0.5e18 makes the discount 1.3 times as high at 60 % a year
    }

    event PenaltySet(uint256 slope, uint256 minimumDiscount, uint256 maximumDiscount, uint256 volatilityFactor);
    event VolatilitySourceSet(address volatilitySource);

    error SlopeTooHigh(uint256 slope, uint256 maximum);
    error MinimumDiscountTooHigh(uint256 minimumDiscount, uint256 maximumDiscount);
    error MaximumDiscountTooHigh(uint256 maximumDiscount, uint256 maximum);
    error VolatilityFactorTooHigh(uint256 volatilityFactor, uint256 maximum);
    /// @notice There is no code at the address: asking it would stop liquidation.
    error NotAContract(address volatilitySource);

    /// @notice Replace the penalty. Only the owner.
    function setPenalty(Penalty calldata penalty_) external;

    /// @notice Set where volatilities come from; the zero address takes the factor away. Only the owner.
    /// @dev A source that reverts, or needs more than `VOLATILITY_GAS`, counts as none for that call. A liquidator
    /// that leaves it less gas than it needs thus lowers its own bonus. An answer counts up to `MAXIMUM_VOLATILITY`.
    function setVolatilitySource(IVolatility volatilitySource_) external;

    /// @notice The penalty in force.
    function penalty() external view returns (Penalty memory);

    /// @notice Where volatilities come from; zero for nowhere.
    function volatilitySource() external view returns (IVolatility);

    /// @notice Bonus in `collateralAsset` now on debt of an account with `healthFactor`, scaled by 1e18.
    /// @dev From a health factor of one upwards it is that of `minimumDiscount`; nobody is liquidated there.
    function bonus(address collateralAsset, uint256 healthFactor) external view returns (uint256);
}
