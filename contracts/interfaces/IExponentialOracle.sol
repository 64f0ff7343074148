// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPokedOracle} from "./IPokedOracle.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Exponential moving average of another oracle
/// @notice Copies the average of Curve's pools. With s the sample of the last poke, m the average at that poke, t the
/// seconds since and T the time constant, the price is s + (m - s) * exp(-t / T), rounded towards s. A poke writes it
/// down and takes a new sample. The first sample is the first average.
/// @dev A sample counts for the time after its poke, not before: a price that stands for one block weighs one block,
/// whenever the poke before it was, unless nobody pokes after it. Do not average a pool's spot price with it.
/// `updatedAt` is that of the sample. The half-life is T * ln 2.
interface IExponentialOracle is IPokedOracle {
    /// @notice `poke` read `price` (scaled by 1e18), which the source observed at `updatedAt` (seconds).
    event Poked(address indexed asset, uint256 price, uint256 updatedAt);

    /// @notice The average would have no memory.
    error TimeConstantIsZero();

    /// @notice Where samples come from.
    function source() external view returns (IPriceOracle);

    /// @notice Seconds in which what is left of an old price falls to 1/e.
    function timeConstant() external view returns (uint256);

    /// @notice Sample and average (scaled by 1e18) of the last poke, its timestamp, and that of the sample (seconds).
    function lastPoke(address asset)
        external
        view
        returns (uint256 sample, uint256 average, uint256 pokedAt, uint256 updatedAt);
}
