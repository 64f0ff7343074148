// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMorpho, MarketParams} from "./IMorpho.sol";
import {ISeller} from "./ISeller.sol";

/// @title Liquidation on Morpho Blue without capital, in one transaction
/// @notice Morpho hands out the collateral before it takes the debt, so no flash loan is needed: the collateral is sold
/// in between, and what is left, in the loan token, goes to the owner. Nothing stays in the contract between two calls.
interface IMorphoLiquidator {
    /// @notice One liquidation.
    struct MorphoOrder {
        IMorpho morpho;
        MarketParams market;
        address venue; // a pool of the seller's kind, of the market's two tokens
        address borrower;
        uint256 debtAssets; // to repay at most; capped by what is owed and by what the collateral pays for
        uint256 minimumProfit; // loan token units, over all but gas
    }

    /// @notice A liquidation was carried out.
    event LiquidationProfit(address indexed borrower, address indexed debtAsset, uint256 profit);

    /// @notice Selling the collateral brings less than what was repaid and the profit asked for.
    error Unprofitable(uint256 proceeds, uint256 required);
    /// @notice The call back does not come from the Morpho of the order under way.
    error UnexpectedMorpho(address caller);

    /// @notice What sells for this contract.
    function seller() external view returns (ISeller);

    /// @notice Carry out `order`. Only the owner.
    /// @return profit Loan tokens sent to the owner.
    function liquidate(MorphoOrder calldata order) external returns (uint256 profit);

    /// @notice Called by Morpho after the collateral was sent and before `repaidAssets` are taken.
    function onMorphoLiquidate(uint256 repaidAssets, bytes calldata data) external;
}
