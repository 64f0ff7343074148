// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";

/// @title Guard that refuses nothing, and whose limit anybody may tell it
contract ToldGuard is IPoolGuard {
    uint256 private _limit;

    /// @notice Answer `limit` from now on, whatever the assets.
    function tell(uint256 limit) external {
        _limit = limit;
    }

    /// @inheritdoc IPoolGuard
    function seizable(address, address) external view returns (uint256) {
        return _limit;
    }

    /// @inheritdoc IPoolGuard
    function onSeize(ILendingPool.Seizure calldata) external {}

    /// @inheritdoc IPoolGuard
    function onBorrow(address, address, uint256) external {}
}
