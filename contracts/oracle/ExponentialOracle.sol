// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IExponentialOracle} from "../interfaces/IExponentialOracle.sol";
import {IPokedOracle} from "../interfaces/IPokedOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ExponentialMath} from "../libraries/ExponentialMath.sol";

/// @title Exponential moving average of another oracle
contract ExponentialOracle is IExponentialOracle {
    struct Poke {
        uint256 sample;
        uint256 average;
        uint256 pokedAt;
        uint256 updatedAt;
    }

    /// @inheritdoc IExponentialOracle
    IPriceOracle public immutable source;

    /// @inheritdoc IExponentialOracle
    uint256 public immutable timeConstant;

    /// @inheritdoc IExponentialOracle
    mapping(address asset => Poke) public lastPoke;

    constructor(IPriceOracle source_, uint256 timeConstant_) {
        require(timeConstant_ != 0, TimeConstantIsZero());
        source = source_;
        timeConstant = timeConstant_;
    }

    /// @inheritdoc IPokedOracle
    function poke(address asset) external {
        (uint256 sample, uint256 updatedAt) = source.price(asset);
        Poke memory last = lastPoke[asset];
        uint256 average = last.pokedAt == 0 ? sample : _average(last);
        lastPoke[asset] = Poke(sample, average, block.timestamp, updatedAt);
        emit Poked(asset, sample, updatedAt);
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256, uint256) {
        Poke memory last = lastPoke[asset];
        require(last.pokedAt != 0, NoPriceYet(asset));
        return (_average(last), last.updatedAt);
    }

    function _average(Poke memory last) private view returns (uint256) {
        uint256 exponent = (block.timestamp - last.pokedAt) * ExponentialMath.UNIT / timeConstant;
        return last.sample > last.average
            ? last.sample - ExponentialMath.mulExpOfMinus(last.sample - last.average, exponent)
            : last.sample + ExponentialMath.mulExpOfMinus(last.average - last.sample, exponent);
    }
}
