// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPokedOracle} from "./IPokedOracle.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Prices of at least one hop ago
/// @notice Copies Maker's oracle security module (OSM). A poke makes the next price current and reads a new next one,
/// so that everybody sees a price one hop before it counts.
/// @dev Unlike Maker's, pokes are a full hop apart rather than one in every hop of the clock: a late poke is never
/// followed by an early one, and a price that counts was read a whole hop ago. Without pokes the price stands still:
/// `updatedAt` tells, and `FallbackOracle` refuses it.
interface IDelayedOracle is IPokedOracle {
    /// @notice `poke` read `price` (scaled by 1e18), which the source observed at `updatedAt` (seconds).
    event Poked(address indexed asset, uint256 price, uint256 updatedAt);

    /// @notice Where prices come from.
    function source() external view returns (IPriceOracle);

    /// @notice Seconds between two pokes, and so the least age of a price.
    function hop() external view returns (uint256);

    /// @notice Timestamp of the last poke of `asset`, seconds; zero before the first.
    function pokedAt(address asset) external view returns (uint256);

    /// @notice Price that the next poke makes current, in the form of `price`.
    function nextPrice(address asset) external view returns (uint256 price, uint256 updatedAt);
}
