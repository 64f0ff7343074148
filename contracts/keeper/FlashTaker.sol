// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IFlashTaker} from "../interfaces/IFlashTaker.sol";
import {FlashKeeper} from "./FlashKeeper.sol";

/// @title Taker in Dutch auctions that borrows its capital
contract FlashTaker is IFlashTaker, FlashKeeper {
    using SafeERC20 for IERC20;

    constructor(address owner_) FlashKeeper(owner_) {}

    /// @inheritdoc IFlashTaker
    function take(TakeOrder calldata order) external onlyOwner returns (uint256 profit) {
        profit = _borrow(order.pool, order.debtAsset, order.debtAssets, abi.encode(order));
        emit TakeProfit(order.id, order.debtAsset, profit);
    }

    function _buy(address asset, uint256 assets, bytes calldata data) internal override returns (Purchase memory) {
        TakeOrder memory order = abi.decode(data, (TakeOrder));
        IERC20(asset).forceApprove(address(order.module), assets);
        (uint256 taken, uint256 paid) =
            order.module.take(order.id, order.collateralAssets, order.maximumPrice, address(this));
        return Purchase(address(order.module), paid, order.collateralAsset, taken, order.venue, order.minimumProfit);
    }
}
