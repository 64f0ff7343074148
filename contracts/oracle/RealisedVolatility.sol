// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRealisedVolatility} from "../interfaces/IRealisedVolatility.sol";
import {IVolatility} from "../interfaces/IVolatility.sol";
import {ExponentialMath} from "../libraries/ExponentialMath.sol";

/// @title Exponentially weighted volatility of another oracle
contract RealisedVolatility is IRealisedVolatility {
    /// @inheritdoc IRealisedVolatility
    IPriceOracle public immutable source;

    /// @inheritdoc IRealisedVolatility
    uint256 public immutable interval;

    /// @inheritdoc IRealisedVolatility
    uint256 public immutable timeConstant;

    mapping(address asset => Sample) private _samples;

    constructor(IPriceOracle source_, uint256 interval_, uint256 timeConstant_) {
        require(interval_ != 0, IntervalIsZero());
        require(timeConstant_ != 0, TimeConstantIsZero());
        source = source_;
        interval = interval_;
        timeConstant = timeConstant_;
    }

    /// @inheritdoc IRealisedVolatility
    function poke(address asset) external {
        Sample memory last = _samples[asset];
        uint256 earliest = last.pokedAt + interval;
        require(last.pokedAt == 0 || block.timestamp >= earliest, PokedTooSoon(asset, earliest));
        (uint256 price, uint256 updatedAt) = source.price(asset);
        require(price != 0, IPriceOracle.InvalidAnswer(asset, 0));

        _samples[asset] = last.pokedAt == 0 ? Sample(price, block.timestamp, 0, 0) : _next(last, price);
        emit Poked(asset, price, updatedAt);
    }

    /// @inheritdoc IRealisedVolatility
    function lastSample(address asset) external view returns (Sample memory) {
        return _samples[asset];
    }

    /// @inheritdoc IVolatility
    function volatility(address asset) external view returns (uint256) {
        Sample memory last = _samples[asset];
        require(last.weight != 0, NoVolatilityYet(asset));
        return Math.sqrt(Math.mulDiv(last.weightedVariance, 365 days * 1e18, last.weight));
    }

    function _next(Sample memory last, uint256 price) private view returns (Sample memory) {
        uint256 elapsed = block.timestamp - last.pokedAt;
        uint256 exponent = elapsed * ExponentialMath.UNIT / timeConstant;
        // Rounded down, so the new sample weighs no less than it should, and never nothing.
        uint256 kept = ExponentialMath.mulExpOfMinus(1e18, exponent);
        uint256 logReturn = _logReturn(price, last.price);
        uint256 variance = logReturn * logReturn / elapsed;

        return Sample({
            price: price,
            pokedAt: block.timestamp,
            weightedVariance: Math.mulDiv(last.weightedVariance, kept, 1e18) + Math.mulDiv(variance, 1e18 - kept, 1e18),
            weight: Math.mulDiv(last.weight, kept, 1e18) + 1e18 - kept
        });
    }

    /// @dev Size of the logarithmic return, scaled by 1e18.
    function _logReturn(uint256 price, uint256 lastPrice) private pure returns (uint256) {
        uint256 ln = ExponentialMath.ln(price);
        uint256 lastLn = ExponentialMath.ln(lastPrice);
        return (ln > lastLn ? ln - lastLn : lastLn - ln) / 1e18;
    }
}
