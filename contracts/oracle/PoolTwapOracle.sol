// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {PoolObserver} from "./PoolObserver.sol";

/// @title Arithmetic time-weighted average of a pool's price
/// @notice What Uniswap v2's accumulators were made for. Exact, however far apart the pokes.
contract PoolTwapOracle is PoolObserver {
    constructor(IPriceOracle source_, uint256 window_, uint256 interval_, address owner_)
        PoolObserver(source_, window_, interval_, owner_)
    {}

    function _weigh(uint256 growth, uint256) internal pure override returns (uint256) {
        return growth;
    }

    function _mean(uint256 weighed, uint256 elapsed) internal pure override returns (uint256) {
        return weighed / elapsed;
    }
}
