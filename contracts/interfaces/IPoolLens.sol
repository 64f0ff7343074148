// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";

/// @title Batch reads of a lending pool
/// @notice Reads nothing that the pool does not show one by one. Units as in `ILendingPool`. A price that the oracle
/// does not trust makes `priced` false and what depends on it zero; nothing reverts for it. Oracle and margin model
/// must be set.
interface IPoolLens {
    /// @notice An asset now: totals with interest, margins of a small position.
    struct AssetView {
        address asset;
        uint256 unit;
        bool priced;
        uint256 price; // 1e18-scaled quote units per whole token
        uint256 priceUpdatedAt; // seconds
        uint256 totalSupplyAssets;
        uint256 totalSupplyShares;
        uint256 totalBorrowAssets;
        uint256 totalBorrowShares;
        uint256 deficit;
        uint256 loanToValue; // 1e18-scaled
        uint256 liquidationThreshold; // 1e18-scaled
        uint256 liquidationBonus; // 1e18-scaled
        uint256 supplyCap;
        uint256 borrowCap;
    }

    /// @notice Shares of an account, in the order of `assetList`.
    struct AccountView {
        uint256[] supplyShares;
        uint256[] borrowShares;
    }

    /// @notice Value of an account now; the health factor is `type(uint256).max` without debt.
    struct PositionView {
        bool priced;
        uint256 collateralValue;
        uint256 thresholdValue;
        uint256 debtValue;
        uint256 healthFactor;
    }

    /// @notice All assets of `pool`, in the order of `assetList`.
    function marketView(ILendingPool pool) external view returns (AssetView[] memory);

    /// @notice Shares of `accounts`.
    function accountShares(ILendingPool pool, address[] calldata accounts) external view returns (AccountView[] memory);

    /// @notice Positions of `accounts`.
    function positions(ILendingPool pool, address[] calldata accounts) external view returns (PositionView[] memory);
}
