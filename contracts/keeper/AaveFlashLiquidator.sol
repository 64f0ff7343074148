// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IAaveFlashLiquidator} from "../interfaces/IAaveFlashLiquidator.sol";
import {IAaveFlashLoanReceiver} from "../interfaces/IAaveFlashLoanReceiver.sol";
import {IAavePool} from "../interfaces/IAavePool.sol";
import {ISeller} from "../interfaces/ISeller.sol";

/// @title Liquidator on Aave v3 that borrows its capital
contract AaveFlashLiquidator is IAaveFlashLiquidator, Ownable2Step {
    using SafeERC20 for IERC20;

    uint16 private constant NO_REFERRAL = 0;

    /// @inheritdoc IAaveFlashLiquidator
    ISeller public immutable seller;

    /// @dev The one contract that may call back, while a liquidation runs.
    address private transient _expectedPool;

    constructor(address owner_, ISeller seller_) Ownable(owner_) {
        seller = seller_;
    }

    /// @inheritdoc IAaveFlashLiquidator
    function liquidate(LiquidationOrder calldata order) external onlyOwner returns (uint256 profit) {
        IERC20 debt = IERC20(order.debtAsset);
        uint256 balanceBefore = debt.balanceOf(address(this));

        _expectedPool = address(order.pool);
        order.pool.flashLoanSimple(address(this), order.debtAsset, order.debtAssets, abi.encode(order), NO_REFERRAL);
        _expectedPool = address(0);

        profit = debt.balanceOf(address(this)) - balanceBefore;
        emit LiquidationProfit(order.borrower, order.debtAsset, profit);
        debt.safeTransfer(msg.sender, profit);
    }

    /// @inheritdoc IAaveFlashLoanReceiver
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata params)
        external
        returns (bool)
    {
        require(msg.sender == _expectedPool && initiator == address(this), UnexpectedCallback(msg.sender, initiator));
        LiquidationOrder memory order = abi.decode(params, (LiquidationOrder));

        IERC20 debt = IERC20(asset);
        uint256 besidesLoan = debt.balanceOf(address(this)) - amount;
        debt.forceApprove(msg.sender, amount);
        _liquidateAndSell(order, asset, amount);

        uint256 proceeds = debt.balanceOf(address(this)) - besidesLoan;
        uint256 required = amount + premium + order.minimumProfit;
        require(proceeds >= required, Unprofitable(proceeds, required));

        // Replaces what is left of the first approval, if less was taken than was allowed to be.
        debt.forceApprove(msg.sender, amount + premium);
        return true;
    }

    function _liquidateAndSell(LiquidationOrder memory order, address debtAsset, uint256 debtAssets) private {
        IERC20 collateral = IERC20(order.collateralAsset);
        uint256 collateralBefore = collateral.balanceOf(address(this));
        order.pool.liquidationCall(order.collateralAsset, debtAsset, order.borrower, debtAssets, false);
        if (order.collateralAsset == debtAsset) return;

        // The output has no limit of its own: `minimumProfit` is the only one, whatever the sale brings.
        uint256 received = collateral.balanceOf(address(this)) - collateralBefore;
        collateral.safeTransfer(address(seller), received);
        seller.sell(order.venue, order.collateralAsset, debtAsset, received, address(this));
    }
}
