// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginModel} from "./IMarginModel.sol";
import {IVolatility} from "./IVolatility.sol";

/// @title Margins that tighten as volatility rises
/// @notice Loan-to-value and liquidation threshold are the source's times 1 - haircut, rounded down. A poke moves the
/// haircut of an asset towards slope * (volatility - calmVolatility), from zero to `maximumHaircut`, by `speed` per
/// second since the last poke at most. Clearing houses scale margins with volatility like this, and limit the pace
/// for the same reason: margins that tighten in the fall cause the sales that they are to protect against.
/// @dev The haircut changes in `poke` alone, both ways at the same pace. Seconds beyond `maximumElapsed` do not count:
/// one poke moves it by speed * maximumElapsed at most, after however long a silence. The first poke of an asset only
/// starts the clock. Accounts with a health factor below 1 / (1 - that step) can fall due in one poke; no others.
interface IVolatilityMarginModel is IMarginModel {
    /// @notice Fractions are scaled by 1e18, times are in seconds.
    struct Rules {
        uint256 calmVolatility; // annualised; up to it there is no haircut
        uint256 slope; // haircut per unit of volatility above
        uint256 maximumHaircut;
        uint256 speed; // haircut per second
        uint256 interval; // least time between two pokes
        uint256 maximumElapsed; // most time that one poke counts
    }

    event RulesSet(
        uint256 calmVolatility,
        uint256 slope,
        uint256 maximumHaircut,
        uint256 speed,
        uint256 interval,
        uint256 maximumElapsed
    );
    /// @notice `poke` read `volatility` and moved the haircut towards `target`; all scaled by 1e18.
    event Poked(address indexed asset, uint256 volatility, uint256 target, uint256 haircut);

    /// @notice The next poke of `asset` is accepted from `earliest` (timestamp, seconds) on.
    error PokedTooSoon(address asset, uint256 earliest);
    /// @notice One or more: collateral could count nothing.
    error HaircutTooHigh(uint256 maximumHaircut);
    /// @notice Above one (1e18) per second: a parameter in the wrong scale.
    error SpeedTooHigh(uint256 speed);
    /// @notice The interval is zero, or longer than what one poke counts.
    error IntervalOutOfRange(uint256 interval, uint256 maximumElapsed);

    /// @notice Replace the rules. Only the owner. Haircuts stay until the next poke, also above a new maximum.
    function setRules(Rules calldata rules_) external;

    /// @notice Move the haircut of `asset`. Anyone may call. Reverts with the volatility's own error when that does.
    function poke(address asset) external;

    /// @notice What is taken off the margins of `asset`, a share scaled by 1e18.
    function haircut(address asset) external view returns (uint256);

    /// @notice What the haircut moves towards now, a share scaled by 1e18.
    function target(address asset) external view returns (uint256);

    /// @notice Timestamp of the last poke of `asset`, seconds; zero before the first.
    function pokedAt(address asset) external view returns (uint256);

    /// @notice Whose margins are tightened.
    function source() external view returns (IMarginModel);

    /// @notice Where volatilities come from.
    function volatility() external view returns (IVolatility);

    function rules() external view returns (Rules memory);
}
