// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPokedOracle} from "./IPokedOracle.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title Prices that move by a limited share at a time
/// @notice Copies the cap of Reflexer's dampened security module, without its delay. A poke takes the source's price,
/// or the nearest one within `maximumMove` of the last accepted price. A jump is followed in steps.
/// @dev The first price is accepted as it is. The cap is rounded down: at 1 % a price under 100e-18 stands still.
/// `updatedAt` is that of the source's price at the last poke, even where the cap withheld part of it.
interface ICappedMoveOracle is IPokedOracle {
    /// @notice `poke` read `price` (scaled by 1e18), which the source observed at `updatedAt` (seconds).
    event Poked(address indexed asset, uint256 price, uint256 updatedAt);

    /// @notice Not strictly between zero and one (1e18).
    error MoveOutOfRange(uint256 maximumMove);

    /// @notice Where prices come from.
    function source() external view returns (IPriceOracle);

    /// @notice Most that one poke moves the price, a share of it scaled by 1e18.
    function maximumMove() external view returns (uint256);

    /// @notice Seconds between two pokes: without it, many pokes at once would undo the cap.
    function interval() external view returns (uint256);

    /// @notice Timestamp of the last poke of `asset`, seconds; zero before the first.
    function pokedAt(address asset) external view returns (uint256);
}
