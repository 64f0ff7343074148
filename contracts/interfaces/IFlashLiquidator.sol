// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IConstantProductPool} from "./IConstantProductPool.sol";
import {IFlashKeeper} from "./IFlashKeeper.sol";
import {ILendingPool} from "./ILendingPool.sol";
import {ILiquidationModule} from "./ILiquidationModule.sol";

/// @title Liquidation without capital, in one transaction
/// @notice Borrows the debt asset from the pool by flash loan, liquidates, sells all collateral received on one venue,
/// repays the loan with its fee, and sends what is left, in the debt asset, to the owner.
interface IFlashLiquidator is IFlashKeeper {
    /// @notice One liquidation.
    struct LiquidationOrder {
        ILendingPool pool; // lends, and holds the position
        ILiquidationModule module; // of that pool
        IConstantProductPool venue; // trades the two assets; ignored when they are the same
        address borrower;
        address debtAsset;
        address collateralAsset;
        uint256 debtAssets; // to borrow and repay at most; the module may take less, and the rest is returned
        uint256 minimumProfit; // debt assets, over all but gas
    }

    /// @notice A liquidation was carried out.
    event LiquidationProfit(address indexed borrower, address indexed debtAsset, uint256 profit);

    /// @notice Carry out `order`. Only the owner.
    /// @return profit Debt assets sent to the owner.
    function liquidate(LiquidationOrder calldata order) external returns (uint256 profit);
}
