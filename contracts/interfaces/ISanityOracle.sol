// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "./IPriceOracle.sol";

/// @title A feed that must agree with a second opinion
/// @notice Copies Compound's anchored view: the price is the feed's, as long as an anchor such as a pool's
/// time-weighted average confirms it. No price, no borrowing and no liquidation: safety costs liveness.
/// @dev `updatedAt` is the feed's. When either of the two reverts, so does this, with its error.
interface ISanityOracle is IPriceOracle {
    /// @notice The feed's price differs from that of the pool, or other anchor, by more than `limit`: all in quote
    /// units scaled by 1e18.
    error PriceDiverges(uint256 feed, uint256 pool, uint256 limit);

    /// @notice Whose price is passed on.
    function feed() external view returns (IPriceOracle);

    /// @notice Whose price it is compared with.
    function anchor() external view returns (IPriceOracle);

    /// @notice Largest difference accepted, a share of the anchor's price scaled by 1e18, rounded down.
    function maximumDifference() external view returns (uint256);
}
