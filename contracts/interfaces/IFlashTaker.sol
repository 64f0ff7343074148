// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {IDutchAuctionLiquidation} from "./IDutchAuctionLiquidation.sol";
import {IFlashKeeper} from "./IFlashKeeper.sol";
import {ILendingPool} from "./ILendingPool.sol";

/// @title Buying in a Dutch auction without capital, in one transaction
/// @notice Borrows the debt asset from the pool by flash loan, takes from the auction, sells all collateral received on
/// one venue, repays the loan with its fee, and sends what is left, in the debt asset, to the owner.
interface IFlashTaker is IFlashKeeper {
    /// @notice One purchase.
    struct TakeOrder {
        ILendingPool pool; // lends, and holds the position
        IDutchAuctionLiquidation module; // of that pool
        IConstantProductPool venue; // trades the two assets; ignored when they are the same
        uint256 id;
        address debtAsset;
        address collateralAsset;
        uint256 collateralAssets; // to take at most
        uint256 maximumPrice; // as the module scales it
        uint256 debtAssets; // to borrow: at least what the collateral costs
        uint256 minimumProfit; // debt assets, over all but gas
    }

    /// @notice Collateral was taken and sold.
    event TakeProfit(uint256 indexed id, address indexed debtAsset, uint256 profit);

    /// @notice Carry out `order`. Only the owner.
    /// @return profit Debt assets sent to the owner.
    function take(TakeOrder calldata order) external returns (uint256 profit);
}
