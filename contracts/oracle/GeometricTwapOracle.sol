// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ExponentialMath} from "../libraries/ExponentialMath.sol";
import {PoolObserver} from "./PoolObserver.sol";

/// @title Geometric time-weighted average of a pool's price
/// @notice Copies the mean of Uniswap v3's oracle: the exponential of the mean logarithm. The pool adds up prices, from
/// which no sum of logarithms can be had; so the oracle adds up its own: between two pokes, the logarithm of the
/// arithmetic mean, times the seconds. That is exact where the price stood still between pokes; where it moved, the
/// answer lies between the geometric and the arithmetic mean, the nearer to the first the denser the pokes.
/// @dev The logarithm of the spot price at each poke would let one trade before a poke weigh a whole gap.
contract GeometricTwapOracle is PoolObserver {
    constructor(IPriceOracle source_, uint256 window_, uint256 interval_, address owner_)
        PoolObserver(source_, window_, interval_, owner_)
    {}

    function _weigh(uint256 growth, uint256 elapsed) internal pure override returns (uint256) {
        return ExponentialMath.ln(growth / elapsed) * elapsed;
    }

    function _mean(uint256 weighed, uint256 elapsed) internal pure override returns (uint256) {
        return ExponentialMath.mulExp(1, weighed / elapsed);
    }
}
