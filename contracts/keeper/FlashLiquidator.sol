// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IConstantProductPool} from "../interfaces/IConstantProductPool.sol";
import {IFlashLiquidator} from "../interfaces/IFlashLiquidator.sol";
import {IFlashLoanReceiver} from "../interfaces/IFlashLoanReceiver.sol";

/// @title Liquidator that borrows its capital
contract FlashLiquidator is IFlashLiquidator, Ownable2Step {
    using SafeERC20 for IERC20;

    /// @dev The one contract that may call back, while `liquidate` runs.
    address private transient _expectedPool;

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IFlashLiquidator
    function liquidate(LiquidationOrder calldata order) external onlyOwner returns (uint256 profit) {
        IERC20 debtAsset = IERC20(order.debtAsset);
        uint256 balanceBefore = debtAsset.balanceOf(address(this));

        _expectedPool = address(order.pool);
        order.pool.flashLoan(address(this), order.debtAsset, order.debtAssets, abi.encode(order));
        _expectedPool = address(0);

        profit = debtAsset.balanceOf(address(this)) - balanceBefore;
        emit LiquidationProfit(order.borrower, order.debtAsset, profit);
        debtAsset.safeTransfer(msg.sender, profit);
    }

    /// @inheritdoc IFlashLoanReceiver
    function onFlashLoan(address initiator, address asset, uint256 assets, uint256 fee, bytes calldata data)
        external
        returns (bytes4)
    {
        require(msg.sender == _expectedPool && initiator == address(this), UnexpectedCallback(msg.sender, initiator));
        LiquidationOrder memory order = abi.decode(data, (LiquidationOrder));

        IERC20(asset).forceApprove(address(order.module), assets);
        (uint256 repaid, uint256 seized) =
            order.module.liquidate(order.borrower, asset, order.collateralAsset, assets, 0);
        uint256 proceeds = order.collateralAsset == asset ? seized : _sell(order, seized);
        uint256 required = repaid + fee + order.minimumProfit;
        require(proceeds >= required, Unprofitable(proceeds, required));

        // The module may have taken less than it was allowed to.
        IERC20(asset).forceApprove(address(order.module), 0);
        IERC20(asset).forceApprove(msg.sender, assets + fee);
        return IFlashLoanReceiver.onFlashLoan.selector;
    }

    /// @dev The output is quoted in the same call, so no trade can come between: `minimumProfit` is the only limit.
    function _sell(LiquidationOrder memory order, uint256 assets) private returns (uint256 proceeds) {
        IConstantProductPool venue = order.venue;
        bool sellsToken0 = venue.token0() == order.collateralAsset;
        require(
            (sellsToken0 ? venue.token1() : venue.token0()) == order.debtAsset
                && (sellsToken0 || venue.token1() == order.collateralAsset),
            WrongVenue(address(venue), order.debtAsset, order.collateralAsset)
        );

        proceeds = venue.quoteExactInput(order.collateralAsset, assets);
        IERC20(order.collateralAsset).safeTransfer(address(venue), assets);
        venue.swap(sellsToken0 ? 0 : proceeds, sellsToken0 ? proceeds : 0, address(this), "");
    }
}
