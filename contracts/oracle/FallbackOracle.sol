// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IFallbackOracle} from "../interfaces/IFallbackOracle.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Oracle with a spare
contract FallbackOracle is IFallbackOracle {
    /// @inheritdoc IFallbackOracle
    IPriceOracle public immutable primary;

    /// @inheritdoc IFallbackOracle
    IPriceOracle public immutable secondary;

    /// @inheritdoc IFallbackOracle
    uint256 public immutable maximumAge;

    constructor(IPriceOracle primary_, IPriceOracle secondary_, uint256 maximumAge_) {
        require(address(primary_).code.length != 0, NotAContract(address(primary_)));
        primary = primary_;
        secondary = secondary_;
        maximumAge = maximumAge_;
    }

    /// @inheritdoc IPriceOracle
    function price(address asset) external view returns (uint256, uint256) {
        try primary.price(asset) returns (uint256 price_, uint256 updatedAt) {
            // Saturating: an answer from the future has no age.
            bool isYoung = Math.saturatingSub(block.timestamp, updatedAt) <= maximumAge;
            if (price_ != 0 && isYoung) return (price_, updatedAt);
        } catch {}
        return secondary.price(asset);
    }
}
