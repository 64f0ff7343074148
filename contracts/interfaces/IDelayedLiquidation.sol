// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpreadLiquidation} from "./ISpreadLiquidation.sol";

/// @title Fixed-spread liquidation that gives large positions time, and takes them in slices
/// @notice Against forced sales that push the price and so force the next ones. It resembles the grace periods and
/// partial liquidations of brokers and of centralised exchanges; no protocol is copied. The bonus is the collateral's.
///  1. An account whose debts are worth less than `largeDebtValue` is liquidatable at once, by the rules of
///     `ISpreadLiquidation` alone.
///  2. A larger one must be marked first, by anybody, while its health factor is below one. For `grace` seconds it can
///     then not be liquidated: the borrower may supply more or repay.
///  3. After that, up to `slice` of the debt value at marking may be repaid in each interval. Intervals of `interval`
///     seconds are counted from the mark, so two slices can meet at the border of two. What an interval leaves is lost.
///  4. The mark ends `expiry` seconds after it was made. It cannot be renewed before, or the grace could be renewed
///     with it; then anybody may mark again, and the grace begins again.
///  5. While the health factor is below `emergencyHealthFactor` no grace is given, so that a gap in the price does not
///     turn into bad debt while everybody waits. No mark is needed either: a liquidation makes the one that is
///     missing. The slices remain, and if the health factor comes back above, so does what is left of the grace.
///  6. Anybody may clear the mark of a healthy account. Until then it holds: an account that falls below one again
///     under an old mark has no second grace. Who tops up should clear in the same transaction.
/// @dev What has to be known about it:
///  - debt that is split over accounts is never large, and whoever repays a position to below `largeDebtValue` at its
///    own cost may liquidate the rest at once;
///  - a budget is a value: a debt asset whose price has risen since the mark is repaid more slowly in assets;
///  - a slice is worth at least `minimumPositionValue` of the rules, for else several small debts could be too large
///    to be closed in full and too small to be closed in part; both setters see to it;
///  - replaced parameters hold for marks already made. A different interval may renew the current budget once.
interface IDelayedLiquidation is ISpreadLiquidation {
    /// @notice Times in seconds; the rest is scaled by 1e18.
    struct Delay {
        uint256 largeDebtValue; // quote units
        uint256 grace;
        uint256 slice; // share of the debt value at marking
        uint256 interval;
        uint256 expiry;
        uint256 emergencyHealthFactor;
    }

    /// @notice What is known of a marked account; all zero for one that never was or that was cleared.
    struct Mark {
        uint256 markedAt; // timestamp
        uint256 debtValue; // at that time, 1e18-scaled quote units
        uint256 interval; // the one that was repaid in last, counted from zero
        uint256 repaidValue; // in that interval, 1e18-scaled quote units, rounded up
    }

    event DelaySet(
        uint256 largeDebtValue,
        uint256 grace,
        uint256 slice,
        uint256 interval,
        uint256 expiry,
        uint256 emergencyHealthFactor
    );
    event Marked(address indexed borrower, address indexed caller, uint256 debtValue, uint256 healthFactor);
    event Cleared(address indexed borrower, address indexed caller, uint256 healthFactor);

    /// @notice Not in (0, 1e18].
    error SliceOutOfRange(uint256 slice);
    /// @notice Not in (0, maximum].
    error IntervalOutOfRange(uint256 interval, uint256 maximum);
    error GraceTooLong(uint256 grace, uint256 maximum);
    /// @notice Not even one whole interval would be left after the grace.
    error ExpiryTooShort(uint256 expiry, uint256 minimum);
    /// @notice Above 1e18.
    error EmergencyHealthFactorTooHigh(uint256 emergencyHealthFactor);
    /// @notice Small debts of a large position could be closed neither in full nor in part.
    error SliceBelowMinimumPosition(uint256 sliceValue, uint256 minimumPositionValue);
    /// @notice Liquidatable without a mark.
    error NotLarge(address borrower, uint256 debtValue, uint256 largeDebtValue);
    error AlreadyMarked(address borrower, uint256 expiresAt);
    error NotMarked(address borrower);
    error NotHealthy(address borrower, uint256 healthFactor);

    /// @notice Start the grace of `borrower`, who must be large and have a health factor below one.
    function mark(address borrower) external;

    /// @notice Take the mark, expired or not, from a healthy `borrower`.
    function clear(address borrower) external;

    /// @notice Replace the delay. Only the owner.
    function setDelay(Delay calldata delay_) external;

    /// @notice The delay in force.
    function delay() external view returns (Delay memory);

    /// @notice The mark of `borrower` as stored, also after it has expired.
    function markOf(address borrower) external view returns (Mark memory);
}
