// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";
import {IVolatility} from "./IVolatility.sol";

/// @title Volatility of what an oracle said
/// @notice The exponentially weighted variance of RiskMetrics, for samples at any distance. A poke t seconds after the
/// last gives the logarithmic return r = ln(price / last price), and r**2 / t is a sample of the variance per second.
/// With T the time constant, older samples are multiplied by w = exp(-t / T) and the new one counts 1 - w; the sum is
/// divided by the sum of the weights, so that the first samples need no guess of what was before them.
/// The volatility is sqrt(variance * 365 days). Returns are exact to 1e-18.
/// @dev A jump between two pokes counts in full however late it is seen, but spread over the time between them. The
/// mean return is taken as zero, as usual over short times. A source that seldom updates (a feed with a deviation
/// threshold) still shows its moves, all at once. Between pokes the volatility stands still.
interface IRealisedVolatility is IVolatility {
    /// @notice What the last poke left.
    struct Sample {
        uint256 price; // 1e18-scaled
        uint256 pokedAt; // timestamp, seconds
        uint256 weightedVariance; // sum of weight times variance per second, scaled by 1e36
        uint256 weight; // sum of the weights, scaled by 1e18
    }

    /// @notice `poke` read `price` (scaled by 1e18), which the source observed at `updatedAt` (seconds).
    event Poked(address indexed asset, uint256 price, uint256 updatedAt);

    /// @notice The next poke of `asset` is accepted from `earliest` (timestamp, seconds) on.
    error PokedTooSoon(address asset, uint256 earliest);
    /// @notice `asset` was poked less than twice.
    error NoVolatilityYet(address asset);
    error IntervalIsZero();
    error TimeConstantIsZero();

    /// @notice Look at the source now. Anyone may call. Reverts with the source's own error when the source does.
    function poke(address asset) external;

    /// @notice The last poke of `asset`; all zero before the first.
    function lastSample(address asset) external view returns (Sample memory);

    /// @notice Where prices come from.
    function source() external view returns (IPriceOracle);

    /// @notice Least seconds between two pokes.
    function interval() external view returns (uint256);

    /// @notice Seconds in which the weight of an old sample falls to 1/e.
    function timeConstant() external view returns (uint256);
}
