// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAaveFlashLoanReceiver} from "./IAaveFlashLoanReceiver.sol";
import {IAavePool} from "./IAavePool.sol";
import {ISeller} from "./ISeller.sol";

/// @title Liquidation on Aave v3 without capital, in one transaction
/// @notice Borrows the debt asset from the pool by a simple flash loan, liquidates, sells all collateral received on one
/// venue, repays the loan with its premium, and sends what is left, in the debt asset, to the owner. Nothing stays in the
/// contract between two calls.
interface IAaveFlashLiquidator is IAaveFlashLoanReceiver {
    /// @notice One liquidation.
    struct LiquidationOrder {
        IAavePool pool; // lends, and holds the position
        address venue; // pool where the seller trades the two assets; ignored when they are the same
        address borrower;
        address debtAsset;
        address collateralAsset;
        uint256 debtAssets; // to borrow and repay at most; the pool may take less, and the rest is returned
        uint256 minimumProfit; // debt assets, over all but gas
    }

    /// @notice A liquidation was carried out.
    event LiquidationProfit(address indexed borrower, address indexed debtAsset, uint256 profit);

    /// @notice What is left of the loan and what the collateral was sold for are less than the loan, its premium and the
    /// profit asked for: all in debt assets.
    error Unprofitable(uint256 proceeds, uint256 required);
    /// @notice The call back does not come from the pool of the order under way, or was not asked for by this contract.
    error UnexpectedCallback(address caller, address initiator);

    /// @notice Sells the collateral.
    function seller() external view returns (ISeller);

    /// @notice Carry out `order`. Only the owner.
    /// @return profit Debt assets sent to the owner.
    function liquidate(LiquidationOrder calldata order) external returns (uint256 profit);
}
