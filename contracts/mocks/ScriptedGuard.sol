// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";

/// @title Guard that does what it is told, and notes what it was asked
/// @notice Anybody may direct and call it.
contract ScriptedGuard is IPoolGuard {
    event SeizureSeen(uint256 owed);
    event BorrowSeen(address asset, address account, uint256 assets, uint256 owed);

    error Refused();

    ILendingPool private immutable _pool;

    bool public refuses;
    uint256 public most = type(uint256).max;
    ILendingPool.Seizure public lastSeizure;

    constructor(ILendingPool pool) {
        _pool = pool;
    }

    /// @notice Refuse everything from now on, or nothing; let one seizure repay `most_`.
    function direct(bool refuses_, uint256 most_) external {
        refuses = refuses_;
        most = most_;
    }

    /// @inheritdoc IPoolGuard
    function onSeize(ILendingPool.Seizure calldata seizure) external {
        require(!refuses, Refused());
        lastSeizure = seizure;
        emit SeizureSeen(_pool.borrowBalance(seizure.debtAsset, seizure.borrower));
    }

    /// @inheritdoc IPoolGuard
    function onBorrow(address asset, address account, uint256 assets) external {
        require(!refuses, Refused());
        emit BorrowSeen(asset, account, assets, _pool.borrowBalance(asset, account));
    }

    /// @inheritdoc IPoolGuard
    function seizable(address, address) external view returns (uint256) {
        return most;
    }
}
