// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";
import {IMarginModel} from "./IMarginModel.sol";

/// @title Margins that fall with the size of a position
/// @notice The margin tiers of perpetual venues, for collateral: what sells in thinner air covers less. Tiers work like
/// tax brackets: each part of the value counts at its own tier, so that no unit more of collateral ever lowers what
/// the rest covers (rounding aside: a part in 1e18 of the value). Where venues add a constant to their maintenance
/// margin to the same end, here the margin of an account is the mean over its parts: sum of part * threshold / value,
/// rounded down.
/// @dev The value is the account's supply at the pool's oracle, as the pool values it. Liquidating part of a large
/// position raises the margin of the rest. Size is that of an account: who splits a position escapes its tiers.
/// Without a price `margin` of a holder reverts with the oracle's error: the pool does too, and taking the last tier
/// instead would make a silent feed a reason to liquidate. It is not asked for where the account holds nothing of the
/// asset (`address(0)` among them), where there is one tier, or where the first covers nothing.
interface ITieredMarginModel is IMarginModel {
    /// @notice All scaled by 1e18, `upTo` in quote units.
    struct Tier {
        uint256 upTo; // value at which the tier ends; `type(uint256).max` in the last one
        uint256 loanToValue;
        uint256 liquidationThreshold;
    }

    event BonusSet(address indexed asset, uint256 liquidationBonus);
    event TierSet(
        address indexed asset, uint256 index, uint256 upTo, uint256 loanToValue, uint256 liquidationThreshold
    );

    error TooManyTiers(uint256 count, uint256 maximum);
    /// @notice Tiers must end at rising values.
    error TierIsEmpty(uint256 index, uint256 upTo, uint256 previous);
    /// @notice The last tier must end at `type(uint256).max`.
    error LastTierEnds(uint256 upTo);
    /// @notice A tier's margin is above that of the one before.
    error MarginRises(uint256 index);
    error LoanToValueAboveThreshold(uint256 loanToValue, uint256 liquidationThreshold);
    error ThresholdTooHigh(uint256 liquidationThreshold);
    error BonusTooHigh(uint256 liquidationBonus);

    /// @notice Replace tiers and bonus of `asset`; none makes it no collateral. Only the owner; at most 6.
    function setTiers(address asset, Tier[] calldata tiers_, uint256 liquidationBonus_) external;

    /// @notice Tiers of `asset`, from the first value on.
    function tiers(address asset) external view returns (Tier[] memory);

    /// @notice Whose accounts are measured.
    function pool() external view returns (ILendingPool);
}
