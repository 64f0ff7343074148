// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IAaveLens} from "../interfaces/IAaveLens.sol";
import {IAavePool} from "../interfaces/IAavePool.sol";
import {IAaveScaledToken} from "../interfaces/IAaveScaledToken.sol";

/// @title Batch reads of an Aave v3 market
contract AaveLens is IAaveLens {
    /// @inheritdoc IAaveLens
    function reserves(IAavePool pool, address[] calldata assets) external view returns (ReserveView[] memory views) {
        views = new ReserveView[](assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            _readReserve(pool, assets[i], views[i]);
            _readPrice(pool, assets[i], views[i]);
        }
    }

    /// @inheritdoc IAaveLens
    function accounts(IAavePool pool, address[] calldata assets, address[] calldata accounts_)
        external
        view
        returns (AccountView[] memory views)
    {
        views = new AccountView[](accounts_.length);
        for (uint256 i = 0; i < accounts_.length; ++i) {
            views[i].configuration = pool.getUserConfiguration(accounts_[i]);
            views[i].supplied = new uint256[](assets.length);
            views[i].borrowed = new uint256[](assets.length);
        }
        for (uint256 j = 0; j < assets.length; ++j) {
            IAavePool.ReserveData memory reserve = pool.getReserveData(assets[j]);
            for (uint256 i = 0; i < accounts_.length; ++i) {
                views[i].supplied[j] = IAaveScaledToken(reserve.aTokenAddress).scaledBalanceOf(accounts_[i]);
                views[i].borrowed[j] = IAaveScaledToken(reserve.variableDebtTokenAddress).scaledBalanceOf(accounts_[i]);
            }
        }
    }

    function _readReserve(IAavePool pool, address asset, ReserveView memory view_) private view {
        IAavePool.ReserveData memory reserve = pool.getReserveData(asset);
        view_.aToken = reserve.aTokenAddress;
        view_.debtToken = reserve.variableDebtTokenAddress;
        view_.id = reserve.id;
        view_.configuration = reserve.configuration;
        view_.income = pool.getReserveNormalizedIncome(asset);
        view_.debtIndex = pool.getReserveNormalizedVariableDebt(asset);
        view_.storedDebtIndex = reserve.variableBorrowIndex;
        view_.cash = IERC20(asset).balanceOf(reserve.aTokenAddress);
        view_.scaledSupply = IAaveScaledToken(reserve.aTokenAddress).scaledTotalSupply();
        view_.scaledDebt = IAaveScaledToken(reserve.variableDebtTokenAddress).scaledTotalSupply();
        view_.accruedToTreasury = reserve.accruedToTreasury;
        try pool.getReserveDeficit(asset) returns (uint256 deficit) {
            view_.deficit = deficit;
        } catch {
            // A pool from before v3.3 keeps none.
        }
    }

    function _readPrice(IAavePool pool, address asset, ReserveView memory view_) private view {
        try pool.ADDRESSES_PROVIDER().getPriceOracle().getAssetPrice(asset) returns (uint256 price) {
            (view_.priced, view_.price) = (true, price);
        } catch {
            // Stays unpriced.
        }
    }
}
