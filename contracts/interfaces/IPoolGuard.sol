// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "./ILendingPool.sol";

/// @title What may refuse a pool's liquidations and borrowing
/// @notice Breakers and speed limits. A pool has at most one; `GuardList` makes one of several.
interface IPoolGuard {
    /// @notice The function is for the guarded pool alone.
    error NotPool(address caller, address pool);

    /// @notice Most debt that one seizure may repay or write off now, in assets; zero while liquidation is refused.
    /// @dev Does not revert. Liquidation modules lower what they offer to it, so that keepers see it.
    function seizable(address debtAsset, address collateralAsset) external view returns (uint256 debtAssets);

    /// @notice The pool is about to carry out `seizure`; reverts to refuse. Only the pool.
    /// @dev Called before anything has moved, with interest of both assets accrued.
    function onSeize(ILendingPool.Seizure calldata seizure) external;

    /// @notice The pool is about to lend `assets` of `asset` to `account`; reverts to refuse. Only the pool.
    function onBorrow(address asset, address account, uint256 assets) external;
}
