// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IMorpho, Market, MarketParams, Position} from "../interfaces/IMorpho.sol";
import {IMorphoLiquidator} from "../interfaces/IMorphoLiquidator.sol";
import {IMorphoOracle} from "../interfaces/IMorphoOracle.sol";
import {ISeller} from "../interfaces/ISeller.sol";
import {MorphoMath} from "../libraries/MorphoMath.sol";

/// @title Liquidator on Morpho Blue without capital
contract MorphoLiquidator is IMorphoLiquidator, Ownable2Step {
    using MorphoMath for Market;
    using MorphoMath for MarketParams;
    using SafeERC20 for IERC20;

    /// @dev What is sold where, and what it must bring beyond the debt.
    struct Sale {
        address venue;
        address collateralToken;
        address loanToken;
        uint256 assets;
        uint256 minimumProfit;
    }

    /// @inheritdoc IMorphoLiquidator
    ISeller public immutable seller;

    /// @dev The one contract that may call back, while a liquidation runs.
    address private transient _expectedMorpho;

    constructor(address owner_, ISeller seller_) Ownable(owner_) {
        seller = seller_;
    }

    /// @inheritdoc IMorphoLiquidator
    function liquidate(MorphoOrder calldata order) external onlyOwner returns (uint256 profit) {
        IERC20 loanToken = IERC20(order.market.loanToken);
        MorphoMath.Amounts memory amounts = _amounts(order);
        bytes memory sale = abi.encode(
            Sale(
                order.venue, order.market.collateralToken, address(loanToken), amounts.seizedAssets, order.minimumProfit
            )
        );
        uint256 balanceBefore = loanToken.balanceOf(address(this));

        _expectedMorpho = address(order.morpho);
        order.morpho
            .liquidate(
                order.market,
                order.borrower,
                amounts.takesAll ? amounts.seizedAssets : 0,
                amounts.takesAll ? 0 : amounts.repaidShares,
                sale
            );
        _expectedMorpho = address(0);

        profit = loanToken.balanceOf(address(this)) - balanceBefore;
        loanToken.safeTransfer(msg.sender, profit);
        emit LiquidationProfit(order.borrower, address(loanToken), profit);
    }

    /// @inheritdoc IMorphoLiquidator
    function onMorphoLiquidate(uint256 repaidAssets, bytes calldata data) external {
        require(msg.sender == _expectedMorpho, UnexpectedMorpho(msg.sender));

        Sale memory sale = abi.decode(data, (Sale));
        IERC20(sale.collateralToken).safeTransfer(address(seller), sale.assets);
        uint256 proceeds = seller.sell(sale.venue, sale.collateralToken, sale.loanToken, sale.assets, address(this));
        require(
            proceeds >= repaidAssets + sale.minimumProfit, Unprofitable(proceeds, repaidAssets + sale.minimumProfit)
        );

        IERC20(sale.loanToken).forceApprove(msg.sender, repaidAssets);
    }

    /// @dev A repayment of more than is owed, or for more than the collateral, would revert: interest and prices move
    /// between the order and its block.
    function _amounts(MorphoOrder calldata order) private returns (MorphoMath.Amounts memory) {
        order.morpho.accrueInterest(order.market);
        MarketParams memory params = order.market;
        bytes32 id = params.id();
        Market memory market = order.morpho.market(id);
        Position memory position = order.morpho.position(id, order.borrower);
        return market.liquidation(position, IMorphoOracle(params.oracle).price(), params.lltv, order.debtAssets);
    }
}
