// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingPool} from "../interfaces/ILendingPool.sol";
import {IPoolGuard} from "../interfaces/IPoolGuard.sol";

/// @title What every guard of a pool has: the pool, and who may ask
abstract contract PoolGuard is IPoolGuard {
    /// @notice The pool whose assets, prices and margins count.
    ILendingPool public immutable pool;

    /// @notice The only address that may announce seizures and loans: the pool, or the list that stands before it.
    address public immutable caller;

    modifier onlyCaller() {
        require(msg.sender == caller, NotPool(msg.sender, caller));
        _;
    }

    constructor(ILendingPool pool_, address caller_) {
        pool = pool_;
        caller = caller_;
    }
}
