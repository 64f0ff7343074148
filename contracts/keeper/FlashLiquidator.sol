// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IFlashLiquidator} from "../interfaces/IFlashLiquidator.sol";
import {FlashKeeper} from "./FlashKeeper.sol";

/// @title Liquidator that borrows its capital
contract FlashLiquidator is IFlashLiquidator, FlashKeeper {
    using SafeERC20 for IERC20;

    constructor(address owner_) FlashKeeper(owner_) {}

    /// @inheritdoc IFlashLiquidator
    function liquidate(LiquidationOrder calldata order) external onlyOwner returns (uint256 profit) {
        profit = _borrow(order.pool, order.debtAsset, order.debtAssets, abi.encode(order));
        emit LiquidationProfit(order.borrower, order.debtAsset, profit);
    }

    function _buy(address asset, uint256 assets, bytes calldata data) internal override returns (Purchase memory) {
        LiquidationOrder memory order = abi.decode(data, (LiquidationOrder));
        IERC20(asset).forceApprove(address(order.module), assets);
        (uint256 repaid, uint256 seized) =
            order.module.liquidate(order.borrower, asset, order.collateralAsset, assets, 0);
        return Purchase(address(order.module), repaid, order.collateralAsset, seized, order.venue, order.minimumProfit);
    }
}
