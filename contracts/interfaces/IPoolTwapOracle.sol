// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {IPokedOracle} from "./IPokedOracle.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Time-weighted average of a pool's price
/// @notice Copies the sliding window of Uniswap v2's examples. A poke keeps the pool's cumulative price of that moment;
/// the price is the mean from the newest observation that is at least `window` old until now, times the price of the
/// pool's other token at `source`.
/// @dev The mean is taken over at least one window and at most two: with longer gaps between pokes the price reverts.
/// A trade counts by the time that its price stands; within its own block that is nothing.
/// `updatedAt` is that of the other token's price: the mean is always up to now.
interface IPoolTwapOracle is IPokedOracle {
    struct Observation {
        uint256 timestamp; // seconds
        uint256 cumulative; // the pool's, UQ112x112 times seconds
        uint256 weighed; // what the oracle's kind of mean adds up; its own unit
    }

    /// @notice Governance set the pool of `asset`; its observations start anew.
    event PoolSet(address indexed asset, address indexed pool);

    /// @notice `poke` wrote an observation.
    event Observed(address indexed asset, uint256 cumulative, uint256 weighed);

    /// @notice There is no time to average over, or none between two pokes.
    error WindowOutOfRange(uint256 window, uint256 interval);
    /// @notice The pool has no price: nothing was supplied yet.
    error EmptyPool(address pool);

    /// @notice Set the pool that prices `asset`, one of its two tokens. Only the owner. The zero address removes it.
    /// @dev The decimals of both tokens are read here, once.
    function setPool(address asset, IConstantProductPool pool) external;

    /// @notice Pool of `asset`; zero when none is set.
    function poolOf(address asset) external view returns (IConstantProductPool);

    /// @notice Newest observation of `asset`; all zero before the first.
    function lastObservation(address asset) external view returns (Observation memory);

    /// @notice What prices the pools' other tokens.
    function source() external view returns (IPriceOracle);

    /// @notice Least time to average over, seconds.
    function window() external view returns (uint256);

    /// @notice Least time between two pokes, seconds.
    function interval() external view returns (uint256);
}
