// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {IPoolGuard} from "./IPoolGuard.sol";

/// @title Liquidations no faster than a venue can absorb what they seize
/// @notice For a pair with a venue, the debt repaid per block is at most `share` of what the venue pays until its spot
/// price has fallen by b / (1 + b), b being the liquidation bonus: there the last unit sold earns a liquidator nothing
/// any more. With reserve y of the debt asset, and without the fee, that is y * (1 - 1 / sqrt(1 + b)), rounded down.
/// Sold at that pace, collateral pays its liquidators without carrying the price much below theirs. Limits of open
/// interest and of liquidation per interval on perpetual venues are like it; these are fixed numbers, not the market's.
/// @dev The limit of a block is that of the reserves at its first seizure: sales between two liquidations of one block
/// neither raise nor lower it. Reserves are spot: within one transaction they can be moved, for the fee both ways.
/// A pair without a venue has no limit. A bonus of zero or an empty venue lets nothing go: give such a pair none.
/// Debt written off counts nothing, as nothing is sold for it.
/// A call at the state of a mined block sees what that block had left: who plans the next one must ask at the pending
/// block, or may count on a whole new limit.
interface IDepthSpeedLimit is IPoolGuard {
    event ShareSet(uint256 share);
    event VenueSet(address indexed debtAsset, address indexed collateralAsset, address venue);

    /// @notice Zero would stop every liquidation; above 1e18 liquidators would sell at a loss.
    error ShareOutOfRange(uint256 share);
    error VenueDoesNotTrade(address venue, address debtAsset, address collateralAsset);
    /// @notice The seizure repays more than this block has left.
    error SpeedLimitExceeded(address debtAsset, address collateralAsset, uint256 debtAssets, uint256 left);

    /// @notice Set the share of what a venue absorbs, scaled by 1e18, in (0, 1e18]. Only the owner.
    function setShare(uint256 share_) external;

    /// @notice Set where `collateralAsset` seized for `debtAsset` is sold; the zero address lifts the limit. Only the
    /// owner.
    function setVenue(address debtAsset, address collateralAsset, IConstantProductPool venue) external;

    /// @notice Venue of a pair; zero when it has no limit.
    function venueOf(address debtAsset, address collateralAsset) external view returns (IConstantProductPool);

    /// @notice Debt repaid in this block, and the most that it may be, in assets; zero and `type(uint256).max` for a
    /// pair without a venue.
    function budget(address debtAsset, address collateralAsset) external view returns (uint256 used, uint256 limit);

    /// @notice Share of what a venue absorbs that one block may repay, scaled by 1e18.
    function share() external view returns (uint256);
}
