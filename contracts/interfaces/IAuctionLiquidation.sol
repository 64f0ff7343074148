// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";

/// @title Liquidation that asks bidders for the price
/// @notice What auctions of every kind have in common. An auction sells one lot of one collateral against the part of
/// one debt that the lot has to carry; a debt that the sale does not bring in becomes the pool's deficit at once.
///
/// Collateral and debt stay in the borrower's position until the sale, as the pool knows no auction. The module keeps
/// a record of what is under auction, so that nothing is offered twice. The borrower may repay, add collateral and,
/// when healthy, withdraw meanwhile, and interest goes on; what an auction does then is said in each mechanism.
///
/// The share of a lot, for an account with collateral worth C and debts worth D, all assets together: a lot worth L
/// carries debt worth L * D / C. With one debt and one collateral this is owed * lot / held. More would let a borrower
/// put all its debt on its smallest collateral, have it written off there, and keep the rest. Where less of that debt
/// is free than the lot would carry, the lot is lowered to match.
///
/// `ILiquidationModule` has the event of every sale, `Liquidated`, and the errors of accounts that cannot be
/// liquidated; its functions are those of a sale in one call, which an auction is not.
/// @dev Assumes tokens as the pool does, and that none refuses a recipient. The module must be the pool's module; once
/// it is not, its auctions can only be cancelled.
interface IAuctionLiquidation {
    event AuctionCancelled(uint256 indexed id);

    /// @notice There was none of that number, or it has ended.
    error NoAuction(uint256 id);
    /// @notice The position still carries the auction.
    error CannotBeCancelled(uint256 id);

    /// @notice Auctions started so far, and the number of the last one.
    function auctionCount() external view returns (uint256);

    /// @notice What of a borrower's two assets is under auction, in auctions of any pair that they are part of.
    function underAuction(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (uint256 debtAssets, uint256 collateralAssets);

    /// @notice The auction that `start` would begin now; zeros when it would revert. Does not revert.
    /// @return lot Collateral for sale.
    /// @return debt Debt that goes with it, in assets.
    function startable(address borrower, address debtAsset, address collateralAsset)
        external
        view
        returns (uint256 lot, uint256 debt);

    /// @notice The pool whose accounts are liquidated.
    function pool() external view returns (ILendingPool);
}
