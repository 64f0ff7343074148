// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolLens} from "../interfaces/IPoolLens.sol";
import {WadMath} from "../libraries/WadMath.sol";

/// @title Batch reads of a lending pool
contract PoolLens is IPoolLens {
    using WadMath for uint256;

    /// @inheritdoc IPoolLens
    function marketView(ILendingPool pool) external view returns (AssetView[] memory views) {
        address[] memory assets = pool.assetList();
        views = new AssetView[](assets.length);
        for (uint256 i = 0; i < assets.length; ++i) {
            _readAsset(pool, assets[i], views[i]);
        }
    }

    /// @inheritdoc IPoolLens
    function accountShares(ILendingPool pool, address[] calldata accounts)
        external
        view
        returns (AccountView[] memory views)
    {
        address[] memory assets = pool.assetList();
        views = new AccountView[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            views[i].supplyShares = new uint256[](assets.length);
            views[i].borrowShares = new uint256[](assets.length);
            for (uint256 j = 0; j < assets.length; ++j) {
                views[i].supplyShares[j] = pool.supplyShares(assets[j], accounts[i]);
                views[i].borrowShares[j] = pool.borrowShares(assets[j], accounts[i]);
            }
        }
    }

    /// @inheritdoc IPoolLens
    function positions(ILendingPool pool, address[] calldata accounts)
        external
        view
        returns (PositionView[] memory views)
    {
        views = new PositionView[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            views[i] = _position(pool, accounts[i]);
        }
    }

    function _readAsset(ILendingPool pool, address asset, AssetView memory view_) private view {
        view_.asset = asset;
        view_.unit = pool.unit(asset);
        try pool.oracle().price(asset) returns (uint256 price, uint256 updatedAt) {
            (view_.priced, view_.price, view_.priceUpdatedAt) = (true, price, updatedAt);
        } catch {
            // Stays unpriced.
        }

        ILendingPool.AssetState memory state = pool.assetState(asset);
        view_.totalSupplyAssets = state.totalSupplyAssets;
        view_.totalSupplyShares = state.totalSupplyShares;
        view_.totalBorrowAssets = state.totalBorrowAssets;
        view_.totalBorrowShares = state.totalBorrowShares;
        view_.deficit = state.deficit;

        (view_.loanToValue, view_.liquidationThreshold) = pool.marginModel().margin(asset, address(0));
        view_.liquidationBonus = pool.marginModel().liquidationBonus(asset);

        ILendingPool.AssetConfiguration memory configuration = pool.configuration(asset);
        view_.supplyCap = configuration.supplyCap;
        view_.borrowCap = configuration.borrowCap;
    }

    function _position(ILendingPool pool, address account) private view returns (PositionView memory view_) {
        try pool.position(account) returns (
            uint256 collateralValue, uint256, uint256 thresholdValue, uint256 debtValue
        ) {
            view_.priced = true;
            view_.collateralValue = collateralValue;
            view_.thresholdValue = thresholdValue;
            view_.debtValue = debtValue;
            view_.healthFactor = debtValue == 0 ? type(uint256).max : thresholdValue.divWadDown(debtValue);
        } catch {
            // Stays unpriced.
        }
    }
}
