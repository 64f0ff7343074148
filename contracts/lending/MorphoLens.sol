// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMorpho, Market, MarketParams, Position} from "../interfaces/IMorpho.sol";
import {IMorphoLens} from "../interfaces/IMorphoLens.sol";
import {IMorphoOracle} from "../interfaces/IMorphoOracle.sol";
import {MorphoMath} from "../libraries/MorphoMath.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Batch reads of a Morpho Blue market
contract MorphoLens is IMorphoLens {
    using MorphoMath for Market;
    using MorphoMath for MarketParams;
    using MorphoMath for Position;
    using WadMath for uint256;

    /// @inheritdoc IMorphoLens
    function marketView(IMorpho morpho, MarketParams memory params) external view returns (MarketView memory) {
        Market memory market = MorphoMath.accrued(morpho, params);
        return MarketView(
            market.totalSupplyAssets,
            market.totalSupplyShares,
            market.totalBorrowAssets,
            market.totalBorrowShares,
            IMorphoOracle(params.oracle).price()
        );
    }

    /// @inheritdoc IMorphoLens
    function positions(IMorpho morpho, MarketParams memory params, address[] memory accounts)
        external
        view
        returns (Position[] memory found)
    {
        bytes32 id = params.id();
        found = new Position[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            found[i] = morpho.position(id, accounts[i]);
        }
    }

    /// @inheritdoc IMorphoLens
    function health(IMorpho morpho, MarketParams memory params, address[] memory accounts)
        external
        view
        returns (AccountView[] memory views)
    {
        bytes32 id = params.id();
        Market memory market = MorphoMath.accrued(morpho, params);
        uint256 price = IMorphoOracle(params.oracle).price();
        views = new AccountView[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            views[i] = _health(market, morpho.position(id, accounts[i]), price, params.lltv);
        }
    }

    /// @inheritdoc IMorphoLens
    function checkLiquidation(IMorpho morpho, MarketParams memory params, address borrower)
        external
        view
        returns (bool eligible, uint256 healthFactor, uint256 repaidAssets, uint256 seizedAssets)
    {
        Market memory market = MorphoMath.accrued(morpho, params);
        Position memory position = morpho.position(params.id(), borrower);
        uint256 price = IMorphoOracle(params.oracle).price();

        healthFactor = _health(market, position, price, params.lltv).healthFactor;
        if (healthFactor >= 1e18 || position.collateral == 0) return (false, healthFactor, 0, 0);

        MorphoMath.Amounts memory amounts = market.liquidation(position, price, params.lltv, type(uint256).max);
        return (true, healthFactor, amounts.repaidAssets, amounts.seizedAssets);
    }

    function _health(Market memory market, Position memory position, uint256 price, uint256 lltv)
        private
        pure
        returns (AccountView memory view_)
    {
        view_.collateral = position.collateral;
        view_.maximumDebt = position.maximumDebtDown(price, lltv);
        view_.debt = market.debtUp(position);
        view_.healthFactor = view_.debt == 0 ? type(uint256).max : view_.maximumDebt.divWadDown(view_.debt);
    }
}
